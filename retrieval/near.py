"""What stands at a cursor: the names around it, and those the model sees anyway."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.languages import language_of
from retrieval.source import Cursor, without_end

_WORD = re.compile(r"[^\W\d]\w*")
_ASCII_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
"""The same for most lines, in half the time."""

_SAID = re.compile(
    r"""
    \"(?:[^\"\\]|\\.)*+\" | '(?:[^'\\]|\\.)*+'
    | (?:\#|//|(?<!\S)--)(?=\s).* | /\*.* | ^\s*\*(?=[\s/]|$).*
    """,
    re.VERBOSE,
)
"""Strings within a line, and comments: what is said about code, or by it."""

_MAY_SAY = re.compile(r"[\"'#*/]|--")
"""Most lines have none of it, and are done without the search that takes long."""

NOTHING: frozenset[str] = frozenset()

_LINE_CHARS = 1_000
"""Of a longer line: nobody wrote it, and the search for strings is quadratic in quotes."""

_NEAR_LINES = 20
_DECAY = 0.9
_ENCLOSING = 0.5
_ALIGNED_LINES = 4
_PROMPT_CHARS = 14_000
"""Of the file before the cursor, where nobody says what the prompt has: 4,096 tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Where help is wanted, and what is known of the moment.

    ``path`` is the document's, relative to the repository with "/"; the file itself never
    gives snippets. ``opened`` are the paths that are open, the last looked at first;
    ``edited`` are places that were edited lately, (path, 0-based line), the last first.
    ``shown`` are the first and last line of the document that stand in the prompt; None
    where that is not known: then what is usual is assumed.
    """

    cursor: Cursor
    path: str
    opened: tuple[str, ...] = ()
    edited: tuple[tuple[str, int], ...] = ()
    shown: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """``terms`` are names and their weights to 1, the nearest line's the heaviest.

    ``shown`` are the names that stand in the prompt: nothing is gained by saying them
    again. ``last`` are the words of the last lines that are not blank, keywords too (they
    are what a line's form is told by), the nearest first.
    """

    path: str
    language: str
    keywords: frozenset[str]
    terms: dict[str, float]
    shown: frozenset[str]
    last: tuple[frozenset[str], ...]

    @property
    def hidden(self) -> frozenset[str]:
        """What a snippet brings nothing with: seen already, or no name."""
        return self.keywords | self.shown


def near(query: Query) -> Near:
    """Read what stands around the query's cursor."""
    cursor = query.cursor
    document = cursor.document
    before = [
        *(without_end(line) for line in document.lines[: cursor.line]),
        cursor.before,
    ]
    language = language_of(query.path, before[0], document.language)
    keywords = language.keywords if language is not None else frozenset()
    written = [line for line in reversed(before) if line.strip()]
    terms: dict[str, float] = {}
    for distance, line in enumerate(written[:_NEAR_LINES]):
        for name in names(line):
            terms.setdefault(name, _DECAY**distance)
    for line in enclosing(written):
        for name in names(line):
            terms[name] = max(terms.get(name, 0.0), _ENCLOSING)
    return Near(
        path=query.path,
        language=language.name if language is not None else "",
        keywords=keywords,
        terms={name: w for name, w in terms.items() if name not in keywords},
        shown=NOTHING.union(*map(names, _in_prompt(query, before))),
        last=tuple(map(names, written[:_ALIGNED_LINES])),
    )


def enclosing(written: Sequence[str]) -> list[str]:
    """Return the lines that are less deep than all below them: what the cursor is in."""
    found = []
    depth = None
    for line in written:
        indentation = len(line) - len(line.lstrip())
        if depth is None:
            depth = indentation
        elif indentation < depth:
            found.append(line)
            depth = indentation
        if depth == 0:
            break
    return found


@lru_cache(16_384)
def names(line: str) -> frozenset[str]:
    """Return all words of a line that could be names, keywords too."""
    line = line[:_LINE_CHARS]
    return frozenset((_ASCII_WORD if line.isascii() else _WORD).findall(line))


@lru_cache(16_384)
def code_names(line: str) -> frozenset[str]:
    """Return the names of a line without its strings and comments."""
    line = line[:_LINE_CHARS]
    if _MAY_SAY.search(line) is None:
        return names(line)
    line = _SAID.sub(" ", line)
    return frozenset((_ASCII_WORD if line.isascii() else _WORD).findall(line))


def _in_prompt(query: Query, before: Sequence[str]) -> list[str]:
    """Return the lines of the document that the model sees."""
    cursor = query.cursor
    if query.shown is not None:
        first, last = query.shown
        after = cursor.document.lines[cursor.line + 1 : last + 1]
        return [*before[first:], cursor.after, *after]
    taken = []
    room = _PROMPT_CHARS
    for line in reversed(before):
        room -= len(line) + 1
        if room < 0:
            break
        taken.append(line)
    return taken
