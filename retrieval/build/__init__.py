"""Bringing the store up to date: a thread, and processes that parse."""
