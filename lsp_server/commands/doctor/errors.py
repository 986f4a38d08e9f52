"""What went wrong lately, as the engine's logs tell it."""

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from lsp_server.commands.doctor.finding import Finding

_MOST = 5
_TAIL_BYTES = 2**18
_LONGEST = 200
"""Characters of a message: vLLM's may hold a whole configuration."""

_LINE = re.compile(
    r"(?:^|\) )ERROR(?: (?P<time>\d\d-\d\d \d\d:\d\d:\d\d) \[[^\]]*\] |:[\w.]+:)"
    r"(?P<says>.*)"
)
"""vLLM's lines, which repeat a traceback line by line, and those of Python's logging."""

_RAISED = re.compile(
    r"(?P<says>(?:[\w.]+\.)?\w*(?:Error|Exception|Interrupt)(?::.*)?)$"
)
"""What a traceback ends with."""

_TRACED = re.compile(r"\s|Traceback \(|During handling|The above exception|[\^~]|$")


def last_errors(folder: Path) -> Iterator[Finding]:
    """Yield the last errors in ``folder``'s logs, the newest first; they are facts only.

    What is said again is told once, with its last time.
    """
    found: dict[str, Finding] = {}
    for log in newest_first(folder):
        for time, says in reversed(_errors(_tail(log))):
            told = f"{time}  {says}" if time else says
            found.setdefault(says, Finding("error", f"{told} ({log.name})"))
    yield from islice(found.values(), _MOST)


def newest_first(folder: Path) -> list[Path]:
    """Return the engines' logs, older parts of them too."""
    return sorted(folder.glob("*.log*"), key=_age)


def _age(log: Path) -> float:
    try:
        return -log.stat().st_mtime
    except OSError:
        return 0.0


def _tail(log: Path) -> list[str]:
    try:
        with log.open("rb") as file:
            start = max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES)
            file.seek(start)
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return lines[1:] if start else lines


def _errors(lines: list[str]) -> list[tuple[str, str]]:
    """Return time, "" for none, and message of each error, one for each traceback."""
    errors: list[tuple[str, str]] = []
    traced = False
    for line in lines:
        found = _LINE.search(line)
        time = (found["time"] or "") if found else ""
        says = found["says"] if found else line
        if "Traceback (most recent call last)" in says:
            traced = True
        elif _TRACED.match(says):
            continue
        elif (raised := _RAISED.match(says)) and (found or traced):
            # The error says more than the line that announced it.
            if traced and errors and errors[-1][0] == time:
                errors.pop()
            errors.append((time, raised["says"][:_LONGEST]))
            traced = False
        elif found:
            errors.append((time, says[:_LONGEST]))
            traced = False
    return errors
