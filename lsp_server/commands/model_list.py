"""What is known of each model, here or not: for ``codellama-lsp model list``."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lsp_server.engine.base import ModelUnusable
from lsp_server.engine.download.cached import CachedModel
from lsp_server.engine.download.known import KNOWN
from lsp_server.engine.models import (
    DEMO_FOLDER,
    LONGEST_BY_DEFAULT,
    default_window,
)
from lsp_server.prompt.families import CODE_LLAMA
from lsp_server.prompt.recognise import recognise
from lsp_server.settings import DEMO_MODEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One model. ``bytes`` are those on the disk, ``download_bytes`` about what comes.

    ``infills`` is None where what is here does not tell; ``why_not`` says why a model
    that does not fill in the middle is for actions only. Where it is not found by its
    name, being another revision than main, settings name the ``folder``.
    """

    name: str
    state: Literal["complete", "incomplete", "absent"]
    bytes: int = 0
    download_bytes: int | None = None
    missing: tuple[str, ...] = ()
    family: str | None = None
    infills: bool | None = None
    why_not: str | None = None
    window_tokens: int | None = None
    folder: str | None = None
    found_by_name: bool = True


def listed(cached: Iterable[CachedModel]) -> list[Listed]:
    """Return the demo model, Code Llama's models, and all others of the cache."""
    here = {each.name: each for each in cached}
    known = [
        _cached(here.pop(name)) if name in here else _absent(name) for name in KNOWN
    ]
    return [_demo(), *known, *map(_cached, here.values())]


def _demo() -> Listed:
    files = (path for path in DEMO_FOLDER.iterdir() if path.is_file())
    return Listed(
        name=DEMO_MODEL,
        state="complete",
        bytes=sum(path.stat().st_size for path in files),
        family=recognise(DEMO_FOLDER).family.name,
        infills=True,
        window_tokens=default_window(DEMO_FOLDER),
        folder=str(DEMO_FOLDER),
    )


def _absent(name: str) -> Listed:
    why_not = refused_by_name(name)
    return Listed(
        name=name,
        state="absent",
        download_bytes=KNOWN[name],
        family=CODE_LLAMA.name,
        infills=why_not is None,
        why_not=why_not,
        window_tokens=LONGEST_BY_DEFAULT,
    )


def _cached(model: CachedModel) -> Listed:
    if model.folder is None or not model.is_complete:
        known = _absent(model.name) if model.name in KNOWN else None
        return Listed(
            name=model.name,
            state="incomplete",
            bytes=model.size,
            download_bytes=KNOWN.get(model.name),
            missing=model.missing,
            family=None if known is None else known.family,
            infills=None if known is None else known.infills,
            why_not=None if known is None else known.why_not,
            window_tokens=None if known is None else known.window_tokens,
        )
    family, why_not = _family(model.name, model.folder)
    return Listed(
        name=model.name,
        state="complete",
        bytes=model.size,
        family=family,
        infills=why_not is None,
        why_not=why_not,
        window_tokens=_window(model.folder),
        folder=str(model.folder),
        found_by_name=model.found_by_name,
    )


def _family(name: str, folder: Path) -> tuple[str | None, str | None]:
    """Return the model's family, and why it does not fill in the middle, if so."""
    try:
        return recognise(folder).family.name, None
    except ModelUnusable as error:
        family = CODE_LLAMA.name if name in KNOWN else _model_type(folder)
        return family, str(error)


def _model_type(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / "config.json").read_bytes())["model_type"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _window(folder: Path) -> int | None:
    try:
        return default_window(folder)
    except (OSError, ValueError, AttributeError):  # a config.json that is none
        return None


def refused_by_name(name: str) -> str | None:
    """Return why a model of Code Llama's does not fill in the middle, if its name tells."""
    refusals = CODE_LLAMA.refusals
    return next((each.why for each in refusals if each.name.search(name)), None)
