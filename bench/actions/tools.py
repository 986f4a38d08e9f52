"""Whether a repository is right: its own tools and tests say so, where they may do no harm."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.actions.cases import Tools
from bench.actions.jail import CONFINED

_JAIL = Path(__file__).with_name("jail.py")
_PROCESSOR_S = 60
_PATIENCE_S = 180.0
_DATA_BYTES = 4 * 2**30
"""Java and node reserve much and use little."""
_SAID_CHARACTERS = 4_000


class NoJail(Exception):
    """Nothing that a model wrote can be run safely here; the words are for the user."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``said`` is the end of what the command wrote, on both its streams."""

    passed: bool
    said: str


def missing(tools: Tools, check: str) -> tuple[str, ...]:
    """Return the programs that a check needs and this machine has not."""
    return tuple(name for name in tools.needs[check] if not _is_there(name))


@cache
def _is_there(program: str) -> bool:
    return program == "{python}" or shutil.which(program) is not None


@contextmanager
def copied(files: Mapping[str, str]) -> Iterator[Path]:
    """Write a repository into a folder of its own, for as long as it is looked at.

    Beside it, in the same folder, there is room for what is built, a home, and temporary
    files.
    """
    with tempfile.TemporaryDirectory(prefix="bench-actions-") as name:
        folder = Path(name).resolve()
        for room in ("build", "home", "tmp"):
            (folder / room).mkdir()
        write_files(folder / "project", files)
        yield folder / "project"


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts as they are, line ends and all."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def checked(tools: Tools, check: str, project: Path) -> Verdict:
    """Run one of the project's commands in a copy of it; raises NoJail."""
    build = project.parent / "build" / check
    build.mkdir(parents=True, exist_ok=True)
    known = {"{python}": sys.executable, "{build}": str(build)}
    command = [_filled(word, known) for word in tools.commands[check]]
    return _run(command, project)


def _filled(word: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        word = word.replace(name, value)
    return word


def _run(command: Sequence[str], project: Path) -> Verdict:
    folder = project.parent
    read_end, write_end = os.pipe()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-I", str(_JAIL), str(write_end), str(folder)),
                *(str(_PROCESSOR_S), str(_DATA_BYTES), *command),
            ],
            cwd=project,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(write_end,),
        )
        os.close(write_end)
        try:
            code = process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # it leads its own group
            process.wait()
            confined = os.read(read_end, 1) == CONFINED
            os.close(read_end)
        output.seek(0)
        said = output.read().decode(errors="replace")[-_SAID_CHARACTERS:]
    if not confined:
        raise NoJail(f"Programs cannot be confined on this machine: {said.strip()}")
    return Verdict(code == 0, said)


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "JAVA_TOOL_OPTIONS": "-XX:-UsePerfData -Xmx512m -XX:TieredStopAtLevel=1",
    }
