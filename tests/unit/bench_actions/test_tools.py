"""What a model wrote is run where it can do no harm."""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench.actions.cases import DATA, Tools, read_tools
from bench.actions.tools import Verdict, checked, copied, missing
from tests.processes import alive

PLAIN = read_tools(DATA / "bash")


def ran(program: str, *arguments: str) -> Verdict:
    """Run a Python program as a check of a repository that has nothing else."""
    command = ("{python}", "-c", program, *arguments)
    tools = replace(PLAIN, commands={"check": command}, needs={"check": ()})
    with copied({"a.txt": "a\r\n"}) as project:
        return checked(tools, "check", project)


def test_a_check_passes_or_fails_and_says_why() -> None:
    assert ran("print(1)") == Verdict(True, "1\n")
    found = ran("raise SystemExit('because')")
    assert (found.passed, found.said) == (False, "because\n")


def test_it_reads_and_writes_its_own_folder() -> None:
    program = (
        "import os, pathlib, tempfile; tempfile.mkstemp(); "
        "pathlib.Path('b').write_text('b'); pathlib.Path('b').rename('c'); "
        "(pathlib.Path.home() / 'x').mkdir(); "
        "print(sorted(os.listdir()), pathlib.Path('a.txt').read_bytes())"
    )
    assert ran(program) == Verdict(True, "['a.txt', 'c'] b'a\\r\\n'\n")


@pytest.mark.parametrize(
    "program",
    [
        "open(sys.argv[1], 'w')",
        "open(sys.argv[1], 'a')",
        "os.truncate(sys.argv[1], 0)",
        "os.unlink(sys.argv[1])",
        "os.rename(sys.argv[1], 'mine')",
        "os.link(sys.argv[1], 'mine'); open('mine', 'w')",
        "os.mkdir(sys.argv[1] + '.d')",
        "os.symlink(sys.argv[1], 'mine'); open('mine', 'w')",
    ],
)
def test_other_files_stay_as_they_are(program: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("kept")
    found = ran(f"import os, sys; {program}", str(kept))
    assert not found.passed
    assert "PermissionError" in found.said or "cross-device" in found.said
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [
        ("kept", "kept")
    ]


@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM"])
def test_it_has_no_network(kind: str) -> None:
    found = ran(f"import socket; socket.socket(socket.AF_INET, socket.{kind})")
    assert "PermissionError" in found.said


def test_it_starts_processes_which_end_with_it(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    program = (
        "import subprocess, sys; "
        f"one = subprocess.Popen([{sys.executable!r}, '-c', 'import time; time.sleep(600)'], "
        "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); print(one.pid)"
    )
    found = ran(program, str(pids))
    assert found.passed
    pid = int(found.said)
    limit = time.monotonic() + 60
    while alive(pid) and time.monotonic() < limit:
        time.sleep(0.01)
    assert not alive(pid)


@pytest.mark.parametrize("call", ["os.setsid()", "os.setpgid(0, 0)"])
def test_none_of_them_leaves_its_group(call: str) -> None:
    found = ran(
        f"import os; pid = os.fork()\nif not pid:\n    {call}\nelse:\n    os.waitpid(pid, 0)"
    )
    assert "PermissionError" in found.said


def test_nobody_else_gets_signals() -> None:
    found = ran("import os, sys; os.kill(int(sys.argv[1]), 0)", str(os.getpid()))
    assert "PermissionError" in found.said


def test_local_pipes_and_threads_work() -> None:
    program = (
        "import socket, threading; one, two = socket.socketpair(); "
        "thread = threading.Thread(target=lambda: one.send(b'x')); thread.start(); "
        "thread.join(); print(two.recv(1))"
    )
    assert ran(program) == Verdict(True, "b'x'\n")


def test_what_is_not_installed_is_named() -> None:
    tools: Tools = replace(PLAIN, needs={"tests": ("bash", "no-such-program")})
    assert missing(tools, "tests") == ("no-such-program",)
    assert missing(read_tools(DATA / "python"), "mypy") == ()
