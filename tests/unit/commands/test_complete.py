"""``codellama-lsp complete``: places, what is printed, and the exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from lsp_server import cli
from lsp_server.commands.complete import BadPlace, picture, read_place
from lsp_server.record import Offer
from lsp_server.settings import cache_path, config_path
from retrieval.source import Cursor
from tests.marked import at
from tests.unit.commands.conftest import Scripted

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of the user's."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def write(path: Path, content: str | bytes) -> None:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


# Places


@pytest.mark.parametrize(
    ("content", "place", "before", "after"),
    [
        pytest.param("abc\n", "1:1", "", "abc", id="the first column"),
        pytest.param("abc\n", "1:3", "ab", "c", id="before the character"),
        pytest.param("abc\n", "1:4", "abc", "", id="past the last character"),
        pytest.param("abc\n", "2:1", "", "", id="the empty last line"),
        pytest.param("", "1:1", "", "", id="an empty file"),
        pytest.param("a\r\nbc\r\n", "2:3", "bc", "", id="CRLF is no column"),
        pytest.param("é😀x", "1:3", "é😀", "x", id="characters, not bytes"),
        pytest.param("\ufeffab", "1:2", "a", "b", id="a byte order mark is no column"),
    ],
)
def test_a_place_is_counted_from_one(
    files: Path, content: str, place: str, before: str, after: str
) -> None:
    write(files / "a.py", content)
    cursor = read_place(f"a.py:{place}")
    assert (cursor.before, cursor.after) == (before, after)
    assert cursor.document.uri == (files / "a.py").resolve().as_uri()
    assert cursor.document.language == "py"


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("none.py:1:1", "there is no file none.py"),
        (r"C:\x:1:2", r"there is no file C:\x"),
        ("folder:1:1", "folder is a folder, not a file"),
        ("a.py/b.py:1:1", "a.py/b.py cannot be read: Not a directory"),
        ("x" * 300 + ":1:1", f"{'x' * 300} cannot be read: File name too long"),
        ("binary:1:1", "binary is a binary file: it has NUL characters"),
        ("latin:1:1", "latin is not UTF-8 text"),
        ("a.py:0:1", "a.py has 3 lines: there is no line 0"),
        ("a.py:4:1", "a.py has 3 lines: there is no line 4"),
        ("a.py:2:0", "line 2 of a.py has the columns 1 to 4: there is no 0"),
        ("a.py:2:5", "line 2 of a.py has the columns 1 to 4: there is no 5"),
        *(
            (bad, f"{bad!r} is not FILE:LINE:COLUMN (src/main.py:12:5, say, ")
            for bad in ("a.py", "a.py:1", "a.py:1:", "a.py:1:-1", "a.py:1:x", ":1:1")
        ),
    ],
)
def test_a_place_that_is_not_there_is_told(files: Path, place: str, says: str) -> None:
    write(files / "a.py", "abc\r\ndef\r\n")
    write(files / "binary", b"\x7fELF\0\0")
    write(files / "latin", "é".encode("latin-1"))
    (files / "folder").mkdir()
    with pytest.raises(BadPlace) as raised:
        read_place(place)
    assert str(raised.value).startswith(says)


def test_a_colon_may_stand_in_a_files_name(files: Path) -> None:
    write(files / "a:1:2", "abc")
    assert read_place("a:1:2:1:3").before == "ab"


# The command


def test_the_completion_is_printed(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "f()\n")
    assert cli.run(["complete", "a.py:1:3", *scripted("a, b)\ng()")]) == 0
    printed = capsys.readouterr()
    assert printed.out == "a, b\n"
    assert "demo model" in printed.err


def test_options_may_stand_before_the_command(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "f(\n")
    assert cli.run([*scripted("a)"), "complete", "a.py:1:3"]) == 0
    assert capsys.readouterr().out == "a)\n"


def test_every_place_is_answered_in_its_order(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "f(\n)\n")
    places = ["a.py:1:3", "a.py:2:1", "a.py:1:2"]
    assert cli.run(["complete", *places, "--json", *scripted("x")]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(answer["line"], answer["column"]) for answer in answers] == [
        (1, 3),
        (2, 1),
        (1, 2),
    ]


def test_json_tells_the_completion_and_what_it_took(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "f(\n")
    assert cli.run(["complete", "a.py:1:3", "--json", *scripted("é)")]) == 0
    printed = capsys.readouterr()
    assert printed.out.isascii()
    facts = json.loads(printed.out)
    assert facts.pop("first_token_ms") <= facts.pop("total_ms")
    assert facts.pop("prompt_tokens") > 0
    assert facts.pop("file") == str((files / "a.py").resolve())
    assert facts == {
        "line": 1,
        "column": 3,
        "text": "é)",
        "model": "scripted",
        "finish_reason": "stop",
        "cached_tokens": 0,
        "layout": "spm",
        "why": facts["why"],
    }
    assert "the suffix begins at the next line" in facts["why"]


def test_what_was_sent_is_explained(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "first = 1\nsecond = \nthird = 3\n")
    assert cli.run(["complete", "a.py:2:10", "--explain", *scripted("2")]) == 0
    page = capsys.readouterr().out
    assert "### this file, before the cursor" in page
    assert "first = 1\nsecond" in page
    assert "### this file, after the cursor" in page
    assert "\nthird = 3" in page
    assert "2 of 2" not in page
    assert "whole request" in page


def test_what_was_sent_is_written_as_a_page(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "first = 1\nsecond = \nthird = '<b>'\n")
    options = ["--explain-html", "page.html", *scripted("2")]
    assert cli.run(["complete", "a.py:2:10", *options]) == 0
    assert capsys.readouterr().out == "page.html\n"
    page = (files / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "second = <ins>2</ins>\nthird = &#x27;&lt;b&gt;&#x27;" in page


def test_a_page_that_cannot_be_written_is_told(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "x\n")
    options = ["--explain-html", "nowhere/page.html", *scripted("2")]
    assert cli.run(["complete", "a.py:1:2", *options]) == 1
    said = "nowhere/page.html cannot be written: No such file or directory"
    assert said in capsys.readouterr().err


def test_json_tells_that_we_ended_the_answer(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "f()  # call\n")
    assert cli.run(["complete", "a.py:1:3", "--json", *scripted("a\nmore of it")]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["text"], facts["finish_reason"]) == ("a", "decided")


def test_nothing_to_offer_is_no_failure(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "f(\n")
    assert cli.run(["complete", "a.py:1:3", "--json", *scripted(" \n")]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["file"], facts["line"], facts["column"]) == (
        str((files / "a.py").resolve()),
        1,
        3,
    )
    assert (facts["text"], facts["model"]) == ("", "scripted")
    assert facts["finish_reason"] == "stop"
    assert facts["prompt_tokens"] > 0


def test_nothing_is_written_beside_the_users_files(
    files: Path, scripted: Scripted, home: Path
) -> None:
    write(files / "a.py", "f(\r\n")
    before = {path: path.stat() for path in (files, files / "a.py")}
    assert cli.run(["complete", "a.py:1:3", *scripted("a)")]) == 0
    assert (files / "a.py").read_bytes() == b"f(\r\n"
    for path, was in before.items():
        assert path.stat().st_mtime_ns == was.st_mtime_ns
    assert [*home.iterdir()] == []


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ({"fail_start": "no GPU today"}, "codellama-lsp: no GPU today\n"),
        (
            {"fail_after": 0},
            "codellama-lsp: The script says: the engine fails here.\n",
        ),
    ],
)
def test_an_engine_that_fails_is_told(
    files: Path,
    scripted: Scripted,
    capsys: Capture,
    script: dict[str, Any],
    says: str,
) -> None:
    write(files / "a.py", "f(\n")
    assert cli.run(["complete", "a.py:1:3", *scripted("a", **script)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.endswith(says)


def test_a_bad_place_starts_no_engine(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "f(\n")
    options = scripted("a", fail_start="it was started")
    assert cli.run(["complete", "a.py:1:3", "a.py:9:1", *options]) == 1
    printed = capsys.readouterr()
    assert printed.err == "codellama-lsp: a.py has 2 lines: there is no line 9\n"
    assert printed.out == ""


def test_a_scripted_engine_without_a_script_says_so(
    files: Path, capsys: Capture
) -> None:
    write(files / "a.py", "f(\n")
    assert cli.run(["complete", "a.py:1:3", "--engine", "scripted"]) == 1
    assert "needs a script: set --script FILE" in capsys.readouterr().err


def test_a_model_that_is_not_there_is_told(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "f(\n")
    options = ["--model", "/no/model", *scripted()]
    assert cli.run(["complete", "a.py:1:3", *options]) == 1
    assert "There is no folder /no/model." in capsys.readouterr().err


def test_problems_with_the_settings_are_told_and_stop_nothing(
    files: Path, scripted: Scripted, capsys: Capture
) -> None:
    write(files / "a.py", "f(\n")
    options = ["--window-tokens", "3", *scripted("a)")]
    assert cli.run(["complete", "a.py:1:3", *options]) == 0
    printed = capsys.readouterr()
    assert printed.out == "a)\n"
    assert printed.err.startswith("codellama-lsp: --window-tokens must be from 256")


@pytest.mark.parametrize(
    "arguments",
    [
        ["complete"],
        ["complete", "--no-such-option", "a.py:1:1"],
        ["complete", "a.py:1:1", "a.py:1:2", "--explain-html", "page.html"],
        ["complete", "a.py:1:1", "--json", "--explain-html", "page.html"],
    ],
)
def test_a_wrong_command_line_exits_with_two(
    arguments: list[str], capsys: Capture
) -> None:
    with pytest.raises(SystemExit) as raised:
        cli.run(arguments)
    assert raised.value.code == 2
    assert "usage:" in capsys.readouterr().err


# The picture


def offer(cursor: Cursor, text: str) -> Offer:
    return Offer(
        id="1",
        cursor=cursor,
        text=text,
        name="m",
        model="m",
        finish="stop",
        prompt_tokens=12,
        cached_tokens=None,
        first_piece_ms=3.2,
        total_ms=45.6,
    )


def test_the_completion_is_marked_in_its_lines() -> None:
    cursor = at(
        "\n".join([*"0123456", "f(‸)", *"123"]), uri="file:///src/my%20caf%C3%A9.py"
    )
    assert picture(cursor, offer(cursor, "a,\n  b"), ("«", "»")) == (
        "── my café.py:8:3, 3 ms to the first token, 46 ms in all, 12 prompt tokens ──\n"
        "1\n2\n3\n4\n5\n6\nf(«a,»\n«  b»)\n1\n2\n"
    )


def test_nothing_to_offer_is_told() -> None:
    drawn = picture(at("a\r\nb‸\r\nc"), None, ("«", "»"))
    assert drawn == "── a.py:2:2, nothing to offer here ──\na\nb\nc\n"


# Other files of the repository


@pytest.mark.parametrize(
    ("options", "config", "expected"),
    [
        ([], "", True),
        (["--no-context"], "", False),
        ([], "[context]\nenabled = false\n", False),
        ([], "[context]\ntokens = 0\n", False),
    ],
)
def test_a_completion_is_asked_for_with_what_other_files_say(
    shop: Path, scripted: Scripted, *, options: list[str], config: str, expected: bool
) -> None:
    config_path().parent.mkdir(parents=True)
    config_path().write_text(config)
    journal = shop / "journal"
    engine = [*scripted("x", note_prompts=True), "--journal", str(journal)]
    assert cli.run(["complete", "shop/main.py:5:18", *options, *engine]) == 0
    asked = json.loads(journal.read_text().splitlines()[0])
    assert ("#     def convert_to(self" in asked["prompt"]) is expected
    assert (cache_path().exists()) is expected
