"""What models say of definitions without documentation: made while nobody waits, and kept."""
