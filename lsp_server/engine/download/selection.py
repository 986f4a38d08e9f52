"""Which files of a repository a model needs: pure, from the hub's listing of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lsp_server.engine.base import ModelUnusable

_INDEX = "model.safetensors.index.json"
_WHOLE = "model.safetensors"
_SHARD = re.compile(r"(?P<copy>.+)-\d+-of-(?P<count>\d+)\.safetensors")
_PICKLES = (".bin", ".pt", ".pth", ".ckpt")
_REQUIRED = ("config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file as the hub lists it.

    ``sha256`` is None for small files, which the hub keeps in git itself: they have the
    SHA-1 of a git blob.
    """

    path: str
    size: int
    git_sha1: str
    sha256: str | None = None

    @property
    def checksum(self) -> str:
        return self.sha256 or self.git_sha1


def needed_files(name: str, files: Iterable[RemoteFile]) -> tuple[RemoteFile, ...]:
    """Return what is downloaded of the model, the small files first.

    Configuration, tokenizer, and one copy of the weights; never code, and nothing of
    subfolders, where other copies and other runtimes' files are. Raises ModelUnusable
    where there are no safetensors, or where no server could run what is there.
    """
    there = {file.path: file for file in files if "/" not in file.path}
    weights = _one_copy([path for path in there if path.endswith(".safetensors")])
    if not weights:
        raise ModelUnusable(_no_weights(name, there))
    for path in _REQUIRED:
        if path not in there:
            raise ModelUnusable(
                f"{name} has no {path}, so it is no model in Hugging Face's format that"
                " could be run here."
            )
    small = [path for path in there if _is_small(path)]
    return tuple(there[path] for path in (*sorted(small), *sorted(weights)))


def _is_small(path: str) -> bool:
    is_ours = path.endswith((".json", ".model"))
    return is_ours and not path.endswith(".bin.index.json")


def _one_copy(weights: Sequence[str]) -> list[str]:
    """Return the files of one copy of the weights, the one that vLLM would load.

    Meta's ``consolidated.safetensors`` and others' ``model.fp16.safetensors`` stand beside
    the shards and hold the same.
    """
    shards: dict[str, list[str]] = {}
    for path in weights:
        if shard := _SHARD.fullmatch(path):
            shards.setdefault(shard["copy"], []).append(path)
    if "model" in shards:
        return shards["model"]
    if _WHOLE in weights:
        return [_WHOLE]
    if shards:
        return shards[min(shards, key=_is_other_copy)]
    others = [path for path in weights if not _is_other_copy(path)]
    return others or list(weights)


def _is_other_copy(path: str) -> bool:
    return path.startswith("consolidated")


def _no_weights(name: str, there: Iterable[str]) -> str:
    pickles = sorted(path for path in there if path.endswith(_PICKLES))
    if pickles:
        return (
            f"{name} has its weights only as pickles ({pickles[0]}), which may run any"
            " code when they are loaded, so they are not downloaded. Use a model that has"
            " *.safetensors."
        )
    return f"{name} has no weights that could be run here: no *.safetensors."
