"""LF only: editors split the inserted text at LF and would keep a CR."""

from retrieval.source import Cursor


def apply(text: str, cursor: Cursor) -> str:  # noqa: ARG001 - a filter's signature
    return text.replace("\r\n", "\n").replace("\r", "\n")
