"""What stands at a cursor: the names around it, and those the model sees anyway."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

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

_MAY_SAY = re.compile(r"[\"'#*/]")
"""Most lines have none of it, and no "--": they are done without the search that takes long."""

NOTHING: frozenset[str] = frozenset()

Names = tuple[str, ...]
"""Each once, in no order. A set of six takes eight times as much memory, and the garbage
collector looks at it again and again; a tuple of strings it leaves alone."""

_LINES = 16_384
"""That are remembered: those that one query after the other looks at."""

_LINE_CHARS = 1_000
"""Of a longer line: nobody wrote it, and the search for strings is quadratic in quotes."""

_NEAR_LINES = 20
_DECAY = 0.9
_ENCLOSING = 0.5
ALIGNED_LINES = 4
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
    language = language_of(query.path, document.lines[0], document.language)
    keywords = language.keywords if language is not None else frozenset()
    written = (line for line in _upwards(cursor) if line.strip())
    nearest = [*islice(written, _NEAR_LINES)]
    terms: dict[str, float] = {}
    for distance, line in enumerate(nearest):
        for name in names(line):
            terms.setdefault(name, _DECAY**distance)
    for line in enclosing(chain(nearest, written)):
        for name in names(line):
            terms[name] = max(terms.get(name, 0.0), _ENCLOSING)
    return Near(
        path=query.path,
        language=language.name if language is not None else "",
        keywords=keywords,
        terms={name: w for name, w in terms.items() if name not in keywords},
        shown=NOTHING.union(*map(names, _in_prompt(query))),
        last=tuple(frozenset(names(line)) for line in nearest[:ALIGNED_LINES]),
    )


def enclosing(written: Iterable[str]) -> list[str]:
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


@lru_cache(_LINES)
def names(line: str) -> Names:
    """Return all words of a line that could be names, keywords too."""
    return _words(line[:_LINE_CHARS])


@lru_cache(_LINES)
def code_names(line: str) -> Names:
    """Return the names of a line without its strings and comments."""
    line = line[:_LINE_CHARS]
    if _MAY_SAY.search(line) is None and "--" not in line:
        return names(line)
    return _words(_SAID.sub(" ", line))


def _words(text: str) -> Names:
    return tuple({*(_ASCII_WORD if text.isascii() else _WORD).findall(text)})


def _upwards(cursor: Cursor) -> Iterator[str]:
    """Yield the lines before the cursor, the nearest first."""
    yield cursor.before
    yield from map(without_end, reversed(cursor.document.lines[: cursor.line]))


def _in_prompt(query: Query) -> list[str]:
    """Return the lines of the document that the model sees."""
    cursor = query.cursor
    if query.shown is not None:
        first, last = query.shown
        before = islice(_upwards(cursor), max(0, cursor.line + 1 - first))
        after = cursor.document.lines[cursor.line + 1 : last + 1]
        return [*before, cursor.after, *after]
    taken = []
    room = _PROMPT_CHARS
    for line in _upwards(cursor):
        room -= len(line) + 1
        if room < 0:
            break
        taken.append(line)
    return taken
