"""``codellama-lsp model``: models of the hub are downloaded, listed and removed."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from lsp_server.commands.cache import size
from lsp_server.commands.download_progress import DownloadProgress
from lsp_server.commands.model_list import Listed, listed, refused_by_name
from lsp_server.engine.base import EngineError, ModelUnusable
from lsp_server.engine.download.cached import (
    cached_model,
    cached_models,
    missing_files,
    remove_cached,
)
from lsp_server.engine.download.fetch import Plan, alone, fetch, free_bytes, plan
from lsp_server.engine.download.hub import (
    Hub,
    Unreachable,
    ask,
    configured_hub,
    no_such_model,
)
from lsp_server.engine.download.known import near_names
from lsp_server.engine.models import default_window
from lsp_server.prompt.recognise import recognise
from lsp_server.settings import APPLICATION, DEMO_MODEL, config_path

_INTERRUPTED = 130
"""What a shell calls a command that Ctrl-C ended."""

_GOES_ON = "What came is kept: the same command goes on from there."

Confirm = Callable[[str, bool], bool]
"""Puts a question to the user; the second is the answer that goes without saying."""


def _ask(question: str, default: bool) -> bool:
    """Ask at a terminal; without one, nobody is there to ask."""
    if not sys.stdin.isatty():
        return default
    try:
        answer = input(f"{question} [{'Y/n' if default else 'y/N'}] ").strip().lower()
    except EOFError:
        return False
    return answer in {"y", "yes"} if answer else default


def get(
    name: str,
    *,
    revision: str | None = None,
    yes: bool = False,
    hub: Hub | None = None,
    confirm: Confirm = _ask,
    free: Callable[[Path], int] = free_bytes,
) -> int:
    """Download a model, or what is missing of it, and say how to use it.

    Returns 1 where that cannot be done, 130 where Ctrl-C ended it.
    """
    hub = configured_hub() if hub is None else hub
    agreed: Confirm = (lambda _question, _default: True) if yes else confirm
    try:
        _refuse_what_is_here(name)
        folder = _get(hub, name, revision, agreed, free)
    except KeyboardInterrupt:
        return _failed(f"stopped. {_GOES_ON}", _INTERRUPTED)
    except (EngineError, OSError) as error:
        return _failed(str(error))
    if folder is None:
        return _failed("nothing was downloaded.")
    print(_how_to_use(name if revision is None else str(folder), folder))
    return 0


def list_(*, as_json: bool, hub: Hub | None = None) -> int:
    """Print the demo model, Code Llama's, and what else is in the hub's cache."""
    hub = configured_hub() if hub is None else hub
    cached = cached_models(hub.cache)
    models = listed(cached)
    if as_json:
        print(json.dumps([asdict(model) for model in models], indent=2))
        return 0
    number = "1 model" if len(cached) == 1 else f"{len(cached)} models"
    print(f"{hub.cache}: {number}, {size(sum(each.size for each in cached))}")
    heads = ("name", "size", "state", "family", "ghost text", "window")
    rows = [heads, *map(_row, models)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    for note in filter(None, map(_note, models)):
        print(note)
    return 0


def remove(
    name: str, *, yes: bool = False, hub: Hub | None = None, confirm: Confirm = _ask
) -> int:
    """Remove all that the hub's cache has of a model; 1 where it stays."""
    hub = configured_hub() if hub is None else hub
    if name == DEMO_MODEL:
        return _failed("the demo model is part of the program: it stays.")
    if _is_path(name):
        return _failed(f"{name} is a folder of yours: remove it yourself.")
    cached = cached_model(hub.cache, name)
    if cached is None:
        near = near_names(name, [each.name for each in cached_models(hub.cache)])
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        return _failed(f"{name} is not in {hub.cache}.{meant}")
    if not yes and not confirm(f"Remove {name} ({size(cached.size)})?", False):
        return _failed(f"{name} stays; --yes removes it without asking.")
    try:
        with alone(hub, name):
            freed = remove_cached(hub.cache, name)
    except (EngineError, OSError) as error:
        return _failed(str(error))
    print(f"removed {name}: {size(freed)} are free again")
    return 0


def _refuse_what_is_here(name: str) -> None:
    if name == DEMO_MODEL:
        raise ModelUnusable(
            "The demo model is part of the program: it is here already."
        )
    if _is_path(name):
        raise ModelUnusable(f"{name} is a folder: what is downloaded has a hub's name.")
    if "/" not in name:
        raise ModelUnusable(no_such_model(name))


def _is_path(name: str) -> bool:
    return name.startswith((".", "~")) or Path(name).is_absolute()


def _get(
    hub: Hub,
    name: str,
    revision: str | None,
    confirm: Confirm,
    free: Callable[[Path], int],
) -> Path | None:
    """Return the model's folder, None where the user would rather not."""
    try:
        repository = ask(hub, name, revision)
    except Unreachable as error:
        cached = cached_model(hub.cache, name) if revision is None else None
        if cached is None or not (cached.is_complete and cached.found_by_name):
            raise
        print(f"{name} is here. Whether there is a newer one is not known: {error}")
        return cached.folder
    planned = plan(hub, repository)
    if not planned.missing:
        print(
            f"{name} is here already: {len(planned.files)} files, nothing to download."
        )
    else:
        _check_room(hub, planned, free)
        print(_announced(hub, planned))
        if not confirm("Download it?", True):
            return None
    folder = _fetch(hub, planned)
    if missing := missing_files(folder):
        raise ModelUnusable(
            f"The index of {name} names files that the hub does not have:"
            f" {', '.join(missing)}. It cannot be run."
        )
    return folder


def _check_room(hub: Hub, planned: Plan, free: Callable[[Path], int]) -> None:
    available = free(hub.cache)
    if planned.to_come > available:
        raise ModelUnusable(
            f"{planned.repository.name} needs {size(planned.to_come)} more, and"
            f" {size(available)} are free where {hub.cache} is. Make room, or let HF_HOME"
            " name a folder on another disk."
        )


def _announced(hub: Hub, planned: Plan) -> str:
    whole = size(sum(file.size for file in planned.files))
    there = planned.total - planned.to_come
    left = f", {size(there)} of it are here" if there else ""
    why_not = refused_by_name(planned.repository.name)
    only = f"\nFor actions only, not for ghost text: {why_not}." if why_not else ""
    return (
        f"{planned.repository.name}: {len(planned.missing)} files of"
        f" {len(planned.files)} ({whole}) are missing, {size(planned.total)}{left}.\n"
        f"From {hub.endpoint} into {hub.cache}{only}"
    )


def _fetch(hub: Hub, planned: Plan) -> Path:
    progress = DownloadProgress(sys.stdout, planned.total)
    try:
        return fetch(hub, planned, progress)
    except Unreachable as error:
        raise Unreachable(f"{error} {_GOES_ON}") from error
    except OSError as error:
        raise OSError(f"{error}. {_GOES_ON}") from error
    finally:
        progress.end()


def _how_to_use(name: str, folder: Path) -> str:
    line = f"model = {json.dumps(name, ensure_ascii=False)}"
    try:
        family = recognise(folder).family
    except ModelUnusable as error:
        return (
            f"For actions only, not for ghost text: {error}\n"
            f"To use it, write into {config_path()}:\n\n    [on_demand]\n    {line}\n"
        )
    return (
        f"It fills in the middle ({family.name}, window {default_window(folder):,} tokens):"
        f" for ghost text.\nTo use it, write into {config_path()}:\n\n    {line}\n"
    )


def _row(model: Listed) -> tuple[str, ...]:
    window = model.window_tokens
    about = (
        "" if model.download_bytes is None else f"about {size(model.download_bytes)}"
    )
    return (
        model.name,
        about if model.state == "absent" else size(model.bytes),
        "not here" if model.state == "absent" else model.state,
        model.family or "-",
        {True: "yes", False: "no", None: "-"}[model.infills],
        "-" if window is None else f"{window:,}",
    )


def _note(model: Listed) -> str | None:
    if model.state == "incomplete":
        missing = f"it has no {', '.join(model.missing)}" if model.missing else "begun"
        return f"{model.name}: {missing}. {APPLICATION} model get {model.name} goes on."
    if not model.found_by_name:
        return f"{model.name}: another revision than main, which settings name {model.folder}"
    return None


def _failed(says: str, code: int = 1) -> int:
    print(f"{APPLICATION}: {says}", file=sys.stderr)
    return code
