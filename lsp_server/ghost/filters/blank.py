"""White space alone is nothing to show."""

from lsp_server.ghost.place import Place


def apply(text: str, place: Place) -> str:  # noqa: ARG001 - a filter's signature
    return text if text.strip() else ""
