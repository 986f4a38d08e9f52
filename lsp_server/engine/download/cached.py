"""What of the hub's models is on this machine: found, whole or not, and removed."""

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_INDEX = "model.safetensors.index.json"
_NUMBERED = re.compile(r"(.+)-(\d+)-of-(\d+)\.safetensors")
_PREFIX = "models--"


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedModel:
    """What the cache has of one model.

    ``folder`` is None where nothing was begun but single files; ``missing`` are the files
    without which what is there does not run. One that was downloaded by another revision
    than main is not ``found_by_name``. ``size`` in bytes is all that is kept of it:
    earlier versions and interrupted downloads, too.
    """

    name: str
    folder: Path | None
    found_by_name: bool
    size: int
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return self.folder is not None and not self.missing


def find_cached(name: str) -> Path | None:
    """Return the folder of a model in the hub's cache, None if it, or some of it, is not.

    The cache's own list of a repository counts files that nobody needs, other copies of
    the weights for one; what the model's files say of each other does not.
    """
    folder = _snapshot(name, "config.json")
    return None if folder is None or missing_files(folder) else folder


def find_cached_tokenizer(name: str) -> Path | None:
    """Return the folder of a model of whose files at least the tokenizer is there."""
    return _snapshot(name, "tokenizer.json")


def _snapshot(name: str, file: str) -> Path | None:
    # 0.2 s to import: the demo model and folders do without.
    from huggingface_hub import snapshot_download  # noqa: PLC0415
    from huggingface_hub.errors import (  # noqa: PLC0415
        HFValidationError,
        LocalEntryNotFoundError,
    )

    try:
        return Path(
            snapshot_download(name, local_files_only=True, allow_patterns=[file])
        )
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def missing_files(folder: Path) -> tuple[str, ...]:
    """Return the files without which the model in ``folder`` does not run.

    The index of the weights tells which they are, or their own names do (``1-of-2``). A
    link into a cache that was cleared is a missing file, too.
    """
    wanted = ("config.json", "tokenizer.json", *_weights(folder))
    return tuple(name for name in wanted if not (folder / name).exists())


def _weights(folder: Path) -> Sequence[str]:
    index = folder / _INDEX
    there = sorted(file.name for file in folder.glob("*.safetensors"))
    if index.exists():
        try:
            named = json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
            return sorted({str(name) for name in named})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return [f"{_INDEX} (it is broken)"]
    numbered = [found for name in there if (found := _NUMBERED.fullmatch(name))]
    if numbered:
        start, first, count = numbered[0].groups()
        return [
            f"{start}-{number:0{len(first)}}-of-{count}.safetensors"
            for number in range(1, int(count) + 1)
        ]
    return there or ("model.safetensors",)


def cached_models(cache: Path) -> list[CachedModel]:
    """Return all models that the hub's cache has something of, by name."""
    folders = sorted(cache.glob(f"{_PREFIX}*"))
    return [_cached_model(folder) for folder in folders if folder.is_dir()]


def cached_model(cache: Path, name: str) -> CachedModel | None:
    """Return what the hub's cache has of one model, None for nothing."""
    return next((each for each in cached_models(cache) if each.name == name), None)


def remove_cached(cache: Path, name: str) -> int:
    """Remove all that the cache has of one model; returns the bytes that this freed.

    What it shares with other models stays. Raises OSError where more does.
    """
    from huggingface_hub import scan_cache_dir  # noqa: PLC0415 - as above

    folder = cache / f"{_PREFIX}{name.replace('/', '--')}"
    before = _files(folder)
    everything = scan_cache_dir(cache)
    # Copies of a repository share its commits, and the client removes revisions by their
    # commit alone: it is shown no other model.
    ours = [
        repository for repository in everything.repos if repository.repo_path == folder
    ]
    for repository in ours:
        commits = [revision.commit_hash for revision in repository.revisions]
        only = replace(everything, repos=frozenset({repository}))
        only.delete_revisions(*commits).execute()
    if folder.exists():  # an interrupted download, which the client does not list
        shutil.rmtree(folder)
    return sum(size for file, size in before.items() if not file.exists())


def _cached_model(repository: Path) -> CachedModel:
    named = _named(repository, "main")
    folder = named or _newest(repository)
    return CachedModel(
        name=repository.name.removeprefix(_PREFIX).replace("--", "/"),
        folder=folder,
        found_by_name=named is not None,
        size=sum(_files(repository).values()),
        missing=() if folder is None else missing_files(folder),
    )


def _named(repository: Path, revision: str) -> Path | None:
    reference = repository / "refs" / revision
    if not reference.is_file():
        return None
    folder = repository / "snapshots" / reference.read_text(encoding="utf-8").strip()
    return folder if folder.is_dir() else None


def _newest(repository: Path) -> Path | None:
    """Return the version that was written last: the one that is being downloaded."""
    folders = [each for each in (repository / "snapshots").glob("*") if each.is_dir()]
    return max(folders, key=lambda each: each.stat().st_mtime, default=None)


def _files(folder: Path) -> dict[Path, int]:
    """Return the bytes of each file that is below, or that something below links to."""
    real = {path.resolve() for path in folder.rglob("*") if path.is_file()}
    return {path: path.stat().st_size for path in real}
