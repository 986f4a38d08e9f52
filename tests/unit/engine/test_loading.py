"""How far the loading of a model is, from what vLLM prints."""

import asyncio
from pathlib import Path

import pytest

from lsp_server.engine.host.loading import progress, told

_BAR = "Loading safetensors checkpoint shards:  {}% Completed | 1/4 [00:01<00:03]\r"
_GRAPHS = "Capturing CUDA graphs (PIECEWISE):  {}%|###   | 3/6\r"


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("", None),
        ("INFO something else: 50% of it\n", None),
        (_BAR.format(0), ("loading the weights", 0.2)),
        (_BAR.format(0) + _BAR.format(50), ("loading the weights", 0.5)),
        (_BAR.format(100), ("loading the weights", 0.8)),
        (_BAR.format(100) + _GRAPHS.format(0), ("preparing the GPU", 0.85)),
        (_GRAPHS.format(40) + _GRAPHS.format(100), ("preparing the GPU", 1.0)),
    ],
)
def test_the_newest_percent_counts(
    printed: str, found: tuple[str, float] | None
) -> None:
    assert progress(printed) == (None if found is None else pytest.approx(found))


async def test_what_was_printed_before_is_of_another_loading(tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    log.write_text(_BAR.format(100))
    heard: asyncio.Queue[tuple[str, float | None]] = asyncio.Queue()

    def report(text: str, share: float | None = None) -> None:
        heard.put_nowait((text, share))

    async with told(log, report):
        await asyncio.sleep(0.1)  # the log has been looked at for the first time
        with log.open("a") as file:
            file.write(_BAR.format(50))
        assert await asyncio.wait_for(heard.get(), 10) == ("loading the weights", 0.5)
    assert heard.empty()


async def test_without_a_log_nothing_is_told(tmp_path: Path) -> None:
    async with told(tmp_path / "none.log", lambda *_: pytest.fail("nothing to tell")):
        await asyncio.sleep(0.6)
