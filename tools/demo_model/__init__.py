"""The tool that makes the demo model: corpus, tokenizer, training, export and card."""
