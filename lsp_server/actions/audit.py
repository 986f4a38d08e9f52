"""What actions did, one line for each: for the user to read and to remove, never any code.

A file of the user's state folder in JSON lines, written by several servers at one time.
"""

import fcntl
import json
import logging
import os
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from retrieval.store.cache_folder import locked, private_folder

logger = logging.getLogger(__name__)

FILE = "actions.jsonl"
LIMIT = 1 << 20
"""Bytes; of a file that has grown past it, the newer half is kept."""


class Outcome(StrEnum):
    """How an action ended."""

    EDIT = "edit"  # an edit was shown; whether it was taken, ``accepted`` says
    FILE = "file"  # a new file was shown
    TEXT = "text"  # an explanation, or a summary
    NOTHING = "nothing"  # there was nothing to change
    REFUSED = "refused"  # no answer could be shown, and the user was told why
    FAILED = "failed"  # the engine did not answer
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One action. ``when`` is in seconds since 1970; ``file`` is a path, or a uri.

    ``accepted`` is None where it is not known: what an editor does with an edit is seen
    only while the document stays open.
    """

    id: str
    when: float
    action: str
    file: str
    language: str
    model: str
    prompt_tokens: int
    answer_tokens: int
    seconds: float
    outcome: str
    accepted: bool | None = None


class Audit:
    """One server's way to the file; what cannot be written is told in the log, once."""

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], float] = time.time,
        limit: int = LIMIT,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._limit = limit
        self._writer = ThreadPoolExecutor(1, "audit")
        self._told = False
        self._closed = False

    def note(self, **facts: Any) -> str:
        """Write the line of an action that has ended; return its id."""
        line = Line(id=uuid.uuid4().hex, when=round(self._clock(), 1), **facts)
        self._submit(asdict(line))
        return line.id

    def accepted(self, line_id: str) -> None:
        """Write down that what was shown is in the document now."""
        self._submit({"id": line_id, "accepted": True})

    def close(self) -> None:
        """Return when all is written; what is noted after that is not."""
        self._closed = True
        self._writer.shutdown()

    def _submit(self, facts: Mapping[str, Any]) -> None:
        if not self._closed:
            self._writer.submit(self._write, facts)

    def _write(self, facts: Mapping[str, Any]) -> None:
        try:
            private_folder(self._folder)
            file = self._folder / FILE
            with locked(file.with_suffix(".lock"), fcntl.LOCK_EX):
                line = json.dumps(facts).encode() + b"\n"
                if _append(file, line) > self._limit:
                    _halve(file)
        except OSError as error:
            if not self._told:
                self._told = True
                logger.warning("Actions cannot be written down: %s", error)


def read(file: Path) -> list[Line]:
    """Return the actions, the oldest first; lines that are none are left out.

    Raises OSError.
    """
    found: dict[str, dict[str, Any]] = {}
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    for raw in text.splitlines():
        facts = _object(raw)
        line_id = facts.get("id")
        if isinstance(line_id, str):
            found[line_id] = found.get(line_id, {}) | facts
    return [line for facts in found.values() if (line := _line(facts)) is not None]


def clear(file: Path) -> int:
    """Remove the file; return how many actions were in it. Raises OSError."""
    number = len(read(file))
    if file.exists():
        with locked(file.with_suffix(".lock"), fcntl.LOCK_EX):
            file.unlink(missing_ok=True)
    return number


def _append(file: Path, line: bytes) -> int:
    """Return the file's size with the line."""
    handle = os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        os.write(handle, line)
        return os.fstat(handle).st_size
    finally:
        os.close(handle)


def _halve(file: Path) -> None:
    lines = file.read_bytes().splitlines(keepends=True)
    rest = file.with_suffix(".new")
    rest.write_bytes(b"".join(lines[len(lines) // 2 :]))
    rest.chmod(0o600)
    rest.replace(file)


def _object(raw: str) -> dict[str, Any]:
    try:
        facts = json.loads(raw)
    except ValueError:  # a line that a full disk cut off, say
        return {}
    return facts if isinstance(facts, dict) else {}


def _line(facts: dict[str, Any]) -> Line | None:
    try:
        return Line(**facts)
    except TypeError:  # what was accepted, of a line that is gone
        return None
