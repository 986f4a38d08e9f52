"""A file is typed against a real server process and against the real peer's kind of answer."""

from pathlib import Path

import pytest

from bench.typing.replay import Manner, Task
from bench.typing.sources import Hole, Source
from bench.typing.subjects import Engine, Subject, measured
from bench.typing.summary import summed_up
from bench.typing.typist import Habits
from lsp_server.licence import ONCE

TEXT = "def first(value):\n    return value + 1\n\nprint(first(2))\n"


@pytest.mark.e2e
def test_a_file_is_typed_with_a_servers_help(tmp_path: Path) -> None:
    source = Source(name="a.py", language="python", text=TEXT)
    start = TEXT.index("\n    return")
    task = Task(
        file=0,
        source=source,
        holes=(Hole(start, TEXT.index("\n\n")),),
        uri="file:///bench/a.py",
    )
    trace = measured(
        Subject(name="ours", ours=True, settings={"context": {"enabled": False}}),
        [task],
        Engine(first_ms=0, token_ms=0),
        Manner(speed=5, habits=Habits(slips=0.0, accepts=0.0)),
        tmp_path,
    )
    row = summed_up("ours", trace)
    assert row.keystrokes == trace.alone == len("\nreturn value + 1") + 1
    assert sum(stroke.expects for stroke in trace.strokes) == len("return value + 1")
    assert row.answered > 0
    assert row.right > 0
    assert {asked.place for asked in trace.asked} & set(range(start, len(TEXT)))
    (licence,) = trace.messages
    assert licence.endswith(ONCE)
