"""``codellama-lsp audit``: what is printed, and what ``--clear`` leaves."""

import json
from typing import Any

import pytest

from lsp_server.actions.audit import Audit, Outcome
from lsp_server.cli import run
from lsp_server.settings import state_path

Capture = pytest.CaptureFixture[str]


def note(*, accepted: bool = False, **facts: Any) -> None:
    log = Audit(state_path(), clock=lambda: 1_700_000_000.0)
    known: dict[str, Any] = {
        "action": "fix",
        "file": "/project/a.py",
        "language": "python",
        "model": "demo",
        "prompt_tokens": 900,
        "answer_tokens": 40,
        "seconds": 1.5,
        "outcome": Outcome.EDIT,
    }
    line_id = log.note(**known | facts)
    if accepted:
        log.accepted(line_id)
    log.close()


def test_actions_are_a_table_and_counted(capsys: Capture) -> None:
    note(accepted=True)
    note(action="explain", outcome=Outcome.TEXT, seconds=75.0)
    note(outcome=Outcome.REFUSED, model="")
    assert run(["audit"]) == 0
    printed = capsys.readouterr().out
    rows = [line.split() for line in printed.splitlines()]
    assert rows[0] == ["when", "action", "outcome", "took", "model", "file"]
    assert [row[2:] for row in rows[1:4]] == [
        ["fix", "edit,", "accepted", "1.5", "s", "demo", "/project/a.py"],
        ["explain", "text", "1", "min", "15", "s", "demo", "/project/a.py"],
        ["fix", "refused", "1.5", "s", "-", "/project/a.py"],
    ]
    assert "3 actions, 1 edit shown, 1 seen to be accepted." in printed


def test_for_programs_all_of_it_is_printed(capsys: Capture) -> None:
    note(accepted=True)
    assert run(["audit", "--json"]) == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert line.keys() == {
        *("id", "when", "action", "file", "language", "model"),
        *("prompt_tokens", "answer_tokens", "seconds", "outcome", "accepted"),
    }
    assert line["accepted"] is True


def test_clearing_removes_it_and_says_how_much(capsys: Capture) -> None:
    note()
    assert run(["audit", "--clear"]) == 0
    assert capsys.readouterr().out == "removed 1 action\n"
    assert run(["audit", "--clear"]) == 0
    assert capsys.readouterr().out == "There is nothing yet.\n"


def test_without_any_it_says_so(capsys: Capture) -> None:
    assert run(["audit"]) == 0
    assert capsys.readouterr().out.startswith("There is nothing yet.\n")
