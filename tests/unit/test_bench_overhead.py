"""The overhead bench: a tiny run, and the parts whose faults a run would not show."""

import itertools
import json
from pathlib import Path

import pytest

from bench.client import Edit
from bench.keystrokes import python_source, visits
from bench.overhead import main, percentile


@pytest.mark.e2e
def test_a_tiny_run_measures_every_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "figures.json"
    options = ["--lines", "60", "--samples", "5", "--pause-ms", "0", "--json"]
    assert main([*options, str(figures)]) == 0
    row = json.loads(figures.read_text())["rows"][0]
    assert (row["lines"], row["samples"]) == (60, 5)
    assert row["prompt_tokens"] > 100
    assert all(
        row[span]["p50"] > 0 for span in ("to_engine_ms", "to_answer_ms", "total_ms")
    )
    assert "request to engine" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_file_of_exactly_so_many_lines() -> None:
    source = python_source(3_000, seed=1)
    assert len(source) == 3_000
    assert source == python_source(3_000, seed=1)
    assert source != python_source(3_000, seed=2)


def test_each_visit_leaves_the_file_as_it_was() -> None:
    source = python_source(200, seed=0)
    before = "\n".join(source) + "\n"
    for visit in itertools.islice(visits(source, seed=0), 50):
        text = before
        for keystroke in visit.keystrokes:
            text = _applied(text, keystroke.edit)
        assert text != before
        assert _applied(text, visit.undo) == before
        assert [k.moved for k in visit.keystrokes].index(True) == 0
        assert sum(k.moved for k in visit.keystrokes) == 1


def test_percentile_is_the_nearest_rank() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert [percentile(values, p) for p in (50, 95, 99)] == [50, 95, 99]
    assert percentile([7.0], 99) == 7


def _applied(text: str, edit: Edit) -> str:
    lines = text.split("\n")
    (top, left), (bottom, right) = edit.start, edit.end
    whole = lines[top][:left] + edit.text + lines[bottom][right:]
    return "\n".join([*lines[:top], whole, *lines[bottom + 1 :]])
