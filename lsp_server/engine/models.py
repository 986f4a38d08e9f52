"""Where a model's files are: a folder, the local cache of the hub, or the demo model."""

import json
from pathlib import Path

from lsp_server.engine.base import ModelUnusable
from lsp_server.engine.download.cached import find_cached, find_cached_tokenizer

DEMO_FOLDER = Path(__file__).parents[1] / "demo_model"
_PICKLES = ("*.bin", "*.pt", "*.pth")
_HEADER_LENGTH = 8
"""Bytes at the start of a safetensors file that tell the length of its header."""
LONGEST_BY_DEFAULT = 16_384
"""Tokens. What Code Llama was fine-tuned at; more is for those who ask for it."""


def find_model(name: str) -> Path:
    """Return the folder of ``name``; nothing is downloaded.

    ``name`` is a folder (an absolute path, or one that begins with ``.`` or ``~``), a
    model of the hub that is in the local cache, or ``demo``. A hub's name is never looked
    up in the folder the editor runs in: a workspace could have one of that name.
    Raises ModelUnusable, saying how to get it.
    """
    if name == "demo":
        return DEMO_FOLDER
    folder = _existing_folder(name) if is_path(name) else find_cached(name)
    if folder is not None:
        return folder
    missing = (
        f"There is no folder {name}."
        if is_path(name)
        else f"{name} is not in the local model cache, or not all of it (a folder of"
        f" that name is written ./{name})."
    )
    raise ModelUnusable(
        f"{missing} Download it first (codellama-lsp model get "
        'codellama/CodeLlama-7b-hf, say), or set model = "demo" to try things out.'
    )


def is_path(name: str) -> bool:
    """Whether ``name`` means a folder, and not a model of the hub."""
    return name.startswith((".", "~")) or Path(name).is_absolute()


def find_tokenizer(name: str) -> Path | None:
    """Return the folder of ``name`` if its tokenizer is here; weights need not be."""
    if name == "demo":
        return DEMO_FOLDER
    try:
        folder = (
            _existing_folder(name) if is_path(name) else find_cached_tokenizer(name)
        )
    except ModelUnusable:
        return None
    there = folder is not None and (folder / "tokenizer.json").is_file()
    return folder if there else None


def _existing_folder(name: str) -> Path | None:
    try:
        folder = Path(name).expanduser()
        if folder.is_dir():
            return folder.resolve()
        is_file = folder.exists()
    except (OSError, RuntimeError) as error:  # no right to look, no such user's home
        raise ModelUnusable(f"The model {name} cannot be looked up: {error}") from error
    if is_file:
        raise ModelUnusable(
            f"{name} is a file. Name the folder that holds config.json and the weights."
        )
    return None


def check_config(folder: Path) -> None:
    """Raise ModelUnusable where config.json, of which a model is built, is none."""
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelUnusable(
            f"{folder} has no config.json: it is no folder of a model, or not all of it."
        ) from None
    except (OSError, ValueError) as error:
        raise ModelUnusable(f"{path} cannot be read: {error}") from error
    if not isinstance(config, dict) or "model_type" not in config:
        raise ModelUnusable(f"{path} is no model's: it does not tell its model_type.")


def check_weights(folder: Path) -> None:
    """Raise ModelUnusable where the weights are missing or cut off.

    Only safetensors: other formats run code when they are loaded. vLLM itself answers a
    broken file with a MemoryError.
    """
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise ModelUnusable(_no_weights(folder))
    for file in files:
        try:
            size = file.stat().st_size
            with file.open("rb") as weights:
                header = int.from_bytes(weights.read(_HEADER_LENGTH), "little")
        except OSError as error:  # a link into a cache that was cleared, say
            raise ModelUnusable(f"{file} cannot be read: {error.strerror}") from error
        if size < _HEADER_LENGTH or header > size - _HEADER_LENGTH:
            raise ModelUnusable(
                f"{file} is broken or was not downloaded to its end. Download it again."
            )


def _no_weights(folder: Path) -> str:
    pickles = [file.name for kind in _PICKLES for file in folder.glob(kind)]
    if pickles:
        return (
            f"{folder} has its weights only as pickles ({min(pickles)}), which may run any "
            "code when they are loaded, so they are not. Use a model that has "
            "*.safetensors."
        )
    return f"{folder} has no weights: no *.safetensors file is in it."


def default_window(folder: Path) -> int:
    """Return the tokens that the model was made for, LONGEST_BY_DEFAULT at most."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    made_for = config.get("max_position_embeddings")
    if not isinstance(made_for, int) or made_for < 1:
        return LONGEST_BY_DEFAULT
    return min(made_for, LONGEST_BY_DEFAULT)
