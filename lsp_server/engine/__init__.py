"""Engines: where tokens come from. ``base`` is the seam; the rest stand behind it."""
