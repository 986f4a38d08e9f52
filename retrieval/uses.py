"""Where a name stands in code: the nearest places, and how many there are, in bounded time."""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from retrieval.around import holding
from retrieval.index import Alone, Index
from retrieval.index.entry import Entry
from retrieval.near import code_names
from retrieval.outline import Definition
from retrieval.source import without_end
from retrieval.store.packed import CHUNK_LINES, MAX_CHUNKS

_SHOWN = 6
_CHUNKS = 400
_FILES = 96
_AT_ONCE = 8
"""Files are read so many at a time; between them the clock is looked at."""

_BOUND_S = 0.012
_LONGEST_TEXT = 120
_IMPORTS = re.compile(
    r"\s*(?:from|import|using|use|require|require_once|#\s*include)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One line that has the name; 0-based. ``scope`` is what it stands in, "" at the top."""

    path: str
    line: int
    text: str
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """The nearest of ``count``, in ``files``; ``more`` says that not all were counted."""

    nearest: tuple[Use, ...] = ()
    count: int = 0
    files: int = 0
    more: bool = False


NONE = Uses()


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """The document: its lines, as the editor has them, and its definitions."""

    path: str
    lines: Sequence[str]
    definitions: Sequence[Definition]


def uses(
    index: Index | Alone,
    here: Here,
    name: str,
    *,
    apart: AbstractSet[tuple[str, int]],
    like: Callable[[str], bool],
    behind: bool = False,
    most: int = _SHOWN,
    bound_s: float = _BOUND_S,
) -> Uses:
    """Return the lines that have ``name`` in code, but for imports and those of ``apart``.

    The document's own come first, then those of files near to it, ``most`` in all; ``like``
    says which files count, ``behind`` that the name stands behind a dot. What takes longer than ``bound_s`` of the processor's time is left
    out, and ``more`` says so.
    """
    word = _behind(name) if behind else None
    found = _own(here, name, word, apart, most)
    files = int(bool(found))
    count = len(found)
    nearest = found[:most]
    rows = index.postings(name, _CHUNKS)
    more = len(rows) > _CHUNKS
    chunks = {} if more else _chunks(index, rows, here.path, like)
    paths = sorted(chunks, key=lambda path: _distance(path, here.path))
    more = more or len(paths) > _FILES
    paths = paths[:_FILES]
    ends = time.thread_time() + bound_s
    for start in range(0, len(paths), _AT_ONCE):
        if time.thread_time() > ends:
            more = True
            break
        some = paths[start : start + _AT_ONCE]
        entries = index.entries(some)
        for path in some:
            entry = entries.get(path)
            if entry is None:
                continue
            lines = [
                row
                for row in _in(entry, chunks[path], name, word)
                if (path, row) not in apart
            ]
            if lines and len(nearest) < most:
                defined = entry.outline.definitions
                lines = [row for row in lines if not _is_said(defined, row)]
                nearest += [
                    _use(path, row, entry.lines[row], _scope(defined, row))
                    for row in lines[: most - len(nearest)]
                ]
            files += bool(lines)
            count += len(lines)
    return Uses(nearest=tuple(nearest), count=count, files=files, more=more)


def within(here: Here, name: str, first: int, last: int, *, apart: int) -> Uses:
    """Return where a variable stands in these lines of its function, but for ``apart``."""
    rows = (row for row in _rows(here.lines, name, first, last) if row != apart)
    found = [_use(here.path, row, here.lines[row], "") for row in rows]
    return Uses(nearest=tuple(found[:_SHOWN]), count=len(found), files=int(bool(found)))


def _own(
    here: Here,
    name: str,
    word: re.Pattern[str] | None,
    apart: AbstractSet[tuple[str, int]],
    most: int,
) -> list[Use]:
    rows = [
        row
        for row in _rows(here.lines, name, 0, len(here.lines) - 1, word)
        if (here.path, row) not in apart and not _is_said(here.definitions, row)
    ]
    shown = {row: _scope(here.definitions, row) for row in rows[:most]}
    return [_use(here.path, row, here.lines[row], shown.get(row, "")) for row in rows]


def _behind(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:\.|->|::)\s*{re.escape(name)}(?!\w)")


def _is_said(definitions: Sequence[Definition], row: int) -> bool:
    """Whether a line is of a docstring, or of a comment above a definition."""
    return any(one.doc_first <= row <= one.doc_last for one in definitions)


def _rows(
    lines: Sequence[str],
    name: str,
    first: int,
    last: int,
    word: re.Pattern[str] | None = None,
) -> Iterator[int]:
    for row in range(first, min(last + 1, len(lines))):
        line = lines[row]
        if (
            name in line
            and name in code_names(without_end(line))
            and (word is None or word.search(line))
            and not _IMPORTS.match(line)
        ):
            yield row


def _in(
    entry: Entry, chunks: Sequence[int], name: str, word: re.Pattern[str] | None
) -> Iterator[int]:
    for chunk in sorted(chunks):
        first = chunk * CHUNK_LINES
        yield from _rows(entry.lines, name, first, first + CHUNK_LINES - 1, word)


def _chunks(
    index: Index | Alone, rows: Sequence[int], own: str, like: Callable[[str], bool]
) -> dict[str, list[int]]:
    """Return the chunks of each file, but for the document's own: those are of some time ago."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        content, chunk = divmod(row, MAX_CHUNKS)
        for path in index.paths_of(content)[:1]:
            if path != own and like(path):
                found[path].append(chunk)
    return found


def _distance(path: str, own: str) -> tuple[int, str]:
    """Return how many folders lie between two files: what is near is shown first."""
    one, other = path.split("/")[:-1], own.split("/")[:-1]
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return len(one) + len(other) - 2 * same, path


def _scope(definitions: Sequence[Definition], row: int) -> str:
    around = holding(definitions, row, row)
    if not around:
        return ""
    one = around[-1]
    return f"{one.scope}.{one.name}" if one.scope else one.name


def _use(path: str, row: int, line: str, scope: str) -> Use:
    text = line.strip()
    if len(text) > _LONGEST_TEXT:
        text = text[: _LONGEST_TEXT - 1] + "…"
    return Use(path=path, line=row, text=text, scope=scope)
