"""Which folder is the repository of a file, and which folders are never indexed."""

import os
import stat
import tempfile
from pathlib import Path

from retrieval.files.disk import regular

_VERSIONED = (".git", ".hg", ".svn", ".jj")
_PROJECTS = (
    "pyproject.toml", "setup.py", "package.json", "composer.json", "pom.xml",
    "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts",
    "Cargo.toml", "go.mod", "go.work", "CMakeLists.txt", "meson.build", "Gemfile",
    "compile_commands.json", ".codellamaignore",
)  # fmt: skip
_PROJECT_SUFFIXES = (".sln", ".slnx", ".csproj")
_MARK_BYTES = 4096
_KERNEL = frozenset({"/proc", "/sys", "/dev"})


def repository_of(path: Path) -> Path | None:
    """Return the folder to index for a file or folder, which need not exist yet.

    That is the nearest one above it under version control, else the nearest that a build
    tool calls a project; never one that ``refusal`` refuses. None for a lone file.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - "..": gone, links: kept
    folders = [one for one in (path, *path.parents) if not refusal(one)]
    for folder in folders:
        if any(os.path.lexists(folder / name) for name in _VERSIONED):
            return folder
    return next((one for one in folders if _is_project(one)), None)


def git_folder(root: Path) -> Path | None:
    """Return where git keeps the state of the working tree that ``root`` is in.

    None without git, and where a ``.git`` file says nothing that can be followed.
    """
    for folder in (root, *root.parents):
        found = folder / ".git"
        try:
            if stat.S_ISDIR(found.stat().st_mode):
                return found
            text, _ = regular(found, _MARK_BYTES)  # a linked tree, or a submodule
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError):
            return None
        named = os.fsdecode(text).strip()
        if not named.startswith("gitdir:") or "\0" in named or len(text) > _MARK_BYTES:
            return None
        return folder / named.removeprefix("gitdir:").strip()
    return None


def refusal(root: Path) -> str | None:
    """Say why a folder is never indexed, in words for its owner; None: it may be."""
    real = Path(os.path.realpath(root))
    if real.parent == real:
        return f"{root} is a whole drive"
    if real in _temporary():
        return f"{root} is the folder for temporary files"
    home = _home()
    if home is not None and real == home:
        return f"{root} is your home folder"
    if home is not None and real in home.parents:
        return f"{root} contains your home folder"
    if not _KERNEL.isdisjoint(map(str, (real, *real.parents))):
        return f"{root} belongs to the operating system"
    return None


def _home() -> Path | None:
    try:
        return Path(os.path.realpath(Path.home()))
    except RuntimeError:
        return None


def _temporary() -> set[Path]:
    folders = {tempfile.gettempdir()}
    if os.name == "posix":
        folders |= {"/tmp", "/var/tmp"}  # noqa: S108 - refused, not used
    return {Path(os.path.realpath(folder)) for folder in folders}


def _is_project(folder: Path) -> bool:
    try:
        names = {one.name for one in folder.iterdir()}
    except OSError:
        return False
    return not _PROJECT_NAMES.isdisjoint(names) or any(
        name.endswith(_PROJECT_SUFFIXES) for name in names
    )


_PROJECT_NAMES = frozenset(_PROJECTS)
