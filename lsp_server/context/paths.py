"""Where documents are in the file system, told from their uris."""

from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

_NOTEBOOK_CELL = "vscode-notebook-cell"


def path_of(uri: str) -> Path | None:
    """Return the file that ``uri`` names, None where it names none.

    The cell of a notebook is named by its notebook's path, a "#" and what tells the cells
    apart: cells are documents of their own, beside each other.
    """
    try:
        parts = urlsplit(uri)
        name = url2pathname(parts.path)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"file", _NOTEBOOK_CELL} or "\0" in name:
        return None
    if parts.scheme.lower() == _NOTEBOOK_CELL:
        name = f"{name}#{unquote(parts.fragment)}"
    path = Path(name)
    return path if path.is_absolute() else None
