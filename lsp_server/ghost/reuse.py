"""Whether an answer asked for at one place still answers a later one."""

from retrieval.source import Cursor


def typed_since(earlier: Cursor, now: Cursor) -> str | None:
    """Return what was typed at ``earlier`` to get to ``now``; "" for the same place.

    None if the documents differ in anything else, or the cursor went elsewhere.
    """
    old, new = earlier.document, now.document
    below_old = old.lines[earlier.line + 1 :]
    if (
        now.line < earlier.line
        or now.after != earlier.after
        or new.lines[: earlier.line] != old.lines[: earlier.line]
        or new.lines[now.line + 1 :] != below_old
    ):
        return None
    between = "".join((*new.lines[earlier.line : now.line], now.before))
    if not between.startswith(earlier.before):
        return None
    return between[len(earlier.before) :].replace("\r\n", "\n").replace("\r", "\n")


def agrees(typed: str, text: str, *, finished: bool) -> bool:
    """Whether ``typed`` is the beginning of what is, or may yet be, generated.

    A finished answer that was typed to its last character has nothing left to offer.
    """
    if finished:
        return text.startswith(typed) and (not typed or text != typed)
    return text.startswith(typed) or typed.startswith(text)
