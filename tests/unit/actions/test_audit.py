"""The lines that actions leave behind."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from lsp_server.actions.audit import FILE, Audit, Line, Outcome, clear, read

FACTS: dict[str, Any] = {
    "action": "fix",
    "file": "/project/ä.py",
    "language": "python",
    "model": "demo",
    "prompt_tokens": 900,
    "answer_tokens": 40,
    "seconds": 1.5,
    "outcome": Outcome.EDIT,
}


def noted(folder: Path, *accepted: bool, limit: int = 1 << 20) -> list[Line]:
    """Write an action for each, and accept those that are to be; read all."""
    log = Audit(folder, clock=lambda: 1_000.04, limit=limit)
    for one in accepted:
        line_id = log.note(**FACTS)
        if one:
            log.accepted(line_id)
    log.close()
    return read(folder / FILE)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    (line,) = noted(tmp_path, False)
    assert line == Line(id=line.id, when=1_000.0, accepted=None, **FACTS)


def test_what_was_accepted_is_said_of_its_own_line(tmp_path: Path) -> None:
    assert [line.accepted for line in noted(tmp_path, False, True, False)] == [
        None,
        True,
        None,
    ]


def test_the_file_is_its_users_alone(tmp_path: Path) -> None:
    noted(tmp_path / "state", False)
    assert stat.S_IMODE((tmp_path / "state" / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "broken", ["{", "[]", "7", '{"id": 7}', '{"id": "x", "accepted": true}', "\0"]
)
def test_a_broken_line_costs_no_other(tmp_path: Path, broken: str) -> None:
    noted(tmp_path, False)
    with (tmp_path / FILE).open("a") as file:
        file.write(broken + "\n")
    assert len(noted(tmp_path, False)) == 2


def test_of_a_file_that_grows_the_newer_half_is_kept(tmp_path: Path) -> None:
    lines = noted(tmp_path, *[False] * 40, limit=4_000)
    assert 5 < len(lines) < 40
    assert (tmp_path / FILE).stat().st_size <= 4_000
    (last,) = noted(tmp_path, False)[-1:]
    assert json.loads((tmp_path / FILE).read_text().splitlines()[-1])["id"] == last.id


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = Audit(tmp_path / "file" / "below")
    log.note(**FACTS)
    log.close()


def test_clearing_says_how_many_there_were(tmp_path: Path) -> None:
    noted(tmp_path, False, True)
    assert clear(tmp_path / FILE) == 2
    assert read(tmp_path / FILE) == []
    assert clear(tmp_path / FILE) == 0
