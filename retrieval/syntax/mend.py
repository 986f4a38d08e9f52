"""Broken text to text that parses: what is unfinished is closed or blanked, row by row.

One unfinished method makes tree-sitter lose its class, or the methods below it. But people
indent, so the indentation tells where each statement ends, and the brackets that do not
match tell which are unfinished. Rows keep their numbers, balanced text stays as it is.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BRACES = _words(
    """c cpp java php typescript tsx javascript csharp go rust kotlin swift scala"""
)
_CLOSER = {0x28: b")", 0x5B: b"]", 0x7B: b"}"}
_PAIRS = {0x29: 0x28, 0x5D: 0x5B, 0x7D: 0x7B}
_TOKEN = {
    False: re.compile(
        rb"//.*|/\*.*?(?:\*/|(?P<open>$))|\"(?:\\.|[^\"\\])*(?:\"|(?P<cut>$))"
        rb"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*(?:`|(?P<tick>$))|[(){}\[\]]"
    ),
    True: re.compile(
        rb"#.*|(?P<long>\"\"\"|''')|\"(?:\\.|[^\"\\])*(?:\"|(?P<cut>$))"
        rb"|'(?:\\.|[^'\\])*(?:'|(?P<one>$))|[(){}\[\]]"
    ),
}
_COMPOUND = re.compile(
    rb"\s*(?:async\s+)?(?:def|class|if|elif|for|while|with|try|except|match|case|else|finally)\b"
)
_TAB = 4
_BRACE = ord("{")


@dataclass(frozen=True, slots=True)
class _Row:
    """``closed`` and ``opened`` are brackets that match nothing in the row, in order.

    ``code`` is the column where a comment begins that takes the rest of the row. ``indent`` is -1 where the row begins no statement; ``cut`` is where a string begins
    that does not end, -1 for none; ``state`` what the next row begins in: b"" or the sign
    that ends a string or comment of several lines.
    """

    indent: int
    closed: bytes
    opened: bytes
    cut: int
    state: bytes
    code: int


def mended(rows: Sequence[bytes], language: str) -> list[bytes] | None:
    """Return the rows with what is unfinished closed or blanked, None for nothing to mend."""
    if language == "bash":
        return _without_bodies(rows)
    if language != "python" and language not in _BRACES:
        return None
    work = _Work(list(rows), [], python=language == "python")
    state = b""
    for at, row in enumerate(rows):
        read = _read(row, state, work.python)
        if read.cut >= 0:
            work.rows[at] = row[: read.cut].rstrip()
        work.read.append(read)
        state = read.state
    if work.python:
        _mend_headers(work)
    else:
        _mend_dangling(work)
    _mend(work, 0, len(rows), 0)
    return work.rows if work.rows != list(rows) else None


_BASH_HEADER = re.compile(
    rb"\s*(?:function\s+[\w:.-]+\s*(?:\(\s*\))?|[\w:.-]+\s*\(\s*\))\s*\{\s*(?:#.*)?"
)


def _without_bodies(rows: Sequence[bytes]) -> list[bytes] | None:
    """Blank the functions' bodies, each up to the bracket that is indented as its header.

    Bash has too many ways to quote and to nest for brackets to tell what is unfinished.
    """
    mended = list(rows)
    header, depth = -1, 0
    for at, row in enumerate(rows):
        begins = _BASH_HEADER.fullmatch(row) and (header < 0 or _indent(row) <= depth)
        ends = header >= 0 and row.lstrip().startswith(b"}") and _indent(row) == depth
        if header >= 0 and (begins or ends):
            mended[header + 1 : at] = [b""] * (at - header - 1)
            if not ends:
                mended[at - 1] += b" ; }"
            header = -1
        if begins:
            header, depth = at, _indent(row)
    if header >= 0:
        mended[header + 1 :] = [b""] * (len(rows) - header - 1)
        mended[-1] += b" ; }"
    return mended if mended != list(rows) else None


@dataclass(slots=True)
class _Work:
    rows: list[bytes]
    read: list[_Row]
    python: bool

    def unmatched(self, at: Sequence[int]) -> tuple[bytes, bytes]:
        """Return the brackets in these rows that close nothing, and that nothing closes."""
        closed, opened = bytearray(), bytearray()
        for row in at:
            for sign in self.read[row].closed:
                _match(sign, closed, opened)
            opened += self.read[row].opened
        return bytes(closed), bytes(opened)


_HEADER = re.compile(
    rb"\s*(?:async\s+)?(def|class)\s+\w+\s*(\(.*\))?(?:\s*->[^:]*)?\s*"
)
_HALF = re.compile(rb"[\w)\]]\.\s*$")
_DANGLING = re.compile(rb"(?:\.|->|::|=)\s*$")
_COMMENTED = re.compile(rb"//|/\*|\*/")


def _mend_headers(work: _Work) -> None:
    """Complete ``def f`` and ``class A(B)`` where a block follows, blank them where none does.

    ``x = a.`` loses its dot; blanked, it could be all that its block has.
    """
    below = 0  # of the next statement's row
    for at in range(len(work.rows) - 1, -1, -1):
        row, read = work.rows[at], work.read[at]
        if read.indent < 0:
            continue
        if _HALF.search(row) and read.code == len(row):
            work.rows[at] = row.rstrip()[:-1]
        header = _HEADER.fullmatch(row)
        if header and not read.opened and not read.closed:
            called = b"" if header[1] == b"class" or header[2] else b"()"
            work.rows[at] = row.rstrip() + called + b":" if below > read.indent else b""
        below = read.indent


def _mend_dangling(work: _Work) -> None:
    """Blank ``x = a.`` and the like where nothing follows that could belong to it."""
    below = 0  # of the next statement's row
    for at in range(len(work.rows) - 1, -1, -1):
        row, read = work.rows[at], work.read[at]
        if read.indent < 0:
            continue
        if (
            read.indent >= below
            and _DANGLING.search(row)
            and not _COMMENTED.search(row)
            and not read.opened
            and not read.closed
        ):
            work.rows[at] = b""
        below = read.indent


_DEEPEST = 60


def _mend(work: _Work, low: int, high: int, depth: int) -> None:
    """Mend the statements in the rows from ``low`` up to, not including, ``high``."""
    if depth > _DEEPEST or not any(work.unmatched(range(low, high))):
        return
    indents = [one.indent for one in work.read[low:high] if one.indent >= 0]
    if not indents:
        return
    least = min(indents)
    frames = [row for row in range(low, high) if work.read[row].indent == least]
    starts = [row for row in frames if not _continues(work.rows[row])] or frames[:1]
    for start, end in zip([low, *starts[1:]], [*starts[1:], high], strict=True):
        if any(work.unmatched(range(start, end))):
            inside = frames[bisect_left(frames, start) : bisect_left(frames, end)]
            _mend_statement(work, inside, end, depth)


def _continues(row: bytes) -> bool:
    return row.lstrip()[:1] in {b"}", b")", b"]", b"{"}


def _mend_statement(work: _Work, frames: list[int], end: int, depth: int) -> None:
    """Mend one statement: ``frames`` are its outermost rows, between them stand its blocks."""
    for above, below in zip(frames, [*frames[1:], end], strict=True):
        _mend(work, above + 1, below, depth + 1)
    closed, opened = work.unmatched(frames)
    if closed:  # what opened it is gone
        for row in reversed(frames):
            if work.read[row].closed:
                work.rows[row] = b""
                break
        return
    if not opened:
        return
    begin, last = frames[0], _last(work, frames[-1], end)
    closers = b"".join(_CLOSER[sign] for sign in reversed(opened))
    header = work.rows[begin].rstrip()
    inner = last > begin and header[-1:] not in {b"(", b"[", b","}
    if work.python:
        if inner and _COMPOUND.match(header):
            work.rows[begin] = header + closers + b":"
        else:
            _blank(work, begin, last + 1)
    elif _BRACE in opened:
        _append(work, last, closers)
    elif inner and len(frames) == 1:
        work.rows[begin] = header + closers + b" {"
        _append(work, last, b"}")
    else:
        _blank(work, begin, last + 1)


def _last(work: _Work, low: int, end: int) -> int:
    """Return the last row before ``end`` that is no comment: a closer can stand there."""
    for row in range(end - 1, low, -1):
        read = work.read[row]
        if not work.rows[row].strip() or (read.indent >= 0 and not read.state):
            return row
    return low


def _append(work: _Work, row: int, closers: bytes) -> None:
    """Close behind the row's code: a comment at its end would swallow the closers."""
    work.rows[row] = work.rows[row][: work.read[row].code] + b" " + closers
    work.read[row] = replace(work.read[row], code=len(work.rows[row]))


def _blank(work: _Work, low: int, high: int) -> None:
    work.rows[low:high] = [b""] * (high - low)


def _read(row: bytes, state: bytes, python: bool) -> _Row:
    read = _read_cached if len(row) <= _SHORT_BYTES else _read_anew
    return read(row, state, python)


def _read_anew(row: bytes, state: bytes, python: bool) -> _Row:
    start = 0
    if state:
        end = row.find(state)
        if end < 0:
            return _Row(-1, b"", b"", -1, state, len(row))
        start = end + len(state)
    closed, opened = bytearray(), bytearray()
    cut, leaves, code = -1, b"", len(row)
    while not leaves and (found := _TOKEN[python].search(row, start)):
        start = found.end()
        if found[0] in _BRACKETS:
            _match(found[0][0], closed, opened)
        elif found[0].startswith(_LINE_COMMENT[python]):
            code = found.start()
        elif found.lastgroup == "long":
            end = row.find(found[0], start)
            leaves = found[0] if end < 0 else b""
            start = end + len(found[0])
        elif found.lastgroup in _LEAVES:
            leaves = _LEAVES[found.lastgroup]
        elif found.lastgroup and not row.endswith(b"\\"):
            cut = found.start()
    indent = -1 if state else _indent(row)
    if indent >= 0 and row.lstrip().startswith(_COMMENT[python]):
        indent = -1
    return _Row(indent, bytes(closed), bytes(opened), cut, leaves, code)


_SHORT_BYTES = 400
_read_cached = lru_cache(maxsize=1 << 15)(_read_anew)
_BRACKETS = frozenset(bytes([sign]) for sign in b"(){}[]")
_LEAVES = {"open": b"*/", "tick": b"`"}
_LINE_COMMENT = {True: b"#", False: b"//"}
_COMMENT = {True: (b"#",), False: (b"//", b"/*", b"#")}


def _match(sign: int, closed: bytearray, opened: bytearray) -> None:
    if sign in _CLOSER:
        opened.append(sign)
    elif opened and opened[-1] == _PAIRS[sign]:
        opened.pop()
    else:
        closed.append(sign)


def _indent(row: bytes) -> int:
    wide = row.expandtabs(_TAB)
    plain = wide.lstrip()
    return len(wide) - len(plain) if plain else -1
