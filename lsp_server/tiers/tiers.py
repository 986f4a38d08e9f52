"""The engines of a session, by tier and language."""

import asyncio
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lsp_server.engine import frames
from lsp_server.engine.base import (
    Engine,
    EngineDown,
    EngineError,
    Loaded,
    Report,
    Tier,
)
from lsp_server.engine.local.engine import LocalHost
from lsp_server.engine.models import DEMO_FOLDER, LONGEST_BY_DEFAULT, find_model
from lsp_server.engine.remote.asking import Questions
from lsp_server.engine.remote.engine import RemoteEngine
from lsp_server.engine.scripted import ScriptedEngine, read_script
from lsp_server.engine.settings import HostSettings
from lsp_server.prompt.chat import Chat
from lsp_server.prompt.infill import Infiller, load
from lsp_server.settings import UserSettings
from lsp_server.tiers.choices import called, choices
from lsp_server.tiers.finding import Model, found, talked_with
from lsp_server.tiers.hosting import MEET, Sharing, host_settings, tiers_of, window

logger = logging.getLogger(__name__)

_LEAST_WINDOW_TOKENS = 2048
_ENDED = "The engine was ended meanwhile. Try again when it is ready."

Hear = Callable[[Tier | None, frames.State], None]
"""Told how a model on this machine is, and which tier it serves; None: only a language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A running engine that completes, and how to ask it; ``name`` is its model's."""

    name: str
    engine: Engine
    infiller: Infiller
    loaded: Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDemand:
    """A running engine for more than ghost text; ``note`` tells what it cannot do.

    ``chat`` is how its model is talked with.
    """

    engine: Engine
    loaded: Loaded
    chat: Chat
    note: str = ""


class Tiers:
    """The engines that the user's settings name; none runs before :meth:`start`.

    ``hear`` is told how a model on this machine is, and which tier it serves.
    ``problems`` are, once started, what is wrong with choices that are not needed for
    completions.
    """

    def __init__(
        self,
        user: UserSettings,
        logs: Path,
        sharing: Sharing,
    ) -> None:
        self.problems: list[str] = []
        self.hear: Hear = lambda _tier, _state: None
        self._user = user
        self._logs = logs
        self._sharing = sharing
        self._shrunk = 0
        self._session = uuid.uuid4().hex
        self._questions = Questions()
        self._host: LocalHost | None = None
        self._models: dict[tuple[Tier, str | None], Model] = {}

    @property
    def folder(self) -> Path:
        """Where a tokenizer for the model that completes is, to count with.

        Where only its endpoint has one, that of the demo model: it counts too many.
        """
        return self._models[Tier.REALTIME, None].folder or DEMO_FOLDER

    def host_settings(self) -> HostSettings:
        """Return what the host of this machine's models is started with."""
        return host_settings(self._user, self._local(), self._shrunk)

    async def find(self) -> Infiller:
        """Read what prompts need; raises EngineError where completing cannot work.

        The prompt's side first: a model that cannot infill is refused in milliseconds,
        before any weights are read.
        """
        self._models = {}
        self.problems = []
        self._questions.close()
        self._questions = Questions()
        for choice in choices(self._user):
            try:
                model = await asyncio.to_thread(
                    found, choice, self._user, self._session, self._questions
                )
            except EngineError as error:
                if choice.tier is Tier.REALTIME and choice.language is None:
                    raise
                self.problems.append(f"{called(choice)}: {error}")
            else:
                self._models[choice.tier, choice.language] = model
                if model.infiller is not None and model.infiller.encoder.blocks:
                    self.problems.append(
                        f"{called(choice)}: its tokenizer is not on this machine, so "
                        f"{choice.endpoint} is asked at each key. Quicker: "
                        f"codellama-lsp model get {choice.name}"
                    )
        infiller = self._models[Tier.REALTIME, None].infiller
        assert infiller is not None  # noqa: S101 - of that tier each has one
        return infiller

    async def start(self, report: Report) -> Ready:
        """Start the engine that completes; raises EngineError in words for the user.

        One that has left the memory is brought back.
        """
        model = self._models[Tier.REALTIME, None]
        if model.engine is None:
            self._connect()
        await _started(model, report)
        return _ready(model)

    def shrink(self) -> bool:
        """Start with half the window from now on; False where that makes no sense."""
        model = self._models.get((Tier.REALTIME, None))
        if model is None or model.choice.endpoint or self._user.engine == "scripted":
            return False
        halved = window(model, self._shrunk + 1)
        self._shrunk += 1
        return halved >= _LEAST_WINDOW_TOKENS

    def names(self, language: str) -> bool:
        """Whether the settings name a model of its own that completes in ``language``."""
        return (Tier.REALTIME, language) in self._models

    def realtime(self, language: str) -> Ready | None:
        """Return the model of its own of ``language``; None while that is being loaded."""
        model = self._models[Tier.REALTIME, language]
        if model.loaded is not None:
            return _ready(model)
        if model.starting is None or model.starting.done():
            model.starting = asyncio.create_task(self._start_quietly(model))
        return None

    async def on_demand(self, language: str, report: Report) -> OnDemand:
        """Load the model for more than ghost text, if it is not there yet.

        Raises EngineError in words for the user.
        """
        model = self._for_more(language)
        note = ""
        if model.choice.tier is not Tier.ON_DEMAND:
            note = (
                f"{model.choice.name} serves this, too: set on_demand.model to one that "
                "was made for it (codellama/CodeLlama-34b-Instruct-hf)."
            )
        if model.chat is None:
            model.chat = await asyncio.to_thread(talked_with, model, self._questions)
        await _started(model, report)
        engine, loaded = model.engine, model.loaded
        if engine is None or loaded is None:  # closed in the same moment
            raise EngineDown(_ENDED)
        return OnDemand(
            engine=engine,
            loaded=loaded,
            chat=model.chat,
            note=model.chat.note or note,
        )

    async def on_demand_if_loaded(self, language: str) -> OnDemand | None:
        """Return what :meth:`on_demand` does where nothing has to be loaded for it.

        Raises EngineError as that does.
        """
        model = self._models.get((Tier.REALTIME, None)) and self._for_more(language)
        if model is None or model.engine is None:
            return None
        if model.chat is None:
            model.chat = await asyncio.to_thread(talked_with, model, self._questions)
        if model.remote is None and not model.awake:
            return None
        return await self.on_demand(language, lambda _: None)

    def on_demand_window(self, language: str) -> int:
        """Return the window of the model for more than ghost text, as far as it is known.

        Before it is loaded that is what it would get. Raises EngineError; reads the disk.
        """
        model = self._for_more(language)
        if model.loaded is not None:
            return model.loaded.window_tokens
        if model.folder is None:
            return model.choice.settings.window_tokens or LONGEST_BY_DEFAULT
        return window(model, self._shrunk)

    def on_demand_name(self, language: str) -> str:
        """Return what tells the model for more than ghost text from others, "" before any."""
        if (Tier.REALTIME, None) not in self._models:
            return ""
        choice = self._for_more(language).choice
        return f"{choice.name} {choice.endpoint or ''}".strip()

    async def lost(self) -> EngineError:
        """Return, when completing ends to work by itself, why."""
        engine = self._models[Tier.REALTIME, None].engine
        assert engine is not None  # noqa: S101 - it has started
        return await engine.lost()

    def free(self) -> bool:
        """Give the memory back that models take here; False where there are none."""
        if self._host is None:
            return False
        self._host.free()
        return True

    async def renew(self) -> None:
        """Have the host of this machine's models end, for all windows."""
        if self._host is not None:
            await self._host.renew()

    async def close(self) -> None:
        """End or leave all engines; no process of ours is left."""
        self._questions.close()
        models = [*self._models.values()]
        starting = [one.starting for one in models if one.starting is not None]
        for task in starting:
            task.cancel()
        await asyncio.gather(*starting, return_exceptions=True)
        for model in models:
            if model.lost is not None:
                model.lost.cancel()
            if model.engine is not None:
                await model.engine.close()
                model.engine = model.loaded = model.lost = None
                model.awake = False

    def _connect(self) -> None:
        """Give each model its engine; those on this machine share one host."""
        if self._user.engine == "scripted":
            for model in self._models.values():
                model.engine = _scripted(self._user, model)
            return
        for model in self._models.values():
            if model.remote is not None:
                model.engine = RemoteEngine(model.remote)
        local = self._local()
        if not local:
            return
        host = LocalHost(
            self.host_settings(),
            self._logs,
            meet=MEET[self._sharing],
        )
        tiers = tiers_of(local)

        def hear(state: frames.State) -> None:
            local[state.model].awake = isinstance(state, frames.Ready)
            self.hear(tiers[state.model], state)

        host.hear = hear
        for number, model in enumerate(local):
            model.engine = host.engine(number)
        self._host = host

    def _for_more(self, language: str) -> Model:
        """Return the model for more than ghost text; without one, that which completes.

        Raises EngineDown while none is known: the engine is being started again.
        """
        model = (
            self._models.get((Tier.ON_DEMAND, language))
            or self._models.get((Tier.ON_DEMAND, None))
            or self._models.get((Tier.REALTIME, None))
        )
        if model is None:
            raise EngineDown(_ENDED)
        return model

    def _local(self) -> list[Model]:
        return [model for model in self._models.values() if model.remote is None]

    async def _start_quietly(self, model: Model) -> None:
        try:
            await _started(model, lambda _: None)
        except EngineError as error:
            logger.warning("%s: %s", called(model.choice), error)


async def _started(model: Model, report: Report) -> None:
    """Start its engine; what runs elsewhere, and still does, is left alone."""
    engine = model.engine
    if engine is None:  # ended meanwhile, for a restart say
        raise EngineDown(_ENDED)
    if model.lost is not None and not model.lost.done():
        return
    loaded = await engine.start(report)
    if model.engine is not engine:
        raise EngineDown(_ENDED)
    model.loaded, model.awake = loaded, True
    if model.remote is not None:
        model.lost = asyncio.create_task(engine.lost())


def _ready(model: Model) -> Ready:
    assert model.engine is not None  # noqa: S101 - the callers looked
    assert model.infiller is not None  # noqa: S101
    assert model.loaded is not None  # noqa: S101
    there = model.remote and model.remote.model
    return Ready(
        name=there or model.choice.name,
        engine=model.engine,
        infiller=model.infiller,
        loaded=model.loaded,
    )


def _scripted(user: UserSettings, model: Model) -> Engine:
    if user.script is None:
        raise EngineError("The scripted engine needs a script: set --script FILE.")
    script = read_script(Path(user.script))
    journal = Path(user.journal) if user.journal else None
    infiller = model.infiller or load(find_model(user.model))
    return ScriptedEngine(script, infiller.encoder.decode, journal)
