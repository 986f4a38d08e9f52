"""The thread behind the event loop: what it gathers, drops, and waits for at the end."""

import asyncio
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from lsp_server.documents import edited
from lsp_server.stats.events import Accepted, Event, Offered, Source
from lsp_server.stats.ledger import Ledger
from lsp_server.stats.store import FILE, Store
from lsp_server.stats.summary import read
from lsp_server.stats.writer import Writer
from tests.marked import at


class Slow:
    """A disk that writes when the test lets it."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.allowed = threading.Event()
        self.batches: list[list[Event]] = []
        self.closed = False

    def write(self, events: Sequence[Event]) -> None:
        self.asked.set()
        assert self.allowed.wait(60)
        self.batches.append([*events])

    def close(self) -> None:
        self.closed = True


async def test_events_are_gathered_and_the_end_writes_the_rest() -> None:
    disk = Slow()
    disk.allowed.set()
    writer = Writer(disk, gather_s=3600)
    for number in range(5):
        writer.put(Accepted(f"{number}"))
    await writer.close()
    assert disk.batches == [[Accepted(f"{number}") for number in range(5)]]
    assert disk.closed
    writer.put(Accepted("late"))
    await writer.close()
    assert len(disk.batches) == 1
    assert writer._queue.empty()


async def test_without_events_there_is_no_thread() -> None:
    disk = Slow()
    await Writer(disk).close()
    assert not disk.asked.is_set()
    assert not disk.closed


async def test_a_disk_that_hangs_holds_nobody_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    disk = Slow()
    writer = Writer(disk, gather_s=0, most=10, patience_s=0)
    writer.put(Accepted("first"))
    assert await asyncio.to_thread(disk.asked.wait, 60)
    for number in range(100):
        writer.put(Accepted(f"{number}"))
    await writer.close()
    assert disk.batches == []
    assert caplog.messages == ["Figures of use are dropped: the disk does not keep up"]
    disk.allowed.set()
    assert writer._thread is not None
    await asyncio.to_thread(writer._thread.join)
    assert sum(map(len, disk.batches)) == 1 + 10


async def test_from_the_editor_to_the_file(tmp_path: Path) -> None:
    ledger = Ledger(Writer(Store(tmp_path)))
    cursor = at("x = ‸")
    offered = Offered(
        id="1",
        cursor=cursor,
        text="secret()",
        tokens=2,
        milliseconds=1.0,
        source=Source.ENGINE,
        automatic=False,
    )
    ledger.offered(offered)
    before = cursor.document
    after = edited(before, (0, 4), (0, 4), "secret()")
    ledger.changed(before.uri, before, after)
    ledger.accepted("1")
    await ledger.close()
    (row,) = read(tmp_path / FILE, 0).offers
    assert (row.accepted, row.automatic, row.characters) == (True, False, 8)
    assert b"secret" not in (tmp_path / FILE).read_bytes()


async def test_off_makes_no_file(tmp_path: Path) -> None:
    ledger = Ledger(Writer(Store(tmp_path)), enabled=False)
    ledger.generated(1, tokens=1, milliseconds=1, source=Source.ENGINE)
    await ledger.close()
    assert not os.listdir(tmp_path)  # noqa: PTH208 - a test may wait
