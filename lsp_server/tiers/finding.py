"""From a choice to a model that can be asked: its files, its tokenizer, its endpoint."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from lsp_server.engine.base import Engine, EngineError, Loaded, Tier
from lsp_server.engine.models import (
    check_config,
    check_weights,
    find_model,
    find_tokenizer,
    is_path,
)
from lsp_server.engine.remote.asking import Questions
from lsp_server.engine.remote.settings import RemoteSettings
from lsp_server.prompt.asked import agreeing, ask_infiller
from lsp_server.prompt.chat import Chat, agreeing_chat, asked_chat, chat_for
from lsp_server.prompt.infill import Infiller, load
from lsp_server.settings import DEMO_MODEL, UserSettings
from lsp_server.tiers.choices import Choice, remote_settings


@dataclass(slots=True, kw_only=True)
class Model:
    """A model that can be asked. ``infiller`` is None where it need not complete.

    ``chat`` is how it is talked with, read when it is first needed. ``awake`` is whether it
    is in the memory, as far as this machine is concerned. ``lost`` ends when its endpoint is
    gone.
    """

    choice: Choice
    folder: Path | None
    infiller: Infiller | None
    chat: Chat | None = None
    remote: RemoteSettings | None = None
    engine: Engine | None = None
    loaded: Loaded | None = None
    awake: bool = False
    starting: "asyncio.Task[None] | None" = None
    lost: "asyncio.Task[EngineError] | None" = None


def found(
    choice: Choice, user: UserSettings, session: str, questions: Questions
) -> Model:
    """Find a model's files, and read what its prompts need; raises EngineError."""
    if choice.endpoint is not None and user.engine != "scripted":
        return _found_there(choice, choice.endpoint, user, session, questions)
    folder = find_model(choice.name)
    infiller = load(folder) if choice.tier is Tier.REALTIME else None
    if user.engine != "scripted":
        check_config(folder)
        check_weights(folder)
    return Model(choice=choice, folder=folder, infiller=infiller)


def talked_with(model: Model, questions: Questions) -> Chat:
    """Return how a model is talked with; blocks, and raises EngineError."""
    if model.remote is None:
        assert model.folder is not None  # noqa: S101 - a local model has one
        return chat_for(model.folder, model.choice.name)
    asking = questions.to(model.remote)
    try:
        served = asking.served()
        names = [served.name, served.root]
        chat = agreeing_chat(model.folder, asking.tokens, names)
        if chat is None:
            return asked_chat(asking.tokens, names)  # which goes on asking
    except EngineError:
        asking.close()
        raise
    asking.close()
    return chat


def _found_there(
    choice: Choice,
    endpoint: str,
    user: UserSettings,
    session: str,
    questions: Questions,
) -> Model:
    """Ask an endpoint what it serves, and find the tokenizer, here or there."""
    named = None if choice.name == DEMO_MODEL else choice.name
    settings = remote_settings(choice, endpoint, user, session)
    asking = questions.to(settings)
    try:
        served = asking.served()
        # What the server calls a folder is one of its own machine.
        names = [named, *(n for n in (served.name, served.root) if not is_path(n))]
        folder = next(filter(None, map(find_tokenizer, filter(None, names))), None)
    except EngineError:
        asking.close()
        raise
    if choice.tier is not Tier.REALTIME:
        asking.close()
        return Model(choice=choice, folder=folder, infiller=None, remote=settings)
    infiller = agreeing(folder, asking.tokens, [served.name, served.root])
    if infiller is None:
        folder = None
        infiller = ask_infiller(asking.tokens, [served.name, served.root])
    heals = infiller.spm is not None
    remote = replace(settings, model=served.name, heals=heals)
    return Model(choice=choice, folder=folder, infiller=infiller, remote=remote)
