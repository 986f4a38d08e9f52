"""The infilling bench with the real engine: a few tasks, all layouts, both forms."""

import json
from pathlib import Path

import pytest

from bench.infilling.__main__ import main
from tests.unit.bench_infilling.data import FOLDER

pytestmark = pytest.mark.vllm


def test_a_few_tasks_are_answered_and_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "figures.json"
    options = ["--split", "single-line", "--data", str(FOLDER), "--limit", "2"]
    assert main([*options, "--json", str(figures)]) == 0
    found = json.loads(figures.read_text())
    assert found["model"] == "demo"
    assert len(found["answers"]) == 2 * 3 * 2
    for answer in found["answers"]:
        assert answer["finish"] in {"stop", "length", "decided"}
        assert answer["ending"] in {"passed", "failed", "timed out", "out of memory"}
        most = 512 if answer["form"] == "paper" else 128
        assert 0 < answer["tokens"] <= most + 8  # those that healing took back
        assert not answer["cut"]
        assert not answer["exact"] or answer["ending"] == "passed"
    assert {row["tasks"] for row in found["rows"]} == {2}
    printed = capsys.readouterr().out
    assert "answers by demo, greedy" in printed
