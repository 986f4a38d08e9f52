"""``python -m bench.actions``: some cases through the real server, and what it refuses."""

import json
from pathlib import Path

import pytest

from bench.actions.__main__ import main
from bench.actions.cases import DATA
from bench.actions.options import parser

FEW = "python/fix-optional,csharp/fix-decimal,bash/document,typescript/tests"


@pytest.mark.e2e
def test_the_server_makes_of_each_answer_what_it_should(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "figures.json"
    options = ["--cases", FEW, "--no-tools", "--json", str(figures)]
    code = main(options)
    said = capsys.readouterr().out
    assert code == 0, said
    found = json.loads(figures.read_text())
    assert found["good"] == [len(found["scores"])] * 2
    assert {one["case"].split("/")[0] for one in found["scores"]} == {
        *("python", "csharp", "bash", "typescript")
    }
    assert {"applied", "refused", "nothing"} == {
        one["outcome"] for one in found["scores"]
    }
    assert "The server's own part" in said


@pytest.mark.e2e
def test_a_wrong_expectation_fails_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other cases that say a right answer is refused: the bench must not be content."""
    name = "fix-optional-account"
    for language in ("python", "cpp", "java", "php", "typescript", "csharp", "bash"):
        (tmp_path / language).symlink_to(DATA / language)
    (tmp_path / "python").unlink()
    (tmp_path / "python" / "cases").mkdir(parents=True)
    (tmp_path / "python" / "project").symlink_to(DATA / "python" / "project")
    (tmp_path / "python" / "tools.toml").symlink_to(DATA / "python" / "tools.toml")
    text = (DATA / "python" / "cases" / f"{name}.toml").read_text(encoding="utf-8")
    wrong = f'{text}\n[expected]\nright = "refused"\n'
    (tmp_path / "python" / "cases" / f"{name}.toml").write_text(wrong, encoding="utf-8")
    options = ["--cases", f"python/{name}", "--answers", "right,broken", "--no-tools"]
    assert main([*options, "--data", str(tmp_path)]) == 1
    assert "Missed:\n- python/fix-optional-account, right: applied, not refused" in (
        capsys.readouterr().out
    )


def test_the_cases_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--languages", "php,bash", "--actions", "document"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "php/document-late",
        "bash/document-is-fresh",
    ]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--answers", "right,best"], "'best' is none of"),
        (["--languages", "cobol"], "'cobol' is none of"),
        (["--actions", "explain"], "'explain' is none of"),
        (["--json", "/nowhere/at/all"], "cannot be written"),
    ],
)
def test_bad_options_are_refused_in_one_line(
    options: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(options)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert why in told
    assert told.count("\n") == 1


def test_no_case_at_all_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cases", "nothing-like-that"]) == 2
    assert "no case" in capsys.readouterr().err


def test_groups_of_answers_stand_for_their_kinds() -> None:
    typed = parser("").parse_args(["--answers", "wrong,right,broken"])
    assert typed.answers == (
        *("broken", "dropped"),
        *("right", "second", "mended", "unchanged"),
    )
