"""What an action is about does not depend on who answers."""

import asyncio
from typing import cast

import pytest

from lsp_server.actions.catalogue import Name
from lsp_server.actions.conduct import Means, Order, conduct
from lsp_server.actions.outcome import Spent
from lsp_server.context.client import Context
from lsp_server.context.messages import Answer, Question, Relate
from lsp_server.engine.base import EngineDown
from lsp_server.settings import ActionSettings
from lsp_server.tiers import OnDemand, Tiers
from retrieval.source import Document, split_lines
from tests.unit.actions.test_trying import Watch

TEXT = "A = 1\n\n\ndef first():\n    b = 2\n    return b\n\n\nC = 3\n"


class Silent:
    """A worker that answers nothing."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    async def ask(self, question: Question) -> Answer | None:
        self.asked.append(question)
        await asyncio.sleep(0)
        return None

    async def excluded(self, uri: str) -> bool:
        assert uri
        return False


class Away:
    """Engines that are away."""

    def on_demand_window(self, language: str) -> int:
        assert language == "python"
        return 16_384

    async def on_demand(self, language: str, report: object) -> OnDemand:
        raise EngineDown(f"{language} {report is None}")


async def test_a_worker_that_does_not_answer_changes_no_region_and_is_told() -> None:
    worker, watch = Silent(), Watch()
    means = Means(
        tiers=cast("Tiers", Away()),
        context=cast("Context", worker),
        settings=ActionSettings(),
        check=None,
        opened=tuple,
    )
    document = Document(
        uri="file:///project/a.py",
        language="python",
        version=1,
        lines=split_lines(TEXT),
    )
    order = Order(name=Name.SIMPLIFY, document=document, start=(4, 4), end=(4, 4))
    with pytest.raises(EngineDown):
        await conduct(means, order, watch, Spent())
    (wish,) = worker.asked
    assert isinstance(wish, Relate)
    assert (wish.first, wish.last, wish.budget) == (3, 5, 8_192)
    assert any("without other files" in stage for stage in watch.stages)
