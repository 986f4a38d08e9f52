"""No white space at the end of the answer, nor at the end of its lines."""

from retrieval.source import Cursor


def apply(text: str, cursor: Cursor) -> str:  # noqa: ARG001 - a filter's signature
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))
