"""Neovim as people run it: its own screen, its own keys, over its RPC."""
