"""The engine host: a process of its own that embeds vLLM, and serves it to windows."""
