"""Repository context for the server: gathered ahead, in a process of its own."""
