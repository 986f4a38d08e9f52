"""Which family a model on disk is of, told from its small JSON files alone."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsp_server.engine.base import ModelUnusable
from lsp_server.prompt.families import FAMILIES, Family
from lsp_server.prompt.vocabulary import Vocabulary, read_vocabulary

_INSTEAD = (
    "Use one that does: codellama/CodeLlama-7b-hf or codellama/CodeLlama-13b-hf (base or "
    "Instruct), or Qwen2.5-Coder, StarCoder2, DeepSeek-Coder, CodeGemma."
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A model that can infill. ``name`` is as people say it, for messages."""

    name: str
    family: Family
    vocabulary: Vocabulary


def recognise(folder: Path) -> Recognised:
    """Tell the family of the model in ``folder``; weights are never opened.

    Raises ModelUnusable, in words for the user, where there is no model, where it is
    broken, or where it was not trained to fill in the middle.
    """
    name = model_name(folder)
    config = _read_config(folder, name)
    model_type = config.get("model_type")
    families = [family for family in FAMILIES if model_type in family.model_types]
    if not families:
        raise ModelUnusable(
            f"{name} is of type {model_type!r}, which is not known to fill in the middle. "
            f"{_INSTEAD}"
        )
    for family in families:
        _refuse(family, name, config)
    vocabulary = read_vocabulary(folder, name)
    usable = _usable_pieces(vocabulary, config)
    for family in families:
        if family.required <= usable:
            return Recognised(name, family, vocabulary)
    missing = ", ".join(sorted(families[0].required - usable))
    raise ModelUnusable(
        f"{name} cannot fill in the middle: it has no {missing}, with which "
        f"{families[0].name} is asked to. {_INSTEAD}"
    )


def model_name(folder: Path) -> str:
    """Return the model's name; in Hugging Face's cache it is two folders up.

    ``models--codellama--CodeLlama-7b-hf/snapshots/6c284d1`` is codellama/CodeLlama-7b-hf.
    """
    folder = folder.resolve()
    if folder.parent.name == "snapshots":
        return folder.parent.parent.name.removeprefix("models--").replace("--", "/")
    return folder.name


def _read_config(folder: Path, name: str) -> dict[str, Any]:
    path = folder / "config.json"
    if not folder.is_dir():
        raise ModelUnusable(
            f"There is no folder {folder}. Check the path of the model, or download it."
        )
    if not path.exists():
        raise ModelUnusable(
            f"{folder} has no config.json, so it holds no model in Hugging Face's format. "
            "Check the path, or download the model again."
        )
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnusable(
            f"{name}: {path} cannot be read ({error}). Download the model again."
        ) from error
    if not isinstance(config, dict):
        raise ModelUnusable(
            f"{name}: {path} is not a JSON object. Download the model again."
        )
    return config


def refuse_name(family: Family, name: str) -> None:
    """Raise ModelUnusable where the name says: not trained to infill."""
    for refusal in family.refusals:
        if refusal.name.search(name.rpartition("/")[2]):
            raise ModelUnusable(f"{name}: {refusal.why}. {_INSTEAD}")


def _refuse(family: Family, name: str, config: dict[str, Any]) -> None:
    """Raise ModelUnusable where the name or the shape says: not trained to infill."""
    refuse_name(family, name)
    shape = (config.get("hidden_size"), config.get("num_hidden_layers"))
    for refusal in family.refusals:
        if shape == refusal.shape:
            raise ModelUnusable(f"{name}: {refusal.why}. {_INSTEAD}")


def _usable_pieces(vocabulary: Vocabulary, config: dict[str, Any]) -> set[str]:
    """Return the pieces for which the weights have a row.

    The tokenizers of some models that do not infill list the special pieces all the
    same, with ids past ``vocab_size``.
    """
    rows = config.get("vocab_size")
    if not isinstance(rows, int):
        return set(vocabulary.ids)
    return {piece for piece, id_ in vocabulary.ids.items() if id_ < rows}
