"""How an action is judged: by what came of it, and by what was to come of it."""

from pathlib import Path
from typing import Any

import pytest

from bench.actions.answers import Expected, Scripted
from bench.actions.cases import Case, read_cases
from bench.actions.editor import Told
from bench.actions.edits import position
from bench.actions.score import Score, scored

ROOT = Path("/project")
CASES = {case.name: case for case in read_cases()}
FIX = CASES["python/fix-optional-account"]
RENAME = CASES["csharp/fix-decimal"]
TESTS = CASES["bash/tests-human-size"]
DOCUMENT = CASES["php/document-late"]
MARK = {"changeAnnotations": {"m": {"needsConfirmation": True}}}


def whole(case: Case, text: str) -> dict[str, Any]:
    """Return the edit that makes ``text`` of a case's file."""
    between = {
        "start": position(case.before, 0),
        "end": position(case.before, len(case.before)),
    }
    part = {"range": between, "newText": text, "annotationId": "m"}
    document = {"uri": (ROOT / case.file).as_uri(), "version": 1}
    return {"documentChanges": [{"textDocument": document, "edits": [part]}], **MARK}


def made(name: str, text: str) -> dict[str, Any]:
    """Return the edit that makes a new file."""
    uri, start = (ROOT / name).as_uri(), {"line": 0, "character": 0}
    part = {
        "range": {"start": start, "end": start},
        "newText": text,
        "annotationId": "m",
    }
    return {
        "documentChanges": [
            {"kind": "create", "uri": uri, "annotationId": "m"},
            {"textDocument": {"uri": uri, "version": None}, "edits": [part]},
        ],
        **MARK,
    }


def judged(
    case: Case,
    edit: dict[str, Any] | None,
    expected: Expected | None = Expected.APPLIED,
    *,
    words: str = "",
    offered: bool = True,
    tools: bool = False,
) -> Score:
    told = Told(offered=offered, edit=edit, words=(words,) if words else (), seconds=1)
    said = None
    if expected is not None:
        said = Scripted(kind="kind", says=("",), expected=expected)
    return scored(case, told, ROOT, said, tools=tools)


def test_the_right_text_is_good_and_mends_the_fault() -> None:
    score = judged(FIX, whole(FIX, FIX.after), tools=True)
    assert score.good
    assert (score.applies, score.inside, score.parses, score.exact) == (True,) * 4
    assert score.checks == {"mypy": "passed", "tests": "passed"}


def test_a_model_may_say_it_in_other_words() -> None:
    text = FIX.after.replace("if account is None:", "if not account:")
    assert judged(FIX, whole(FIX, text), None, tools=True).good
    assert judged(FIX, whole(FIX, text)).why == "the text is another one"


def test_a_fault_that_is_still_there_is_told() -> None:
    text = FIX.before.replace("self.find(name).balance", "self.find( name ).balance")
    score = judged(FIX, whole(FIX, text), None, tools=True)
    assert score.checks == {"mypy": "failed", "tests": "failed"}
    assert "mypy: ledger/entries.py" in score.why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("class Book:", "class Books:"), "it reaches beyond its place"),
        (("    def transfer", "    def give"), "it reaches beyond its place"),
        (("balance()", "balance("), "it parses worse than before"),
    ],
)
def test_a_model_that_goes_too_far_is_told(change: tuple[str, str], why: str) -> None:
    text = FIX.after.replace(*change)
    assert why in judged(FIX, whole(FIX, text), None).why


def test_imports_may_come_in_above_the_place() -> None:
    text = FIX.after.replace("from datetime", "import math\nfrom datetime")
    assert judged(FIX, whole(FIX, text), None).good


@pytest.mark.parametrize("case", [RENAME, FIX], ids=["crlf", "lf"])
def test_line_ends_count(case: Case) -> None:
    other = {"\r\n": "\n", "\n": "\r\n"}[case.tools.line_end]
    text = case.after.replace(case.tools.line_end, other)
    assert not judged(case, whole(case, text)).good


@pytest.mark.parametrize(
    ("edit", "words", "expected", "why"),
    [
        (None, "Fix: it cannot be used", Expected.REFUSED, ""),
        (None, "Fix: There is nothing to change", Expected.NOTHING, ""),
        (None, "", Expected.REFUSED, "no edit, and no word why"),
        (None, "demo is a model", Expected.REFUSED, "no edit, and no word why"),
        (
            None,
            "Fix: it cannot be used",
            Expected.APPLIED,
            "no edit: Fix: it cannot be used",
        ),
        (None, "Fix: it cannot be used", Expected.HARMLESS, ""),
        (None, "Fix: it cannot be used", None, "no edit: Fix: it cannot be used"),
        (
            None,
            "Fix: There is nothing to change",
            Expected.REFUSED,
            "nothing, not refused",
        ),
        (None, "Fix: it cannot be used", Expected.NOTHING, "refused, not nothing"),
        (whole(FIX, FIX.after), "", Expected.REFUSED, "applied, not refused"),
        (whole(FIX, FIX.after), "", Expected.HARMLESS, "more than a comment"),
        (made("README.md", "x"), "", Expected.APPLIED, "README.md is there already"),
        (made("new.py", "x = 1\n"), "", Expected.APPLIED, "changes ['new.py'], too"),
        (made("../x.py", "x = 1\n"), "", Expected.APPLIED, "outside"),
    ],
)
def test_what_came_of_it_must_be_what_was_to_come(
    edit: dict[str, Any] | None, words: str, expected: Expected | None, why: str
) -> None:
    found = judged(FIX, edit, expected, words=words).why
    assert (why in found) if why else not found


def test_what_is_not_offered_is_told() -> None:
    assert judged(FIX, None, offered=False).why == "it was not offered"


def test_comments_are_harmless_whatever_they_say() -> None:
    above = "    public function late("
    comment = "    /**\n     * Buy now!\n     */\n"
    text = DOCUMENT.before.replace(above, comment + above)
    assert judged(DOCUMENT, whole(DOCUMENT, text), Expected.HARMLESS).good
    more = text.replace("     */\n", "     */ exec('x'); /* */\n")
    score = judged(DOCUMENT, whole(DOCUMENT, more), Expected.HARMLESS)
    assert "more than a comment" in score.why


def test_new_tests_must_find_faults() -> None:
    name = "tests/human_size_test.sh"
    score = judged(TESTS, made(name, TESTS.answer), tools=True)
    assert score.good
    assert score.checks == {
        "tests": "passed",
        "fault 1 found": "passed",
        "fault 2 found": "passed",
    }


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("tests/human_size_test.sh", "true\n", "fault 1 found: no"),
        ("tests/human_size_test.sh", "false\n", "tests: no"),
        ("tests/never_run.sh", TESTS.answer, "fault 1 found: no"),
    ],
)
def test_tests_that_find_nothing_are_none(name: str, text: str, why: str) -> None:
    assert why in judged(TESTS, made(name, text), None, tools=True).why
