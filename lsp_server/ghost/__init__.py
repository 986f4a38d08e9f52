"""Ghost text, pure: when an answer ends, what of it is shown, what is shown again."""
