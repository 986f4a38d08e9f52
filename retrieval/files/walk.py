"""Which files of a repository are its source, and their text: the only reader of the disk."""

import hashlib
import os
import stat
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from retrieval.files import unwanted
from retrieval.files.disk import regular
from retrieval.files.ignore import Chain, ignored, outer_rules, read_rules
from retrieval.files.roots import refusal, repository_of
from retrieval.files.secrets import masked, secret_file
from retrieval.languages import language_of

__all__ = [
    "LIMIT", "Found", "Read", "Reason", "Skipped",
    "configuration", "read", "refusal", "repository_of", "taken", "walk",
]  # fmt: skip

LIMIT = 1 << 20  # bytes; more than that nobody wrote by hand
OWN_IGNORE = ".codellamaignore"


class Reason(StrEnum):
    """Why a file or folder is not taken."""

    IGNORED = "ignored"
    HIDDEN = "hidden"
    VENDORED = "vendored"
    GENERATED = "generated"
    MINIFIED = "minified"
    SECRET = "secret"  # noqa: S105 - a word
    DATA = "data"
    LANGUAGE = "language"  # none that we know
    TOO_LARGE = "too_large"
    BINARY = "binary"
    ENCODING = "encoding"
    UNREADABLE = "unreadable"
    LINK = "link"
    SPECIAL = "special"  # pipe, socket, device
    NAME = "name"
    REPOSITORY = "repository"  # another one, inside of this one
    OUTSIDE = "outside"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that may be source; ``path`` is relative to the root, with "/"."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """What is not taken; ``path`` can be printed, and ends in "/" for a folder."""

    path: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A file's text: LF only, no byte order mark, secrets masked.

    ``digest`` is of the raw bytes (BLAKE2b, 16 bytes), ``size`` their number, ``mtime_ns``
    from before they were read. ``language`` is the name of a ``languages.Language``.
    """

    text: str
    language: str
    digest: bytes
    size: int
    mtime_ns: int

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends; the last one is "" after a final line end."""
        return tuple(self.text.split("\n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """A folder that is walked, and the rules that hold in it.

    ``path`` is "" or ends in "/"; ``outer`` stands before it in what ``git`` rules see.
    """

    path: str
    outer: str
    git: Chain
    own: Chain


def walk(root: Path) -> Iterator[Found | Skipped]:
    """Yield each file and what is skipped, folders whole; by name, a folder's files first.

    Only ignore files are read. Links are never followed. A file without a suffix that the
    table of languages knows is yielded, too: its first line may name an interpreter.
    """
    top = _top(root)
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(root, folder.path)) as found:  # noqa: PTH118
                entries = sorted(found, key=_name)
        except (OSError, ValueError) as error:
            yield _skipped(folder.path, Reason.UNREADABLE, _told(error))
            continue
        names = {entry.name for entry in entries}
        if folder.path and (alien := _alien(folder.path, names)):
            yield alien
            continue
        folder = _entered(root, folder, names)
        inner = []
        for entry in entries:
            name = entry.name
            try:
                if entry.is_symlink():
                    yield _skipped(folder.path + name, Reason.LINK)
                elif entry.is_dir(follow_symlinks=False):
                    if skipped := _folder_skipped(folder, name, names):
                        yield skipped
                    else:
                        inner.append(_below(folder, name))
                elif skipped := _file_skipped(folder, name):
                    yield skipped
                else:
                    yield _found(folder.path + name, entry.stat(follow_symlinks=False))
            except OSError as error:
                yield _skipped(folder.path + name, Reason.UNREADABLE, _told(error))
        inner.reverse()
        waiting.extend(inner)


def taken(root: Path, path: str) -> Found | Skipped:  # noqa: PLR0911 - one for each reason
    """Judge one path as ``walk`` would, without the walk.

    One that is not there (not saved yet) is judged by its name: GONE where it might be. For a file that was saved or that a watcher names; many at once are better walked.
    """
    parts = path.split("/")
    if not _is_inside(parts):
        return _skipped(path, Reason.OUTSIDE)
    folder = _top(root)
    for depth, part in enumerate(parts):
        here = os.path.join(root, folder.path)  # noqa: PTH118
        names = _marks(here)
        if depth and (alien := _alien(folder.path, names)):
            return alien
        folder = _entered(root, folder, names)
        try:
            status = os.lstat(os.path.join(here, part))  # noqa: PTH118
        except FileNotFoundError:
            return _gone(folder, parts[depth:], names)
        except (OSError, ValueError) as error:
            return _skipped(path, Reason.UNREADABLE, _told(error))
        if stat.S_ISLNK(status.st_mode):
            return _skipped(folder.path + part, Reason.LINK)
        if depth == len(parts) - 1:
            return _file_skipped(folder, part) or _found(path, status)
        if not stat.S_ISDIR(status.st_mode):
            return _skipped(path, Reason.GONE)
        if skipped := _folder_skipped(folder, part, names):
            return skipped
        folder = _below(folder, part)
    raise AssertionError("a path has parts")


def _gone(folder: _Folder, parts: Sequence[str], beside: Container[str]) -> Skipped:
    """Judge what is not there by its folders' names and its own."""
    *inner, name = parts
    for part in inner:
        if skipped := _folder_skipped(folder, part, beside):
            return skipped
        folder, beside = _below(folder, part), ()
    return _file_skipped(folder, name) or _skipped(folder.path + name, Reason.GONE)


def read(root: Path, path: str) -> Read | Skipped:
    """Read a file that ``walk`` or ``taken`` found, once, and judge what it says.

    Ignore rules are not asked again; secret files and ways out of the root are.
    """
    raw = _raw(root, path)
    if isinstance(raw, Skipped):
        return raw
    data, status = raw
    text = _decoded(path, data)
    if isinstance(text, Skipped):
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    language = language_of(path, text[:200].partition("\n")[0])
    if language is None:
        return _skipped(path, Reason.LANGUAGE)
    if unwanted.generated(text):
        return _skipped(path, Reason.GENERATED, "its first lines say so")
    if unwanted.minified(text):
        return _skipped(path, Reason.MINIFIED, "very long lines")
    return Read(
        text=masked(text),
        language=language.name,
        digest=hashlib.blake2b(data, digest_size=16).digest(),
        size=len(data),
        mtime_ns=status.st_mtime_ns,
    )


def configuration(root: Path, path: str) -> str | None:
    """Return a configuration file's text (``package.json``) for resolving imports only.

    It is not masked and must never stand in a prompt. None where it cannot be had.
    """
    raw = _raw(root, path)
    if isinstance(raw, Skipped):
        return None
    text = _decoded(path, raw[0])
    return None if isinstance(text, Skipped) else text


def _raw(root: Path, path: str) -> tuple[bytes, os.stat_result] | Skipped:  # noqa: PLR0911 - one for each reason
    if not _is_inside(path.split("/")):
        return _skipped(path, Reason.OUTSIDE)
    if secret_file(path):
        return _skipped(path, Reason.SECRET)
    folder = os.path.join(root, os.path.dirname(path))  # noqa: PTH118, PTH120
    try:
        if not _is_straight(root, path):
            return _skipped(path, Reason.LINK, "in a folder that is a link")
        data, status = regular(os.path.join(folder, os.path.basename(path)), LIMIT)  # noqa: PTH118, PTH119
    except FileNotFoundError:
        return _skipped(path, Reason.GONE)
    except (OSError, ValueError) as error:
        return _skipped(path, Reason.UNREADABLE, _told(error))
    if len(data) > LIMIT:
        return _skipped(path, Reason.TOO_LARGE, f"{status.st_size} bytes")
    return data, status


def _decoded(path: str, data: bytes) -> str | Skipped:
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = data.decode("utf-16")
        elif b"\0" in data:
            return _skipped(path, Reason.BINARY)
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _skipped(path, Reason.ENCODING, "neither UTF-8 nor UTF-16")
    return _skipped(path, Reason.BINARY) if "\0" in text else text


def _is_inside(parts: list[str]) -> bool:
    """Tell whether it is relative and in its one spelling (no "..", "//", drive)."""
    if os.name == "nt" and any("\\" in part or ":" in part for part in parts):
        return False
    return not any(part in {"", ".", ".."} or "\0" in part for part in parts)


def _is_straight(root: Path, path: str) -> bool:
    """Tell whether no folder between the root and the file is a link."""
    folder = str(root)
    for part in path.split("/")[:-1]:
        folder = f"{folder}/{part}"
        if stat.S_ISLNK(os.lstat(folder).st_mode):
            return False
    return True


def _top(root: Path) -> _Folder:
    chain, outer = outer_rules(Path(os.path.realpath(root)))
    return _Folder(path="", outer=outer, git=chain, own=())


def _below(folder: _Folder, name: str) -> _Folder:
    return _Folder(
        path=f"{folder.path}{name}/",
        outer=folder.outer,
        git=folder.git,
        own=folder.own,
    )


def _entered(root: Path, folder: _Folder, names: Container[str]) -> _Folder:
    """Add the ignore rules that stand in the folder itself."""
    git, own = folder.git, folder.own
    if ".gitignore" in names:
        base = len(folder.outer) + len(folder.path)
        git = read_rules(root / folder.path / ".gitignore", base) + git
    if OWN_IGNORE in names:
        own = read_rules(root / folder.path / OWN_IGNORE, len(folder.path)) + own
    if git is folder.git and own is folder.own:
        return folder
    return _Folder(path=folder.path, outer=folder.outer, git=git, own=own)


def _alien(path: str, names: Container[str]) -> Skipped | None:
    """Judge a folder below the root by what stands in it."""
    if ".git" in names:
        return _skipped(path, Reason.REPOSITORY)
    for mark in unwanted.OUTPUT_MARKS:
        if mark in names:
            return _skipped(path, Reason.GENERATED, f"holds {mark}")
    return None


_MARKS = (".git", ".gitignore", OWN_IGNORE, *unwanted.OUTPUT_MARKS, *unwanted.BESIDE)


def _marks(folder: str) -> set[str]:
    """Return those names in the folder that judge it and what is beside them."""
    return {name for name in _MARKS if os.path.lexists(os.path.join(folder, name))}  # noqa: PTH118


def _folder_skipped(
    folder: _Folder, name: str, beside: Container[str]
) -> Skipped | None:
    path = f"{folder.path}{name}/"
    if not name.isprintable():
        return _skipped(path, Reason.NAME)
    if name.startswith("."):
        return _skipped(path, Reason.HIDDEN)
    if name in unwanted.VENDORED:
        return _skipped(path, Reason.VENDORED)
    if unwanted.output_folder(name):
        return _skipped(path, Reason.GENERATED)
    for mark in unwanted.OUTPUT_BESIDE.get(name, ()):
        if mark in beside:
            return _skipped(path, Reason.GENERATED, f"beside {mark}")
    return _ignored(folder, path, f"{name}/")


def _file_skipped(folder: _Folder, name: str) -> Skipped | None:  # noqa: PLR0911 - one for each reason
    path = folder.path + name
    if not name.isprintable():
        return _skipped(path, Reason.NAME)
    if secret_file(name):
        return _skipped(path, Reason.SECRET)
    if name.startswith("."):
        return _skipped(path, Reason.HIDDEN)
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122
    if suffix in unwanted.DATA:
        return _skipped(path, Reason.DATA)
    if suffix and language_of(name) is None:
        return _skipped(path, Reason.LANGUAGE)
    if unwanted.minified_name(name):
        return _skipped(path, Reason.MINIFIED)
    if unwanted.generated_name(name):
        return _skipped(path, Reason.GENERATED)
    return _ignored(folder, path, name)


def _ignored(folder: _Folder, path: str, name: str) -> Skipped | None:
    if folder.git and ignored(folder.git, folder.outer + path, name):
        return _skipped(path, Reason.IGNORED)
    if folder.own and ignored(folder.own, path, name):
        return _skipped(path, Reason.IGNORED, OWN_IGNORE)
    return None


def _found(path: str, status: os.stat_result) -> Found | Skipped:
    if not stat.S_ISREG(status.st_mode):
        return _skipped(path, Reason.SPECIAL)
    if status.st_size > LIMIT:
        return _skipped(path, Reason.TOO_LARGE, f"{status.st_size} bytes")
    return Found(path=path, size=status.st_size, mtime_ns=status.st_mtime_ns)


def _skipped(path: str, reason: Reason, detail: str = "") -> Skipped:
    return Skipped(path if path.isprintable() else _printable(path), reason, detail)


def _printable(path: str) -> str:
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in path)


def _told(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
