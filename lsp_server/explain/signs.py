"""Markdown's own signs, where they are meant as text."""

import re

_SPECIAL = re.compile(r"([\\`*_\[\]<>&~|!])")
_ADDRESS = {ord(sign): f"%{ord(sign):02X}" for sign in " ()<>"}


def escaped(text: str) -> str:
    """Return text whose signs mean nothing within a line."""
    return _SPECIAL.sub(r"\\\1", text)


def address(uri: str) -> str:
    """Return a uri as it may stand in a link."""
    return uri.translate(_ADDRESS)
