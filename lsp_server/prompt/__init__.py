"""Prompts, pure: which family a model is of, and the exact token ids it was trained on."""
