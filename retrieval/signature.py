"""The head of a definition: what is to be known to use it."""

from collections.abc import Sequence

from retrieval.outline import Definition, Kind
from retrieval.source import without_end

_SIGNATURE_LINES = 12
_VALUE_LINES = 6
_ATTACHED_LINES = 4
_LONGEST_LINE = 200
_ATTACHED = ("@", "[", "#[")
_VALUES = frozenset({Kind.FIELD, Kind.VARIABLE})


def signature(lines: Sequence[str], one: Definition) -> str:
    """Return decorators and what stands before the body, without comments and margin."""
    attached = [
        lines[row]
        for row in range(one.first, one.start)
        if not one.doc_first <= row <= one.doc_last
        and lines[row].strip().startswith(_ATTACHED)
    ]
    most = _VALUE_LINES if one.kind in _VALUES else _SIGNATURE_LINES
    last = min(one.header_last, one.start + most - 1)
    taken = [
        without_end(line)
        for line in (*attached[:_ATTACHED_LINES], *lines[one.start : last + 1])
    ]
    margin = min(
        (len(line) - len(line.lstrip()) for line in taken if line.strip()), default=0
    )
    text = "\n".join(line[margin:][:_LONGEST_LINE].rstrip() for line in taken).rstrip()
    if one.last > one.header_last or text.endswith("{"):
        text = text.removesuffix("{").rstrip()
    return f"{text}\n…" if last < one.header_last else text


def name_row(lines: Sequence[str], one: Definition) -> int:
    """Return the line that a definition's name stands in."""
    for row in range(one.start, min(one.header_last + 1, len(lines))):
        if one.name in lines[row]:
            return row
    return one.start
