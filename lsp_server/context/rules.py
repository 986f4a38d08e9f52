"""Which documents the model may see: by the rules of the repository that they are in."""

from collections.abc import Sequence
from pathlib import Path

from retrieval.files.secrets import secret_file
from retrieval.files.walk import Found, Reason, refusal, repository_of, taken

RULES = frozenset({".gitignore", ".codellamaignore"})
"""Files that decide about others."""

_NOTEBOOK = ".ipynb"
_CELL = f"{_NOTEBOOK}#"
_OF_NOTEBOOKS = frozenset({Reason.DATA, Reason.LANGUAGE, Reason.TOO_LARGE})


def root_for(path: Path, folders: Sequence[Path]) -> Path | None:
    """Return the folder whose index has ``path``, None for a lone file.

    That is the workspace's folder it is in (the innermost), or a repository inside of that
    one, which is left out of the folder's index; else the repository that it is in.
    """
    own = repository_of(path)
    around = [
        folder
        for folder in folders
        if path.is_relative_to(folder) and refusal(folder) is None
    ]
    if not around:
        return own
    folder = max(around, key=lambda each: len(each.parts))
    if own is not None and folder in own.parents and (own / ".git").exists():
        return own
    return folder


def allowed(root: Path, path: str) -> bool:
    """Whether a document may be shown to the model beside others: as its file might.

    One that was not saved yet is judged by its name alone; a notebook's cell by its
    notebook, which may be data as long as its cells are not.
    """
    if secret_file(path):
        return False
    notebook, cell, _ = path.partition(_CELL)
    if cell:
        path = notebook + _NOTEBOOK
    found = taken(root, path)
    if isinstance(found, Found):
        return True
    return found.reason is Reason.GONE or (bool(cell) and found.reason in _OF_NOTEBOOKS)


def excluded(path: Path, folders: Sequence[Path]) -> bool:
    """Whether nothing is completed in a document: somebody's rules, or secrets.

    Looks at the disk. A hidden, vendored or generated file is not shown to the model beside
    others, but whoever writes in one is helped.
    """
    if secret_file(path.as_posix()):
        return True
    root = root_for(path, folders)
    if root is None:
        return False
    notebook, cell, _ = path.relative_to(root).as_posix().partition(_CELL)
    found = taken(root, notebook + _NOTEBOOK if cell else notebook)
    return not isinstance(found, Found) and found.reason in {
        Reason.IGNORED,
        Reason.SECRET,
    }
