"""Places drawn in text: ``at("f(‸)")`` is a cursor between the brackets."""

from retrieval.source import Cursor, Document, split_lines

MARK = "‸"


def at(drawn: str, *, language: str = "python", uri: str = "file:///a.py") -> Cursor:
    """Return the cursor that ``‸`` marks in the text."""
    before, mark, after = drawn.partition(MARK)
    if not mark:
        raise ValueError(f"no {MARK} in {drawn!r}")
    lines = split_lines(before + after)
    line = len(split_lines(before)) - 1
    column = len(split_lines(before)[-1])
    document = Document(uri=uri, language=language, version=1, lines=lines)
    return Cursor(document, line, column)
