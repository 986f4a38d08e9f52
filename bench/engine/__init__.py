"""What the engine itself does: see ``python -m bench.engine --help``."""
