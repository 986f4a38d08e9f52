"""compile_commands.json: the include folders a build system gave the compiler.

Its paths are absolute on the machine that wrote it, which need not be this one: where
the repository stood there is told by where its files stood.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from retrieval.imports.configuration import parsed_json, text_of, texts
from retrieval.imports.files import Files
from retrieval.imports.paths import name_of, parent, upwards

BUILDS = ("", "build/", "out/", "builddir/", "cmake-build-debug/")
ENTRIES = 20_000  # more is cut
FOLDERS = 256  # of one entry
COMMON = 24  # folders that a file without an entry is looked for in
WITNESSES = 5  # entries that tell where the repository stood

_OPTION = re.compile(
    r"""(?:^|(?<=\s))(?:-I|-isystem|-iquote|-idirafter|/I)\s*+"""
    r"""(?:"([^"]*)"|'([^']*)'|([^\s"']+))"""
)
_PREFIX = re.compile(r"-I|-isystem|-iquote|-idirafter|/I(?![^/\\:]*[/\\])")


@dataclass(frozen=True, slots=True)
class Commands:
    """Files with their include folders, all absolute; keyed by the file's name, too."""

    by_name: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
    common: tuple[str, ...]
    witnesses: tuple[str, ...]


def around(path: str, files: Files) -> Commands | None:
    """Read the nearest one, upwards from the file and in the usual build folders."""
    for folder in upwards(parent(path)):
        for build in BUILDS:
            place = f"{build}compile_commands.json"
            text = files.read(f"{folder}/{place}" if folder else place)
            if text is not None:
                return _parsed(text)
    return None


def folders_for(path: str, commands: Commands) -> list[str] | None:
    """Return the include folders in this repository for a file; None without an entry."""
    for file, includes in commands.by_name.get(name_of(path), ()):
        if file.endswith(f"/{path}"):
            return list(_inside(file.removesuffix(f"/{path}"), includes))
    return None


def common_folders(commands: Commands, files: Files) -> list[str]:
    """Return the include folders that most files have."""
    roots: Counter[str] = Counter()
    for file in commands.witnesses:
        ends = [p for p in files.named(name_of(file)) if file.endswith(f"/{p}")]
        if ends:
            roots[file.removesuffix(f"/{max(ends, key=len)}")] += 1
    return [
        f for root, _ in roots.most_common(1) for f in _inside(root, commands.common)
    ]


def _inside(root: str, folders: tuple[str, ...]) -> Iterator[str]:
    for folder in folders:
        if folder == root:
            yield ""
        elif folder.startswith(f"{root}/"):
            yield folder[len(root) + 1 :]


@lru_cache(maxsize=4)
def _parsed(text: str) -> Commands:
    entries = parsed_json.__wrapped__(text)  # not kept: the values are large
    known: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    counted: Counter[str] = Counter()
    for entry in entries[:ENTRIES] if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or not text_of(entry.get("file")):
            continue
        directory = _slashes(text_of(entry.get("directory")))
        file = _absolute(directory, text_of(entry["file"]))
        includes = tuple(
            dict.fromkeys(_absolute(directory, i) for i in _options(entry))
        )
        counted.update(includes)
        known.setdefault(name_of(file), []).append((file, includes))
    files = [file for same in known.values() for file, _ in same[:1]]
    return Commands(
        by_name={name: tuple(same) for name, same in known.items()},
        common=tuple(folder for folder, _ in counted.most_common(COMMON)),
        witnesses=tuple(files[:: max(1, len(files) // WITNESSES)][:WITNESSES]),
    )


def _options(entry: Mapping[str, Any]) -> Iterator[str]:
    arguments = texts(entry.get("arguments"))
    if not arguments:
        for match in _OPTION.finditer(text_of(entry.get("command"))):
            yield match[1] or match[2] or match[3] or ""
    for option, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if flag := _PREFIX.match(option):
            yield option[flag.end() :] or following


def _slashes(path: str) -> str:
    return path.replace("\\", "/")


def _absolute(directory: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(directory, _slashes(path)))
