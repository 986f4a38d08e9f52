"""The indexing bench: a tiny run, and the parts whose faults a run would not show."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.indexing import synthetic
from bench.indexing.__main__ import main
from bench.indexing.measure import Row, Spread
from bench.indexing.memory import Peak, held
from bench.indexing.plot import drawn
from bench.indexing.table import table
from bench.machine import this_machine
from bench.panels import decades
from retrieval.languages import language_of
from retrieval.syntax import outline

SPREAD = Spread(p50=1.25, p95=2.0, p99=3.0)


def row(files: int) -> Row:
    return Row(
        name=f"n{files}",
        files=files,
        source_mb=files / 250,
        build_s=files / 1000,
        mb_per_s=4.0,
        first_ms=100.0,
        listed_ms=5.0,
        reopen_ms=files / 12,
        saved=SPREAD,
        jumped=SPREAD,
        typed=SPREAD,
        build_peak_mb=120.0,
        use_peak_mb=80.0,
        store_mb=files / 300,
    )


@pytest.mark.e2e
def test_a_tiny_run_measures_all_and_leaves_the_repository_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "app"
    synthetic.write(root, 30, seed=1)
    before = {file: file.read_bytes() for file in root.rglob("*.py")}
    figures, picture = tmp_path / "figures.json", tmp_path / "figures.svg"
    options = ["--repo", str(root), "--places", "3"]
    options += ["--json", str(figures), "--plot", str(picture)]
    assert main(options) == 0
    (one,) = json.loads(figures.read_text())["rows"]
    assert (one["name"], one["files"]) == ("app", 30)
    wholly = ("build_s", "mb_per_s", "first_ms", "reopen_ms", "build_peak_mb")
    assert all(one[name] > 0 for name in wholly)
    assert all(one[name]["p50"] > 0 for name in ("saved", "jumped", "typed"))
    assert "| first build, MB/s | 4 on two cores |" in capsys.readouterr().out
    assert picture.read_text().startswith("<svg ")
    assert before == {file: file.read_bytes() for file in root.rglob("*.py")}


def test_the_same_seed_gives_the_same_repository(tmp_path: Path) -> None:
    def made(name: str, seed: int) -> dict[str, str]:
        root = tmp_path / name
        synthetic.write(root, 80, seed)
        files = (file for file in root.rglob("*") if file.is_file())
        return {str(file.relative_to(root)): file.read_text() for file in files}

    one = made("one", 7)
    assert one == made("two", 7)
    assert one != made("three", 8)
    assert {Path(path).suffix for path in one} == {".py", ".ts", ".java"}
    assert all(1_000 < len(text) < 10_000 for text in one.values())


@pytest.mark.parametrize("number", [3, 30, 60])
def test_synthetic_files_are_code(tmp_path: Path, number: int) -> None:
    synthetic.write(tmp_path, 75, seed=0)
    (file,) = tmp_path.rglob(f"file{number}.*")
    language = language_of(file.name)
    assert language is not None
    said = outline(file.read_text(), language)
    assert f"Thing{number}" in {one.name for one in said.definitions}
    assert len(said.definitions) > 5
    assert said.imports


def test_memory_is_that_of_children_too() -> None:
    code = "import sys; held = bytearray(40_000_000); print(1, flush=True); input()"
    parent = (
        "import subprocess, sys;"
        f"subprocess.run([sys.executable, '-c', {code!r}], stdin=sys.stdin)"
    )
    with (
        subprocess.Popen(
            [sys.executable, "-c", parent],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
        Peak(process.pid) as peak,
    ):
        assert process.stdout is not None
        process.stdout.readline()
        held_now = held(process.pid)
        process.communicate("\n")
    assert 40_000_000 < held_now < 120_000_000
    assert held(process.pid) == 0
    assert peak.bytes >= 0


def test_each_repository_is_a_column_with_its_goals() -> None:
    lines = table([row(500), row(5_000)], this_machine()).splitlines()
    assert "| | goal | n500 | n5000 |" in lines
    assert "| a saved file, ms | 50 | 1.2 / 2.0 / 3.0 | 1.2 / 2.0 / 3.0 |" in lines


def test_the_picture_has_a_point_for_each_repository(tmp_path: Path) -> None:
    file = tmp_path / "figures.svg"
    drawn([row(500), row(5_000), row(50_000)], file)
    points = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', file.read_text())
    assert len(points) == 3 * 6
    assert all(0 <= float(x) <= 240 and 0 <= float(y) <= 170 for x, y in points)


def test_decades_hold_the_values() -> None:
    assert decades([500.0, 50_000.0]) == (2, 5)
    assert decades([1.0]) == (0, 1)
    assert decades([0.05, 0.2]) == (-2, 0)


def test_without_a_repository_the_usage_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.indexing"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--synthetic" in done.stderr
