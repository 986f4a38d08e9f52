"""``codellama-lsp context``: for people at one place, for programs line by line."""

import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lsp_server import cli
from lsp_server.commands import context as commands
from lsp_server.settings import cache_path
from retrieval.source import Snippet
from tests.unit.commands.conftest import MAIN, MONEY

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
PLACE = "shop/main.py:5:18"
QUERY = {"path": "shop/main.py", "line": 4, "character": 17}
FILL = ["--all", "--budget", "300"]


def ask(monkeypatch: Patch, capsys: Capture, lines: Sequence[Any]) -> list[Any]:
    """Write a line for each (bytes as they are, else JSON); return the answers."""
    written = [
        line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    ]
    stdin = io.TextIOWrapper(io.BytesIO(b"".join(line + b"\n" for line in written)))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert cli.run(["context", "--root", ".", "--jsonl", *FILL]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    return [json.loads(line) for line in told.out.splitlines()]


def errors(answers: Sequence[Any]) -> list[str]:
    return [answer.get("error", "") for answer in answers]


# For people


@pytest.mark.usefixtures("shop")
def test_people_see_each_snippet_with_its_place_tokens_and_why(capsys: Capture) -> None:
    assert cli.run(["context", PLACE, *FILL]) == 0
    told = capsys.readouterr()
    first, why, *code = told.out.splitlines()
    path, tokens, _ = first.split("  ")[0], *first.split("  ")[1].split(",")
    assert path.startswith("shop/money.py:")
    assert tokens.endswith(" tokens")
    assert why
    assert "        def convert_to(self, currency, exchange_rates):" in code
    assert code[-1].startswith(f"1 snippet: {tokens.removesuffix(' tokens')} of 300 ")
    assert "\x1b" not in told.out
    assert told.err == ""


@pytest.mark.usefixtures("shop")
def test_nothing_that_helps_is_said_so(capsys: Capture) -> None:
    assert cli.run(["context", PLACE, "--budget", "0"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("nothing that is likely to help: 0 of 0 tokens, ")


@pytest.mark.usefixtures("shop")
def test_json_is_one_object(capsys: Capture) -> None:
    assert cli.run(["context", PLACE, "--json", *FILL]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [*found] == ["snippets", "milliseconds"]
    (snippet,) = found["snippets"]
    assert [*snippet] == [
        *("path", "start_line", "end_line", "text", "tokens", "score", "why")
    ]
    assert snippet["path"] == "shop/money.py"
    assert snippet["text"].strip("\n") in MONEY


def test_the_index_is_kept_for_the_next_time(shop: Path, capsys: Capture) -> None:
    assert cli.run(["context", PLACE]) == 0
    (folder,) = cache_path().iterdir()
    assert folder.name.startswith("repository-")
    (shop / "shop" / "money.py").write_text(MONEY.replace("convert_to", "convert_into"))
    capsys.readouterr()
    assert cli.run(["context", PLACE, *FILL]) == 0
    assert "convert_into" in capsys.readouterr().out


def test_a_lone_file_has_no_context(
    tmp_path: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("x")
    assert cli.run(["context", "a.py:1:1"]) == 1
    assert "a.py is in no repository" in capsys.readouterr().err
    assert cli.run(["context", "b.py:1:1"]) == 1
    assert "there is no file b.py" in capsys.readouterr().err


@pytest.mark.usefixtures("shop")
def test_without_a_model_tokens_are_estimated(capsys: Capture) -> None:
    assert cli.run(["context", PLACE, "--json", "--model", "/nowhere", *FILL]) == 0
    told = capsys.readouterr()
    assert "tokens are estimated" in told.err
    (snippet,) = json.loads(told.out)["snippets"]
    assert snippet["tokens"] > 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [PLACE, "--jsonl", "--root", "."],
        ["--jsonl"],
        [PLACE, "--root", "."],
        [PLACE, "--budget", "-1"],
        [PLACE, "--budget", "100001"],
        [PLACE, "--budget", "many"],
    ],
)
def test_what_does_not_go_together_is_refused(
    arguments: list[str], capsys: Capture
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.run(["context", *arguments])
    assert caught.value.code == 2
    assert "codellama-lsp" in capsys.readouterr().err


# For programs


@pytest.mark.usefixtures("shop")
def test_each_query_has_its_answer_in_its_line(
    monkeypatch: Patch, capsys: Capture
) -> None:
    first, wrong, second = ask(monkeypatch, capsys, [QUERY, b"", QUERY])
    assert first["snippets"] == second["snippets"]
    assert [one["path"] for one in first["snippets"]] == ["shop/money.py"]
    assert first["milliseconds"] >= 0
    assert [*wrong] == ["error"]


@pytest.mark.usefixtures("shop")
def test_the_text_of_a_query_stands_for_the_file(
    monkeypatch: Patch, capsys: Capture
) -> None:
    unsaved = {"path": "shop/new.py", "line": 0, "character": 0, "text": ""}
    same = QUERY | {"text": MAIN}
    other = QUERY | {"text": "x = 1\n", "line": 0}
    answers = ask(monkeypatch, capsys, [QUERY, same, other, unsaved, QUERY])
    assert errors(answers) == [""] * 5
    assert answers[0]["snippets"] == answers[1]["snippets"] == answers[4]["snippets"]
    for answer in answers:
        assert all(one["path"] != "shop/new.py" for one in answer["snippets"])


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("query", "error"),
    [
        (b"{", "no JSON: "),
        (b"\xff", "no JSON: "),
        (b"[" * 100_000, "no JSON"),
        ([], "not an object"),
        ({}, "path is missing"),
        ({"path": "shop/main.py"}, "line is missing"),
        (QUERY | {"path": 3}, "path is not text"),
        (QUERY | {"line": "4"}, "line is not a whole number"),
        (QUERY | {"line": True}, "line is not a whole number"),
        (QUERY | {"line": 1.5}, "line is not a whole number"),
        (QUERY | {"text": 1}, "text is not text"),
        (QUERY | {"line": 6}, "line 6: shop/main.py has the lines 0 to 5"),
        (QUERY | {"line": -1}, "line -1: "),
        (QUERY | {"character": -1}, "character -1 is less than 0"),
        (QUERY | {"path": "shop/none.py"}, "there is no file "),
        (QUERY | {"path": "shop"}, "shop is a folder, not a file"),
        (QUERY | {"path": "../a.py"}, "path '../a.py' is not one inside of the root"),
        (QUERY | {"path": "shop/../../a.py", "text": ""}, "is not one inside"),
        (QUERY | {"path": "/etc/passwd"}, "is not one inside"),
        (QUERY | {"path": "a\0b", "text": ""}, "is not one inside"),
        (QUERY | {"path": "", "text": ""}, "is not one inside"),
        (QUERY | {"path": "\ud83d.py", "text": ""}, "has no UTF-8"),
    ],
)
def test_a_bad_query_is_told_and_the_next_goes_on(
    monkeypatch: Patch, capsys: Capture, query: Any, error: str
) -> None:
    told, fine = ask(monkeypatch, capsys, [query, QUERY])
    assert [*told] == ["error"]
    assert error in told["error"]
    assert fine["snippets"]


@pytest.mark.usefixtures("shop")
def test_half_a_surrogate_pair_in_a_text_is_no_fault(
    monkeypatch: Patch, capsys: Capture
) -> None:
    (fine,) = ask(monkeypatch, capsys, [QUERY | {"text": f"{MAIN}# \ud83d"}])
    assert fine["snippets"]


@pytest.mark.usefixtures("shop")
def test_a_fault_costs_one_line(monkeypatch: Patch, capsys: Capture) -> None:
    def fails(*_: Any, **_settings: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(commands, "gathered", fails)
        wrong = ask(monkeypatch, capsys, [QUERY, QUERY])
    assert errors(wrong) == ["a fault in codellama-lsp itself: RuntimeError"] * 2


def test_parts_of_a_snippet_are_shown_with_what_is_left_out_between() -> None:
    one = Snippet(
        path="a.py",
        start_line=0,
        end_line=8,
        text="class A:\n...\n    x = 1",
        tokens=9,
        score=1.0,
        why="asked for",
    )
    plain = commands.picture((one,), 100, 1.0, color=False).splitlines()
    assert plain[:5] == [
        "a.py:1-9  9 tokens, score 1",
        "asked for",
        "    class A:",
        "    ...",
        "        x = 1",
    ]
    assert "\x1b[2m...\x1b[0m" in commands.picture((one,), 100, 1.0, color=True)


@pytest.mark.usefixtures("shop")
def test_characters_are_utf_16_and_clamped_to_their_line(
    monkeypatch: Patch, capsys: Capture
) -> None:
    text = f"s = '😀é'; {MAIN.splitlines()[-1].strip()}"
    here = {"path": "shop/x.py", "line": 0, "text": text}
    long = len(text) + 1
    answers = ask(
        monkeypatch, capsys, [here | {"character": at} for at in (0, long, 9**9)]
    )
    assert errors(answers) == ["", "", ""]
    assert answers[1]["snippets"] == answers[2]["snippets"]


@pytest.mark.parametrize("root", ["nowhere", "/"])
def test_a_root_that_cannot_be_indexed_is_told(root: str, capsys: Capture) -> None:
    assert cli.run(["context", "--jsonl", "--root", root]) == 1
    assert capsys.readouterr().err.startswith("codellama-lsp: ")


def test_answers_come_one_by_one(shop: Path) -> None:
    """A program that asks again only when it was answered must not wait for ever."""
    import subprocess  # noqa: PLC0415

    command = [sys.executable, "-m", "lsp_server", "context", "--root", str(shop)]
    with subprocess.Popen(
        [*command, "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ},
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write(json.dumps(QUERY) + "\n")
            process.stdin.flush()
            assert "snippets" in json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait() == 0
