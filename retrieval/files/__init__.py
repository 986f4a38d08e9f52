"""Which files are read, and how: the only room that reads the disk."""
