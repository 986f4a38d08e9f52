"""What a model is asked to do with code that stands there, and what may come of it."""
