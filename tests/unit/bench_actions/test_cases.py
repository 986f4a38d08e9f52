"""The cases as data: what they must have, and what is refused."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.actions.cases import (
    DATA,
    LANGUAGES,
    BadCase,
    Case,
    chosen,
    read_case,
    read_cases,
    read_tools,
)
from lsp_server.actions.catalogue import Name

CASES = read_cases()
BY_NAME = {case.name: case for case in CASES}
PYTHON = read_tools(DATA / "python")

RIGHT = '''
    def find(self, name: str) -> Account | None:
        """Return the account of that name, if there is one."""
        return self._accounts.get(name)
'''
CASE = f"""
about = "x"
action = "fix"
file = "ledger/entries.py"
at = "name]"
checks = ["tests"]
right = '''{RIGHT}'''
damaged = '''{RIGHT.replace(".get(name)", "[name]")}'''
"""


def written(tmp_path: Path, text: str) -> Case:
    path = tmp_path / "case.toml"
    path.write_text(text, encoding="utf-8")
    return read_case(path, PYTHON)


def test_each_language_has_faults_and_functions_to_document_and_to_test() -> None:
    assert len(CASES) == len(BY_NAME) >= 40
    for language in LANGUAGES:
        actions = Counter(case.action for case in chosen(CASES, languages=[language]))
        assert actions[Name.FIX] >= 3
        assert actions[Name.DOCUMENT] >= 1
        assert actions[Name.TESTS] >= 1


def test_each_action_that_edits_by_itself_has_cases() -> None:
    found = Counter(case.action for case in CASES)
    wanted = {*Name} - {Name.EXPLAIN, Name.SUMMARY, Name.REWRITE}
    assert {name for name in found if found[name] >= 2} == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_says_what_is_to_be_done_and_how_it_is_judged(case: Case) -> None:
    assert case.about
    assert case.checks
    assert "tests" in case.checks
    assert (case.diagnostic is not None) is (case.action is Name.FIX)
    assert bool(case.mutants) is (case.action is Name.TESTS)
    assert all(text != case.after for text in case.mutants)
    assert (case.before != case.after) is (case.action is not Name.TESTS)
    assert case.around.start <= case.place.start < case.place.end <= case.around.end
    assert case.answer.strip()
    assert "\r" not in case.answer


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_its_files_have_one_kind_of_line_end(case: Case) -> None:
    found = set(re.findall(r"\r\n|\n|\r", case.before + case.after))
    assert found == {"\r\n" if case.language == "csharp" else "\n"}


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("name]", "name]"),
        ("‸name‸]", "name"),
        ("_accounts[‸name‸]", "name"),
        ("return‸ ‸self", " "),
    ],
)
def test_marks_bound_the_place(at: str, text: str, tmp_path: Path) -> None:
    case = written(tmp_path, CASE.replace('"name]"', f'"{at}"'))
    assert case.before[case.place.start : case.place.end] == text


def test_the_right_text_is_what_the_project_says(tmp_path: Path) -> None:
    case = written(tmp_path, CASE)
    assert case.after == (PYTHON.project / case.file).read_text(encoding="utf-8")
    assert case.before == case.after.replace(".get(name)", "[name]")
    assert case.answer == RIGHT.removeprefix("\n")


def test_line_ends_move_the_place_with_them() -> None:
    case = BY_NAME["csharp/fix-decimal"]
    assert case.before[case.place.start : case.place.end] == "item.Price * line.Count"
    assert case.before[case.around.start :].startswith("        /// <summary>Takes")
    assert case.before[: case.around.end].endswith("return price;\r\n        }\r\n")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace("fix", "mend"), "mend"),
        (lambda text: text.replace("fix", "explain"), "explain"),
        (lambda text: text.replace('"name]"', '"nowhere"'), "'nowhere' is not there"),
        (lambda text: text.replace("entries.py", "gone.py"), "gone.py"),
        (lambda text: text.replace('["tests"]', '["magic"]'), "magic"),
        (lambda text: text.replace("about", "abut"), "about"),
        (lambda text: text.replace("Return the account", "Give it"), "0 times"),
        (lambda text: text.replace(f"'''{RIGHT}'''", "'return'", 1), "times"),
    ],
)
def test_what_does_not_agree_is_refused_by_name(
    change: Callable[[str], str], why: str, tmp_path: Path
) -> None:
    with pytest.raises(BadCase, match=f"python/case: .*{why}"):
        written(tmp_path, change(CASE))


def test_cases_are_chosen_by_language_action_and_name() -> None:
    assert {case.language for case in chosen(CASES, languages=["php"])} == {"php"}
    assert {case.action for case in chosen(CASES, actions=["tests"])} == {Name.TESTS}
    names = [case.name for case in chosen(CASES, names=["decimal", "cpp/doc"])]
    assert names == ["cpp/document-reach", "csharp/fix-decimal"]
