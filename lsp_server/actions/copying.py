"""A copy of the repository as it is in the editor, for an edit to be tried in.

Made in the system's folder for such, for its owner's eyes only. Copies of processes that
were killed are removed by the next one that starts.
"""

import asyncio
import contextlib
import os
import shutil
import stat
import tempfile
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from retrieval.files.walk import Found, Reason, Skipped, walk

MOST_BYTES = 256 << 20
MOST_FILES = 50_000
"""A repository that is larger is not copied for one edit."""

_CONFIGURATION = frozenset(
    {Reason.DATA, Reason.HIDDEN, Reason.LANGUAGE, Reason.GENERATED, Reason.MINIFIED}
)
"""Files that no model sees, and that a type checker or a test may need."""

_LOOKED_AT = 4
"""So many times as many files may be looked at as are copied."""

_PREFIX = "codellama-check-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is tried: ``path``, below ``root``, as it was and as the edit makes it.

    ``before`` is None for a new file. ``opened`` are the texts of other documents that
    are open, by their paths: they count in place of the files.
    """

    root: Path
    path: str
    before: str | None
    after: str
    opened: Mapping[str, str]


class TooLarge(Exception):
    """The repository is too large to be copied."""


@asynccontextmanager
async def copied(files: Files, most_bytes: int, most_files: int) -> AsyncIterator[Path]:
    """Copy it, with the edit; raises TooLarge, OSError. It is removed at the end."""
    # In this thread: whoever is cancelled while another one makes it cannot remove it.
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    stop = threading.Event()
    work = asyncio.ensure_future(
        asyncio.to_thread(_fill, folder, files, (most_bytes, most_files), stop)
    )
    try:
        await asyncio.shield(work)
        yield folder
    finally:
        stop.set()
        if work.done():
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        else:  # a copy from a slow disk is not waited for
            work.add_done_callback(partial(_remove_later, folder))


def _remove_later(folder: Path, work: "asyncio.Future[None]") -> None:
    if not work.cancelled():
        work.exception()  # nobody wants to know
    remove = partial(shutil.rmtree, folder, ignore_errors=True)
    asyncio.get_running_loop().run_in_executor(None, remove)


def _fill(
    folder: Path, files: Files, most: tuple[int, int], stop: threading.Event
) -> None:
    """Copy each file: a tool may write, and a hard link would be the user's own file."""
    size = number = 0
    for looked_at, one in enumerate(walk(files.root), 1):
        if stop.is_set():
            return
        if looked_at > _LOOKED_AT * most[1]:
            raise TooLarge
        source, target = files.root / one.path, folder / one.path
        if not _is_copied(one, source):
            continue
        with contextlib.suppress(OSError):  # gone, or nobody may read it
            size += source.lstat().st_size
            number += 1
            if size > most[0] or number > most[1]:
                raise TooLarge
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target, follow_symlinks=False)
    for path, text in files.opened.items():
        put(folder, path, text)
    put(folder, files.path, files.after)


def _is_copied(one: Found | Skipped, source: Path) -> bool:
    if isinstance(one, Skipped) and (
        one.reason not in _CONFIGURATION or one.path.endswith("/")
    ):
        return False
    return source.is_file()


def put(folder: Path, path: str, text: str | None) -> None:
    target = folder / path
    if text is None:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text.encode("utf-8", "replace"))


def sweep(folder: Path | None = None) -> None:
    """Remove copies of the user's that processes left which have ended.

    ``folder`` is where copies are, that of the system for None.
    """
    for copy in Path(folder or tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        process = copy.name.removeprefix(_PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            status = copy.lstat()
            if (
                stat.S_ISDIR(status.st_mode)
                and status.st_uid == os.getuid()
                and process.isdecimal()
                and not _lives(int(process))
            ):
                shutil.rmtree(copy, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
