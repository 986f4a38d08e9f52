"""A suggestion on the screen, and what the editor makes of it while one types.

As VS Code does: it stays, shortened, while what is typed agrees with it, also where the
editor closes a bracket by itself, and goes at the first key that differs.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """``text`` at the cursor, for the first ``replaces`` characters after it.

    ``offer`` is the command's argument that tells of its acceptance. ``since_ns`` is when
    it, or the one that it is the rest of, came.
    """

    text: str
    replaces: int = 0
    offer: str | None = None
    since_ns: int = 0


def typed(old: Suggestion | None, text: str, closing: str = "") -> Suggestion | None:
    """Return what is left after ``text`` was typed, and ``closing`` put after the cursor."""
    if old is None or not old.text.startswith(text) or old.text == text:
        return None
    left = old.text[len(text) :]
    if closing and closing not in left:
        return None
    return replace(old, text=left, replaces=old.replaces + len(closing))


def typed_over(old: Suggestion | None, text: str) -> Suggestion | None:
    """Return what is left after ``text``, which stood there, was typed over."""
    if old is None or old.replaces < len(text):
        return None
    left = typed(old, text)
    return left and replace(left, replaces=left.replaces - len(text))


def first_word(text: str) -> str:
    """Return what "accept word" takes: blanks, then a word or one sign."""
    start = len(text) - len(text.lstrip())
    end = start
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return text[: max(end, start + 1)]


def first_line(text: str) -> str:
    """Return what "accept line" takes: all up to the end of the first line that has any."""
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    return text if end < 0 else text[:end]
