"""What the engine is asked for ghost text inside of a word."""

from collections.abc import AsyncGenerator

from lsp_server.engine.base import (
    Finish,
    GenerationRequest,
    Loaded,
    Piece,
    RequestRefused,
)
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.engine.scripted import Script, ScriptedEngine
from lsp_server.features.inline_completion import inline_completion
from lsp_server.features.query import Query
from lsp_server.prompt.infill import load
from lsp_server.prompt.layout import LayoutSetting
from lsp_server.record import Offer
from lsp_server.session import Session
from lsp_server.settings import InlineSettings, Settings, UserSettings
from lsp_server.tiers import Ready
from tests.marked import at


class Asked(ScriptedEngine):
    """Keeps what it was asked, and says how the word ends."""

    def __init__(self) -> None:
        super().__init__(Script(), lambda _ids: "")
        self.requests: list[GenerationRequest] = []

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Piece]:
        self.requests.append(request)
        yield Piece(text="urn path", finish=Finish.STOP)


async def offered(engine: Asked) -> Offer | None:
    """Ask in SPM order at half a word."""
    inline = InlineSettings(layout=LayoutSetting.SPM)
    session = Session(UserSettings(), Settings(inline=inline))
    session.ready = Ready(
        name="demo",
        engine=engine,
        infiller=load(DEMO_FOLDER),
        loaded=Loaded(model="demo", window_tokens=2048, device="none"),
    )
    offer = await inline_completion(session, Query.at(at("def f(path):\n    ret‸\n")))()
    await session.stop()
    return offer


async def test_the_beginning_of_the_word_is_asked_for_and_not_shown() -> None:
    engine = Asked()
    offer = await offered(engine)
    assert [request.begin for request in engine.requests] == ["ret"]
    assert offer is not None
    assert offer.text == "urn path"


class Refusing(Asked):
    """Cannot make an answer begin with anything."""

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Piece]:
        self.requests.append(request)
        if request.begin:
            raise RequestRefused("not with me")
        yield Piece(text="urn path", finish=Finish.STOP)


async def test_an_engine_that_cannot_heal_is_asked_without() -> None:
    engine = Refusing()
    offer = await offered(engine)
    assert [request.begin for request in engine.requests] == ["ret", ""]
    healed, whole = engine.requests
    assert whole.prompt_ids[: len(healed.prompt_ids)] == healed.prompt_ids
    assert offer is not None
    assert offer.text == "urn path"
