"""``python -m bench.infilling``: whole runs without a model, and what it refuses."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bench.infilling.__main__ import main
from bench.infilling.forms import WAYS, Form
from bench.infilling.tasks import SPLITS
from tests.processes import alive, descendants
from tests.unit.bench_infilling.data import FOLDER, RECORD, written

PLAIN = ["--split", "single-line", "--data", str(FOLDER), "--engine", "reference"]


def figures(tmp_path: Path, *options: str) -> dict[str, Any]:
    """Run to the end, and return what is written."""
    file = tmp_path / "figures.json"
    assert main([*options, "--json", str(file)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    found: dict[str, Any] = json.loads(file.read_text())
    return found


@pytest.mark.parametrize("split", SPLITS)
def test_the_truth_passes_everything(split: str, tmp_path: Path) -> None:
    found = figures(
        tmp_path, "--split", split, "--data", str(FOLDER), "--engine", "reference"
    )
    assert [(row["way"], row["form"]) for row in found["rows"]] == [
        (way, form) for form in Form for way in WAYS
    ]
    for row in found["rows"]:
        # Of several lines, our stop rules may show the first ones only.
        if row["form"] == "paper" or split == "single-line":
            assert (row["passed"], row["exact"], row["cut"]) == (1, 1, 0)
            assert row["mean_tokens"] > 3
    assert all(
        answer["ending"] == "passed" or answer["form"] == "as shown"
        for answer in found["answers"]
    )


@pytest.mark.parametrize("split", SPLITS)
def test_nonsense_passes_nothing(split: str, tmp_path: Path) -> None:
    found = figures(
        tmp_path, "--split", split, "--data", str(FOLDER), "--engine", "broken"
    )
    assert {(row["passed"], row["exact"]) for row in found["rows"]} == {(0, 0)}
    assert {answer["ending"] for answer in found["answers"]} == {"failed"}


def test_the_table_has_the_papers_figures_beside_ours(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*PLAIN, "--limit", "2", "--seed", "3"]) == 0
    printed = capsys.readouterr()
    rows = [line.split() for line in printed.out.splitlines()]
    ours = ["100.0", "[34.2,", "100.0]"]
    psm = next(row for row in rows if row[:1] == ["psm"])
    assert psm[1:7] == [*ours, *ours]
    assert psm[-2:] == ["74.1", "75.9"]
    assert next(row for row in rows if row[:1] == ["spm"])[-2:] == ["83.3", "85.6"]
    assert next(row for row in rows if row[:1] == ["spm+heal"])[-2:] == ["-", "-"]
    assert "2 of 6 tasks, seed 3" in printed.out
    assert "infilling 12/12" in printed.err


def test_a_limit_and_a_layout_are_taken(tmp_path: Path) -> None:
    found = figures(tmp_path, *PLAIN, "--limit", "2", "--layouts", "spm,spm")
    assert [row["tasks"] for row in found["rows"]] == [2, 2]
    assert {answer["way"] for answer in found["answers"]} == {"spm"}
    assert found["gains"] == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--limit", "0"], "argument --limit: '0' is no whole number from 1 on"),
        (["--limit", "-3"], "argument --limit: '-3' is no whole number from 1 on"),
        (["--concurrency", "x"], "'x' is no whole number from 1 on"),
        (["--split", "double-line"], "invalid choice: 'double-line'"),
        (["--layouts", "psm,mps"], "'mps' is none of psm, spm, spm+heal"),
        (["--layouts", ""], "'' is none of psm, spm, spm+heal"),
        (["--engine", "none"], "invalid choice: 'none'"),
        (["--data", "/nowhere"], "there is no folder /nowhere"),
        (
            ["--json", "/nowhere/figures.json"],
            "/nowhere/figures.json cannot be written",
        ),
        (["--json", "/"], "/ cannot be written"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    options: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: Any = main([*PLAIN, *options])
    except SystemExit as left:
        code = left.code
    printed = capsys.readouterr()
    assert code == 2
    assert says in printed.err
    assert printed.err.startswith("python -m bench.infilling: ")
    assert printed.err.count("\n") == 1
    assert not printed.out


def test_a_bad_file_changes_no_older_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = tmp_path / "figures.json"
    older.write_text("older")
    folder = written(tmp_path, RECORD, {"task_id": "x"})
    options = ["--split", "single-line", "--data", str(folder), "--json", str(older)]
    assert main(options) == 2
    assert "line 2: the field 'prompt' is missing" in capsys.readouterr().err
    assert older.read_text() == "older"


def test_a_model_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*PLAIN, "--model", "/nowhere"]) == 1
    assert "There is no folder /nowhere" in capsys.readouterr().err


@pytest.mark.e2e
def test_an_interrupt_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    endless = {**RECORD, "test": "def check(f):\n    while True: pass\n"}
    folder = tmp_path / "data"
    folder.mkdir()
    written(folder, *({**endless, "suffix": f"    return {n}"} for n in range(50)))
    figures = tmp_path / "figures.json"
    bench = subprocess.Popen(
        [
            *(sys.executable, "-m", "bench.infilling", "--split", "single-line"),
            *("--data", folder, "--engine", "reference", "--json", figures),
        ],
        cwd=Path(__file__).parents[3],
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        text=True,
        # a shell that runs the tests in the background has it ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    limit = time.monotonic() + 60
    while len(below := descendants(bench.pid)) < 2 or not _busy(tmp_path):
        assert time.monotonic() < limit
        time.sleep(0.05)
    bench.send_signal(signal.SIGINT)
    _, errors = bench.communicate(timeout=30)
    assert bench.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors
    assert not [pid for pid in below if alive(pid)]
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def _busy(folder: Path) -> bool:
    return any(folder.glob("codellama-run-*"))
