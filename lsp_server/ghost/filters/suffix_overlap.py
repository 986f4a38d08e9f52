"""What already stands to the right of the cursor is not said again.

An editor adds ``)`` when ``(`` is typed, and the model closes it once more, and may go on
with what would come behind it.
"""

from retrieval.source import Cursor

_PAIRS = {")": "(", "]": "[", "}": "{"}
_QUOTES = frozenset("\"'`")


def apply(text: str, cursor: Cursor) -> str:
    after = cursor.after.strip()
    end = _overlap(text, after) if after else None
    if end is None:
        return text
    said = text[:end]
    return said.rstrip(" \t") if cursor.after[0].isspace() else said


def _overlap(text: str, after: str) -> int | None:
    """Return where the text begins to say what stands to the right."""
    if after[0] in _QUOTES:
        return _closing_quote(text, after[0])
    if after[0] in _PAIRS:
        end = _closing_bracket(text)
        if end is not None and text[end] == after[0]:
            return end
    for length in range(min(len(text), len(after)), 0, -1):
        tail = after[:length]
        # A word that begins like the one to the right is no overlap: ``i‸in items``.
        said_again = length == len(after) or not any(map(str.isalnum, tail))
        if said_again and text.endswith(tail) and _closes_too_much(text, tail):
            return len(text) - length
    return None


def _closing_bracket(text: str) -> int | None:
    """Return where the text first closes a bracket that it did not open."""
    depth, quote, escaped = 0, "", False
    for at, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\n":
            quote = ""  # an apostrophe, then: strings end with their line
        elif character == "\\":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = character
        elif character in _PAIRS.values():
            depth += 1
        elif character in _PAIRS:
            depth -= 1
            if depth < 0:
                return at
    return None


def _closing_quote(text: str, quote: str) -> int | None:
    """Return where the first line closes the string that the cursor is in, if it does."""
    line = text.partition("\n")[0]
    return line.rindex(quote) if line.count(quote) % 2 else None


def _closes_too_much(text: str, tail: str) -> bool:
    """Whether the tail closes what the text did not open; other tails are just equal."""
    if not any(close in tail for close in _PAIRS):
        return True
    return any(
        text.count(close) > text.count(opening)
        for close, opening in _PAIRS.items()
        if close in tail
    )
