"""Aider's repository map: the definitions that its ranking of files and identifiers finds weightiest.

It is asked as aider asks when the file is in the chat and the words before the cursor are in the message. It works on
a copy of the repository in which the file is cut, for it reads files itself.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.retrieval.contestants.windows import query
from bench.retrieval.files import File
from bench.retrieval.found import Found
from bench.retrieval.places import Place

_CHILD = Path(__file__).with_name("aider_child.py")


class AiderFailed(Exception):
    """The process with aider's map has ended; its last words are on stderr."""


class AiderMap:
    """``python`` can import aider; ``tokenizer`` is the model's tokenizer.json."""

    by_budget = True

    def __init__(
        self,
        files: Sequence[File],
        python: Path,
        tokenizer: Path,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-aider-")
        self._tokenizer = tokenizer
        self._paths = [file.path for file in files]
        self._cut: File | None = None
        for file in files:
            self._write(file, file.lines)
        self._process = subprocess.Popen(
            (python, _CHILD),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": "0", "TQDM_DISABLE": "1"},
        )

    def prepare(self, place: Place) -> None:
        if self._cut is not None:
            self._write(self._cut, self._cut.lines)
        self._write(place.file, place.before)
        self._cut = place.file

    def found(self, place: Place, budget: int) -> Sequence[Found]:
        """See the protocol; raises AiderFailed."""
        request = {
            "root": self._folder.name,
            "files": self._paths,
            "path": place.file.path,
            "identifiers": [*query(place)],
            "tokens": budget,
            "sign": place.sign,
            "tokenizer": str(self._tokenizer),
        }
        asked, answered = self._process.stdin, self._process.stdout
        if asked is None or answered is None:
            raise AiderFailed
        try:
            asked.write(f"{json.dumps(request)}\n")
            asked.flush()
            line = answered.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise AiderFailed("the process with aider's map has ended")
        return parts(json.loads(line)["map"])

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._folder.cleanup()

    def _write(self, file: File, lines: Sequence[str]) -> None:
        path = Path(self._folder.name, file.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")


def parts(text: str) -> list[Found]:
    """Return a map's files with their lines, without the marks of what is left out.

    Files of which the map has only names are one part, as the first of them.
    """
    named: list[str] = []
    found: list[Found] = []
    path, lines = "", list[str]()
    for line in [*text.split("\n"), ":"]:
        if line.startswith("│"):
            lines.append(line.removeprefix("│"))
        elif line.endswith(":"):
            if path:
                found.append(Found(path, "\n".join(lines), "map"))
            path, lines = line.removesuffix(":"), []
        elif line.strip("⋮ "):
            named.append(line)
    if named:
        found.append(Found(named[0], "\n".join(named[1:]), "names"))
    return found
