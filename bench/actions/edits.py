"""A WorkspaceEdit, applied as a strict editor would."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


class BadEdit(ValueError):
    """An edit that a careful editor would not apply; the words say why."""


def applied(
    edit: Mapping[str, Any],
    root: Path,
    files: Mapping[str, str],
    versions: Mapping[str, int],
) -> dict[str, str]:
    """Return the files of ``root`` after the edit, by their path in it; raises BadEdit.

    ``versions`` are those of the open documents, which their edits must name; those of
    other files name none.
    """
    after = dict(files)
    changes = edit.get("documentChanges")
    if changes is None:
        named = edit.get("changes") or {}
        changes = [
            {"textDocument": {"uri": uri, "version": None}, "edits": edits}
            for uri, edits in named.items()
        ]
    for change in changes:
        kind = change.get("kind")
        if kind == "create":
            name = inside(root, change["uri"])
            if name in after:
                raise BadEdit(f"{name} is there already")
            after[name] = ""
        elif kind is not None:
            raise BadEdit(f"it would {kind} files")
        else:
            _edit(after, change, root, versions)
    _must_be_known(edit, changes)
    return after


def inside(root: Path, uri: str) -> str:
    """Return the path in the folder; raises BadEdit for one outside."""
    path = Path(unquote(urlsplit(uri).path))
    if ".." in path.parts or not path.is_relative_to(root):
        raise BadEdit(f"{path} is outside of the repository")
    return path.relative_to(root).as_posix()


def offsets(text: str, between: Mapping[str, Any]) -> tuple[int, int]:
    """Return what a range is in code points; raises BadEdit for one that is not there."""
    start, end = (_offset(text, between[side]) for side in ("start", "end"))
    if end < start:
        raise BadEdit("a range ends before it starts")
    return start, end


def position(text: str, offset: int) -> dict[str, int]:
    """Return an offset in code points as LSP's position, in UTF-16."""
    before = text[:offset]
    start = max(before.rfind("\n"), before.rfind("\r")) + 1
    line = len(re.findall(r"\r\n|\r|\n", before))
    return {"line": line, "character": _width(before[start:])}


def _edit(
    after: dict[str, str],
    change: Mapping[str, Any],
    root: Path,
    versions: Mapping[str, int],
) -> None:
    document = change["textDocument"]
    name = inside(root, document["uri"])
    if name not in after:
        raise BadEdit(f"{name} is not there")
    version = document.get("version")
    if version != versions.get(name):
        raise BadEdit(f"it is of version {version} of {name}")
    text = after[name]
    parts = sorted(
        (*offsets(text, one["range"]), one["newText"]) for one in change["edits"]
    )
    _must_not_overlap(parts)
    for start, end, new in reversed(parts):
        text = text[:start] + new + text[end:]
    after[name] = text


def _must_not_overlap(parts: Sequence[tuple[int, int, str]]) -> None:
    for (_, end, _), (start, _, _) in pairwise(parts):
        if start < end:
            raise BadEdit("its parts overlap")


def _must_be_known(
    edit: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]
) -> None:
    known = edit.get("changeAnnotations") or {}
    edits = [one for change in changes for one in change.get("edits", [change])]
    for one in edits:
        name = one.get("annotationId")
        if name is None:
            raise BadEdit("a part is not marked as generated")
        if not known.get(name, {}).get("needsConfirmation"):
            raise BadEdit(f"the mark {name!r} needs no confirmation")


def _offset(text: str, place: Mapping[str, int]) -> int:
    lines = _LINE.findall(text)
    if place["line"] >= len(lines):
        raise BadEdit(f"there is no line {place['line']}")
    line = lines[place["line"]]
    start = sum(len(one) for one in lines[: place["line"]])
    width = 0
    for column, sign in enumerate(line.rstrip("\r\n") + "\n"):
        if width == place["character"]:
            return start + column
        width += _width(sign)
    raise BadEdit(f"line {place['line']} has no character {place['character']}")


def _width(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
