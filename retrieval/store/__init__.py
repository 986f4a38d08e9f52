"""What is kept of each file, in SQLite: where it lies, its tables, how it is mended."""
