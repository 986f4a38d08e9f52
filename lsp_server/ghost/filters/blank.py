"""White space alone is nothing to show."""

from retrieval.source import Cursor


def apply(text: str, cursor: Cursor) -> str:  # noqa: ARG001 - a filter's signature
    return text if text.strip() else ""
