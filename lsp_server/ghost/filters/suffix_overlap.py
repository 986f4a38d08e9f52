"""What already stands to the right of the cursor is not said again.

An editor adds ``)`` when ``(`` is typed, and the model closes it once more.
"""

from retrieval.source import Cursor

_PAIRS = {")": "(", "]": "[", "}": "{"}


def apply(text: str, cursor: Cursor) -> str:
    after = cursor.after.strip()
    for length in range(min(len(text), len(after)), 0, -1):
        if text.endswith(after[:length]) and _closes_too_much(text, after[:length]):
            return text[:-length]
    return text


def _closes_too_much(text: str, tail: str) -> bool:
    """Whether the tail closes what the text did not open; other tails are just equal."""
    if not any(close in tail for close in _PAIRS):
        return True
    return any(
        text.count(close) > text.count(opening)
        for close, opening in _PAIRS.items()
        if close in tail
    )
