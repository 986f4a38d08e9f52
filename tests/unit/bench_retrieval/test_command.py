"""The command over a small repository."""

import json
import sys
from pathlib import Path

import pytest

from bench.retrieval.__main__ import main
from tests.unit.bench_retrieval.data import numbered


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(
            f"from {name} import both\n" + numbered("both", 40), encoding="utf-8"
        )
    return tmp_path


def run(*typed: object) -> int:
    return main([*map(str, typed), "--contestants", "nothing,jaccard,bm25"])


def test_figures_are_printed_and_written(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "figures.json"
    assert run("--repo", repository, "--places", 8, "--json", path, "--show", 1) == 0
    figures = json.loads(path.read_text(encoding="utf-8"))
    assert {row["repository"] for row in figures["rows"]} == {
        "average",
        repository.name,
    }
    assert {row["recall"]["nothing"] for row in figures["rows"]} == {0.0}
    assert max(row["recall"]["jaccard"] for row in figures["rows"]) > 0.5
    assert (figures["places"], figures["seed"]) == (8, 0)
    printed = capsys.readouterr().out
    assert "| tokens | lines | places | nothing | jaccard | bm25 |" in printed
    assert "jaccard at 1024: hit" in printed


def test_the_same_command_gives_the_same_figures(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = []
    for _ in range(2):
        run("--repo", repository, "--places", 8)
        tables.append(capsys.readouterr().out.rpartition("\nms to ")[0])
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--repo", "/nowhere"], "no folder"),
        (["--contestants", "magic"], "magic is none of"),
        (["--places", "0"], "not above 0"),
        (["--aider", "/nowhere/python"], "cannot be run"),
        (["--repo", ".", "--contestants", "aider"], "with --aider only"),
        ([], "--fetch"),
    ],
)
def test_what_cannot_be_is_refused(
    typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(typed)
    assert exit_.value.code == 2
    assert said in capsys.readouterr().err


def test_a_folder_without_source_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--repo", tmp_path) == 1
    assert "no place" in capsys.readouterr().err


def test_a_python_without_aider_is_told(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ["--repo", str(repository), "--aider", sys.executable]
    assert main([*typed, "--places", "2", "--contestants", "aider"]) == 1
    assert "aider's map has ended" in capsys.readouterr().err


def test_ours_takes_part(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--repo", str(repository), "--places", "3"]) == 0
    assert "| nothing | jaccard | bm25 | ours | best other |" in capsys.readouterr().out
