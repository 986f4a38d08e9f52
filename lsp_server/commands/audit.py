"""``codellama-lsp audit``: what actions did on this machine, and what became of it."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from lsp_server.actions.audit import FILE, Line, Outcome, clear, read
from lsp_server.settings import APPLICATION, state_path

_SHOWN = 50
_MINUTE_S = 60
_NOTE = (
    "Kept on this machine only, without any of your code, and sent to nobody.\n"
    f"{APPLICATION} audit --clear removes it; --json prints all of it."
)


def audit(*, as_json: bool, clear_all: bool) -> int:
    """Print what was done, or remove it; 1 where the file refuses."""
    file = state_path() / FILE
    try:
        if clear_all:
            return _clear(file)
        lines = read(file)
    except OSError as error:
        print(f"{APPLICATION}: {file}: {error}", file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps([asdict(line) for line in lines], indent=2))
    elif not lines:
        print(f"There is nothing yet.\n{_NOTE}")
    else:
        print(page(lines))
    return 0


def page(lines: Sequence[Line]) -> str:
    """Return the newest actions as a table, for a terminal."""
    rows: list[tuple[str, ...]] = [
        ("when", "action", "outcome", "took", "model", "file")
    ]
    rows += [_row(line) for line in lines[-_SHOWN:]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )
    edits = [line for line in lines if line.outcome in {Outcome.EDIT, Outcome.FILE}]
    accepted = sum(line.accepted is True for line in edits)
    counts = (
        f"{_number(len(lines), 'action')}, {_number(len(edits), 'edit')} shown, "
        f"{accepted:,} seen to be accepted."
    )
    return f"{table}\n\n{counts}\n{_NOTE}"


def _row(line: Line) -> tuple[str, ...]:
    outcome = f"{line.outcome}, accepted" if line.accepted else line.outcome
    return (
        time.strftime("%Y-%m-%d %H:%M", time.localtime(line.when)),
        line.action,
        outcome,
        _took(line.seconds),
        line.model or "-",
        line.file,
    )


def _took(seconds: float) -> str:
    if seconds < _MINUTE_S:
        return f"{seconds:.1f} s"
    return f"{seconds // _MINUTE_S:.0f} min {seconds % _MINUTE_S:.0f} s"


def _number(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def _clear(file: Path) -> int:
    there = file.exists()
    removed = clear(file)
    print(f"removed {_number(removed, 'action')}" if there else "There is nothing yet.")
    return 0
