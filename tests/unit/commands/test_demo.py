"""``codellama-lsp demo``: which places it draws, and what it prints."""

import json
from pathlib import Path

import pytest

from lsp_server import cli
from lsp_server.commands.demo import HELD_OUT, drawn
from tests.unit.commands.conftest import Scripted


def test_the_same_seed_draws_the_same_places() -> None:
    assert [*drawn(HELD_OUT, 3)] == [*drawn(HELD_OUT, 3)]
    assert [*drawn(HELD_OUT, 3)] != [*drawn(HELD_OUT, 4)]


@pytest.mark.parametrize("seed", range(30))
def test_a_hole_is_the_rest_of_a_line_of_code(seed: int) -> None:
    whole = {
        f"file:///{file['package']}/{file['path']}": file["text"]
        for file in json.loads(HELD_OUT.read_text(encoding="utf-8"))["files"]
    }
    holes = [*drawn(HELD_OUT, seed)]
    languages = [hole.cursor.document.language for hole in holes]
    assert languages == ["python"] * 3 + ["java"] * 3
    for hole in holes:
        cursor = hole.cursor
        lines = list(cursor.document.lines)
        assert lines[cursor.line] == f"{cursor.before}\n"
        assert len(hole.hidden.rstrip()) >= 4
        lines[cursor.line] = f"{cursor.before}{hole.hidden}\n"
        assert "".join(lines) == whole[cursor.document.uri]


def test_a_line_of_nothing_but_comments_is_not_drawn(tmp_path: Path) -> None:
    path = tmp_path / "held_out.json"
    file = {"package": "p", "path": "a.py", "language": "python", "text": "# comment\nx = 12345\n"}  # fmt: skip
    path.write_text(json.dumps({"files": [file]}))
    assert all(hole.cursor.line == 1 for seed in range(20) for hole in drawn(path, seed))  # fmt: skip


def test_every_package_comes_with_its_licence() -> None:
    shipped = json.loads(HELD_OUT.read_text(encoding="utf-8"))
    for file in shipped["files"]:
        package = shipped["packages"][file["package"]]
        assert package["version"]
        assert package["licence"] in {"MIT", "BSD-3-Clause", "BSD-2-Clause", "Apache-2.0", "PSF-2.0"}  # fmt: skip
        assert len(package["licence_text"]) > 500


def test_the_demo_prints_what_was_written_and_what_the_file_has(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*scripted("GHOST"), "demo", "--seed", "5"]) == 0
    out = capsys.readouterr().out
    holes = [*drawn(HELD_OUT, 5)]
    assert out.count("«GHOST»") == len(holes)
    for hole in holes:
        assert f"{hole.cursor.before}«GHOST»" in out
        assert f"the file has: {hole.hidden}\n" in out


def test_an_engine_that_cannot_start_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["--engine", "scripted", "--script", "/none/such", "demo"]) == 1
    assert "codellama-lsp: " in capsys.readouterr().err
