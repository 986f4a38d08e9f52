"""Workspaces of npm, yarn and pnpm: which folders of a repository are their packages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from retrieval.imports.configuration import texts
from retrieval.imports.files import Files

MOST = 256  # patterns
LONGEST = 500  # characters of a pattern


def patterns(folder: str, package: Mapping[str, Any], files: Files) -> list[str]:
    """Return what package.json or pnpm-workspace.yaml in ``folder`` says of members."""
    said = package.get("workspaces")
    said = said.get("packages") if isinstance(said, dict) else said
    pnpm = files.read(
        f"{folder}/pnpm-workspace.yaml" if folder else "pnpm-workspace.yaml"
    )
    listed = [*texts(said), *(_yaml_list(pnpm, "packages") if pnpm else ())]
    return [pattern for pattern in listed[:MOST] if len(pattern) <= LONGEST]


def members(folders: Iterable[str], root: str, patterns: Sequence[str]) -> list[str]:
    """Return the folders below ``root`` that a pattern takes in and no later one out."""
    return [folder for folder in folders if _is_member(folder, root, patterns)]


def _yaml_list(text: str, key: str) -> Iterator[str]:
    """Read the list of plain or quoted texts below a key at the margin, no more of YAML."""
    inside = False
    for line in text.splitlines():
        bare = line.strip()
        if inside and bare.startswith("-"):
            value = bare[1:].strip()
            quote = value[:1]
            if quote in ("'", '"') and quote in value[1:]:
                yield value[1 : value.index(quote, 1)]
            else:
                yield value.partition(" #")[0].strip()
        elif bare and not bare.startswith("#"):
            inside = line.startswith(f"{key}:")


def _is_member(folder: str, root: str, patterns: Sequence[str]) -> bool:
    inside = f"{root}/" if root else ""
    if not folder.startswith(inside):
        return False
    parts = folder[len(inside) :].split("/")
    member = False
    for pattern in patterns:
        wanted = pattern.lstrip("!").removeprefix("./").rstrip("/").split("/")
        if _matches(parts, wanted):
            member = not pattern.startswith("!")
    return member


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Match folder by folder; ``**`` is any number of folders."""
    reached = {0}  # how much of the pattern may be used up
    for part in parts:
        following: set[int] = set()
        for at in _past_stars(reached, pattern):
            if at == len(pattern):
                continue
            if pattern[at] == "**":
                following.add(at)
            elif fnmatchcase(part, pattern[at]):
                following.add(at + 1)
        reached = following
    return len(pattern) in _past_stars(reached, pattern)


def _past_stars(reached: set[int], pattern: Sequence[str]) -> set[int]:
    found = set(reached)
    for at in sorted(reached):
        place = at
        while place < len(pattern) and pattern[place] == "**":
            place += 1
            found.add(place)
    return found
