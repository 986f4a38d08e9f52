"""Bash: the path after ``source`` or ``.``, with what the shell would put into it."""

import re
from collections.abc import Sequence

from retrieval.imports.files import Files
from retrieval.imports.paths import by_tail, join, parent
from retrieval.outline import Import

_OWN = re.compile(r"\$\{?0\b|BASH_SOURCE|\$\{?\(%\)")  # the script's own path
_NAME = re.compile(r"\$(?:\w+|.)", re.DOTALL)
_CLOSING = {"$(": ")", "${": "}", "`": "`"}


def resolve(item: Import, path: str, files: Files) -> Sequence[str]:
    """Find the literal end of the path: beside the script where it says so.

    ``$(dirname "$0")/x`` and ``${BASH_SOURCE%/*}/x`` say so; where a variable's value is
    unknown, or the path is relative to who knows where, the nearest such file is taken.
    """
    expansion, tail = _last_expansion(item.target.strip().strip("\"'"))
    tail = tail.replace('"', "").replace("'", "")
    if not tail.strip("/."):
        return ()
    if not expansion:
        return () if tail.startswith("/") else by_tail(tail, path, files)
    tail = tail.lstrip("/")
    if _OWN.search(expansion):
        ups = expansion.count("..") + max(0, expansion.count("dirname") - 1)
        beside = join(parent(path), "../" * ups + tail)
        if beside is not None and files.has(beside):
            return (beside,)
    return by_tail(tail, path, files)


def _last_expansion(text: str) -> tuple[str, str]:
    """Part the text behind its last ``$name``, ``${...}``, ``$(...)`` or backquotes.

    >>> _last_expansion('$(dirname "$0")/lib.sh')
    ('$(dirname "$0")', '/lib.sh')
    """
    end = place = 0
    while place < len(text):
        opening = next((o for o in _CLOSING if text.startswith(o, place)), "")
        if opening:
            place = end = _closed(text, place + len(opening), _CLOSING[opening])
        elif text[place] == "$":
            name = _NAME.match(text, place)
            place = end = name.end() if name else place + 1
        else:
            place += 1
    return text[:end], text[end:]


def _closed(text: str, place: int, closing: str) -> int:
    """Return the place behind what closes the bracket that was opened before ``place``."""
    opening = {")": "(", "}": "{"}.get(closing)
    depth = 1
    while place < len(text):
        if text[place] == closing:
            depth -= 1
        elif text[place] == opening:
            depth += 1
        place += 1
        if not depth:
            break
    return place
