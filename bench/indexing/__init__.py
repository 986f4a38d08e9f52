"""How the index grows: build, reopening, a saved file, gather, memory."""
