"""LF only: editors split the inserted text at LF and would keep a CR."""

from lsp_server.ghost.place import Place


def apply(text: str, place: Place) -> str:  # noqa: ARG001 - a filter's signature
    return text.replace("\r\n", "\n").replace("\r", "\n")
