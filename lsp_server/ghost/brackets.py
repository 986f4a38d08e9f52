"""The brackets that are open at a place, and which of them the text below closes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsp_server.ghost.lexical import OPENERS, PAIRS, Inside, Signs
from lsp_server.ghost.shape import indentation

RowMarks = list[tuple[int, str]] | None
"""The brackets of a line by their columns; None: it begins in a long string or comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A bracket that is open at the cursor; ``closed``: the document closes it below.

    ``indent`` is the one of the line that the statement with the bracket began in;
    ``own_line``: it stands in the cursor's line.
    """

    sign: str
    indent: int
    own_line: bool
    closed: bool = False


def open_after(lines: Sequence[str], signs: Signs) -> list[Open]:
    """Return the brackets that ``lines`` leave open, the innermost last."""
    stack: list[Open] = []
    rows = rows_of(lines, signs, None)
    for row, (line, marks) in enumerate(zip(lines, rows, strict=True)):
        depth, own = indentation(line), row == len(lines) - 1
        for _, sign in marks or ():
            if sign in OPENERS:
                stack.append(Open(sign=sign, indent=depth, own_line=own))
            elif stack and stack[-1].sign == PAIRS[sign]:
                depth = min(depth, stack.pop().indent)
    return stack


def closed_in(
    stack: Sequence[Open],
    lines: Sequence[str],
    rows: Sequence[RowMarks],
    *,
    whole: bool,
) -> frozenset[int]:
    """Return which brackets of ``stack`` the lines below close, by their places in it.

    The first line is the rest of the cursor's. A line that is no deeper than a bracket's
    own, and closes nothing, comes after it: the bracket is not closed. Where the document
    goes on beyond the lines (not ``whole``), curly brackets are taken to be balanced.
    """
    closed = set[int]()
    left = len(stack)
    opened: list[str] = []
    for row, (line, marks) in enumerate(zip(lines, rows, strict=True)):
        if row and not opened and marks is not None:
            left = _not_passed(stack, left, line)
        if not left:
            break
        for column, sign in marks or ():
            if sign in OPENERS:
                opened.append(sign)
            elif opened:
                opened.pop()
            else:
                leads = row > 0 and not line[:column].strip()
                depth = indentation(line) if leads else None
                left = _pair(stack[:left], PAIRS[sign], depth, closed)
    if not whole:
        closed.update(at for at in range(left) if stack[at].sign == "{")
    return frozenset(closed)


def rows_of(
    lines: Sequence[str], signs: Signs, inside: Inside | None
) -> Iterator[RowMarks]:
    """Yield the brackets of each line; the first begins in ``inside``."""
    seen = signs.see("\n".join(lines), inside)
    marks = iter(seen.marks)
    mark = next(marks, None)
    end = 0
    for line in lines:
        start, end = end, end + len(line) + 1
        found = []
        while mark is not None and mark[0] < end:
            found.append((mark[0] - start, mark[1]))
            mark = next(marks, None)
        yield None if start and seen.silent(start) else found


def _not_passed(stack: Sequence[Open], left: int, line: str) -> int:
    """Return how many brackets may still be closed at a line or below it."""
    bare = line.strip()
    if not bare or bare[0] in PAIRS or bare[0] == "#" or bare[-1] == ":":
        return left
    depth = indentation(line)
    while left and stack[left - 1].indent >= depth:
        left -= 1
    return left


def _pair(stack: Sequence[Open], sign: str, depth: int | None, closed: set[int]) -> int:
    """Close the innermost bracket of its kind, or of its line's depth, if there is one.

    Returns how many brackets are left around it.
    """
    same = [at for at, one in enumerate(stack) if one.sign == sign]
    as_deep = [at for at in same if stack[at].indent == depth]
    if not same:
        return len(stack)
    at = (as_deep or same)[-1]
    closed.add(at)
    return at
