"""The user's text within HTML: as text whatever it is, and what hides in it made visible."""

import html
import re

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Controls, and what has no width or turns the direction: code may hide in it."""


def code(source: str) -> str:
    """Return text for an element that keeps white space; line ends and tabs stay."""
    return _HIDDEN.sub(_named, html.escape(source))


def text(source: str) -> str:
    """Return text for an attribute, or within a line; line ends and tabs are named."""
    return code(source.replace("\t", "\u2409").replace("\n", "\u240a"))


def _named(found: re.Match[str]) -> str:
    return f"\u27e8U+{ord(found[0]):04X}\u27e9"
