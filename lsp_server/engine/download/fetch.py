"""Brings a model's files into the hub's cache: what is missing, checked, one at a time."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import (  # type: ignore[attr-defined] # public, but exported lazily
    WeakFileLock,
    build_hf_headers,
    disable_progress_bars,
)

from lsp_server.engine.base import ModelUnusable
from lsp_server.engine.download.checked_file import CheckedFile
from lsp_server.engine.download.hub import Hub, Repository, explained
from lsp_server.engine.download.selection import RemoteFile, needed_files

_LOCK_WAIT_S = 0.1

Report = Callable[[str, int], None]
"""Told the file, and how many bytes of all missing ones are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What it takes to have all of a model; ``to_come`` is in bytes, off the wire."""

    repository: Repository
    files: tuple[RemoteFile, ...]
    missing: tuple[RemoteFile, ...]
    to_come: int

    @property
    def total(self) -> int:
        return sum(file.size for file in self.missing)


def plan(hub: Hub, repository: Repository) -> Plan:
    """Return what is missing of the model, once the hub has let us at its files.

    Raises ModelUnusable for a model without usable weights, or one that is gated.
    """
    files = needed_files(repository.name, repository.files)
    folder = _snapshot(hub, repository)
    missing = [file for file in files if not _is_whole(folder / file.path, file)]
    if missing:
        with explained(hub, repository.name, repository.revision):
            get_hf_file_metadata(
                _address(hub, repository, missing[0]), endpoint=hub.endpoint
            )
    here = sum(_size(_partial(hub, repository, file)) for file in missing)
    return Plan(
        repository=repository,
        files=files,
        missing=tuple(missing),
        to_come=max(0, sum(file.size for file in missing) - here),
    )


def free_bytes(folder: Path) -> int:
    """Return the room on the disk where ``folder`` is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def fetch(hub: Hub, plan: Plan, report: Report) -> Path:
    """Download what is missing, and return the model's folder.

    May be ended anywhere: what was written is gone on with the next time. A model is
    found by its name only once all of it is there, so that an update that was
    interrupted leaves the earlier one in use. Raises ModelUnusable, and OSError of the disk.
    """
    repository = plan.repository
    done = 0
    disable_progress_bars("huggingface_hub.http_get")
    with (
        alone(hub, repository.name),
        explained(hub, repository.name, repository.revision),
    ):
        for file in plan.missing:
            _fetch_file(hub, repository, file, _after(done, file, report))
            done += file.size
    folder = _snapshot(hub, repository)
    if repository.revision != repository.commit:
        _name(hub, repository)
    return folder


def _after(done: int, file: RemoteFile, report: Report) -> Callable[[int], None]:
    """Return what to tell a file's size: those before it take ``done`` bytes."""
    return lambda size: report(file.path, done + size)


def _fetch_file(
    hub: Hub, repository: Repository, file: RemoteFile, report: Callable[[int], None]
) -> None:
    address = _address(hub, repository, file)
    tag = get_hf_file_metadata(address, endpoint=hub.endpoint).etag
    # The client looks for a file by the server's tag, which is the checksum on the hub
    # itself but need not be on a mirror.
    name = Path(tag or file.checksum).name
    blob = hub.folder(repository.name) / "blobs" / name
    if not _is_whole(blob, file):
        blob.parent.mkdir(parents=True, exist_ok=True)
        partial = _partial(hub, repository, file)
        _download(address, file, partial, report)
        partial.replace(blob)
    hf_hub_download(
        repository.name,
        file.path,
        revision=repository.commit,
        cache_dir=hub.cache,
        endpoint=hub.endpoint,
    )


def _download(
    address: str, file: RemoteFile, partial: Path, report: Callable[[int], None]
) -> None:
    """Bring ``partial`` to the whole file; what was there and is wrong is fetched anew.

    Raises ModelUnusable, and leaves nothing, where what the server sends is not the file.
    """
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    went_on = _size(partial) > 0
    with CheckedFile(partial, file, report) as target:
        http_get(
            address,
            target,
            resume_size=target.tell(),
            headers=headers,
            expected_size=file.size,
        )
        is_right = target.is_right()
    if is_right:
        return
    partial.unlink()
    if went_on:
        _download(address, file, partial, report)
        return
    raise ModelUnusable(
        f"{file.path} did not come as the hub describes it: its checksum is not"
        f" {file.checksum}. It is not kept. Try again; if it stays so, the mirror or a"
        " proxy changes files."
    )


@contextmanager
def alone(hub: Hub, name: str) -> Iterator[None]:
    """Hold the model's lock: two downloads would write into the same files."""
    lock = hub.cache / ".locks" / hub.folder(name).name / "codellama-lsp.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(WeakFileLock(lock, timeout=_LOCK_WAIT_S))
        except TimeoutError as error:
            raise ModelUnusable(
                f"{name} is being downloaded by another process. Wait until it is done."
            ) from error
        yield


def _name(hub: Hub, repository: Repository) -> None:
    """Let the revision's name, main for one, mean this commit in the cache."""
    reference = hub.folder(repository.name) / "refs" / repository.revision
    reference.parent.mkdir(parents=True, exist_ok=True)
    written = reference.with_name(f"{reference.name}.{os.getpid()}.new")
    written.write_text(repository.commit, encoding="utf-8")
    written.replace(reference)


def _is_whole(path: Path, file: RemoteFile) -> bool:
    return path.exists() and path.stat().st_size == file.size


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _snapshot(hub: Hub, repository: Repository) -> Path:
    return hub.folder(repository.name) / "snapshots" / repository.commit


def _partial(hub: Hub, repository: Repository, file: RemoteFile) -> Path:
    # The ending that the client's own cleaning knows: hf cache prune.
    blobs = hub.folder(repository.name) / "blobs"
    return blobs / f"{file.checksum}.incomplete"


def _address(hub: Hub, repository: Repository, file: RemoteFile) -> str:
    return hf_hub_url(
        repository.name,
        file.path,
        revision=repository.commit,
        endpoint=hub.endpoint,
    )
