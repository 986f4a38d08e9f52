"""The user's command, tried on an edit in a copy of the repository."""

import asyncio
import contextlib
import os
import sys
import tempfile
from pathlib import Path

import pytest

from lsp_server.actions.copying import Files, sweep
from lsp_server.actions.shadow import Check, Trial, Verdict, told, tried

BEFORE, AFTER = "value = 1\n", "value = 2\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a repository of a few files, some of which no model would see."""
    folder = tmp_path / "project"
    (folder / "lib").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "lib" / "a.py").write_text(BEFORE)
    (folder / "other.py").write_text("other = 1\n")
    (folder / "pyproject.toml").write_text("[tool]\n")
    (folder / ".flake8").write_text("[flake8]\n")
    (folder / ".env").write_text("TOKEN=1\n")
    (folder / "ignored.py").write_text("")
    (folder / ".gitignore").write_text("ignored.py\n")
    return folder


def python(code: str, *arguments: str, timeout_s: float = 60.0) -> Check:
    """Return a check that runs this code."""
    return Check(command=(sys.executable, "-c", code, *arguments), timeout_s=timeout_s)


def files(root: Path, **opened: str) -> Files:
    return Files(
        root=root,
        path="lib/a.py",
        before=BEFORE,
        after=AFTER,
        opened={name.replace("_", "."): text for name, text in opened.items()},
    )


def copies() -> list[str]:
    return [n for n in os.listdir(tempfile.gettempdir()) if "codellama-check" in n]  # noqa: PTH208 - names


READ = "import sys; text = open(sys.argv[1]).read(); print(text); "


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("sys.exit(text != 'value = 2\\n')", Verdict.PASSED),
        ("sys.exit(text != 'value = 1\\n')", Verdict.FAILED),
        ("sys.exit(1)", Verdict.FAILED_BEFORE),
    ],
    ids=["good with the edit", "good without it", "never good"],
)
async def test_the_edit_is_tried_and_what_fails_is_tried_without_it(
    root: Path, code: str, expected: Verdict
) -> None:
    trial = await tried(python(READ + code, "{file}"), files(root))
    assert trial.verdict is expected
    assert trial.said == ("" if expected is Verdict.PASSED else "value = 2")
    assert (root / "lib" / "a.py").read_text() == BEFORE


async def test_a_new_file_is_not_there_without_the_edit(root: Path) -> None:
    code = "import os, sys; sys.exit(os.path.exists(sys.argv[1]))"
    new = Files(root=root, path="tests/test_a.py", before=None, after="", opened={})
    trial = await tried(python(code, "{file}"), new)
    assert trial.verdict is Verdict.FAILED


async def test_the_copy_has_what_a_checker_needs_and_no_secret(root: Path) -> None:
    code = "import os; print(*sorted(os.listdir())); raise SystemExit(1)"
    trial = await tried(python(code), files(root))
    names = ".flake8 .gitignore lib other.py pyproject.toml"
    assert trial == Trial(Verdict.FAILED_BEFORE, names)


async def test_open_documents_count_in_place_of_their_files(root: Path) -> None:
    code = "import sys; sys.exit(open('other.py').read() != 'typed')"
    trial = await tried(python(code), files(root, other_py="typed"))
    assert trial.verdict is Verdict.PASSED


async def test_what_the_command_writes_is_written_in_the_copy(root: Path) -> None:
    code = "open('other.py', 'w').write('!'); open('new.py', 'w')"
    assert (await tried(python(code), files(root))).verdict is Verdict.PASSED
    assert (root / "other.py").read_text() == "other = 1\n"
    assert not (root / "new.py").exists()
    assert copies() == []


async def test_no_shell_reads_the_command(root: Path) -> None:
    code = "import sys; sys.exit(sys.argv[1:] != ['$HOME; ls', sys.argv[2]])"
    check = python(code, "$HOME; ls", "{root}")
    assert (await tried(check, files(root))).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CODELLAMA_API_KEY", False),
        ("GITHUB_TOKEN", False),
        ("AWS_SECRET_ACCESS_KEY", False),
        ("SSH_AUTH_SOCK", False),
        ("VIRTUAL_ENV", True),
        ("TMPDIR", True),
        ("LC_ALL", True),
    ],
)
async def test_of_its_environment_it_has_what_tools_need_and_no_keys(
    root: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, expected: bool
) -> None:
    monkeypatch.setenv(name, str(root.parent))
    code = "import os, sys; sys.exit(sys.argv[1] not in os.environ)"
    trial = await tried(python(code, name), files(root))
    assert (trial.verdict is Verdict.PASSED) is expected


async def test_a_command_that_is_not_there_is_told(root: Path) -> None:
    check = Check(command=("no-such-command-of-mine",), timeout_s=5)
    trial = await tried(check, files(root))
    assert told(check, trial) == (
        "no-such-command-of-mine: not run, No such file or directory"
    )


@pytest.mark.parametrize(("most_bytes", "most_files"), [(10, 100), (10_000, 2)])
async def test_a_repository_that_is_too_large_is_not_copied(
    root: Path, most_bytes: int, most_files: int
) -> None:
    trial = await tried(
        python(""), files(root), most_bytes=most_bytes, most_files=most_files
    )
    assert trial == Trial(Verdict.NOT_RUN, "the repository is too large to be copied")
    assert copies() == []


async def test_what_nobody_would_copy_is_not_looked_at_without_end(
    root: Path,
) -> None:
    for number in range(20):
        (root / f"ignored{number}.py").write_text("")
    (root / ".gitignore").write_text("ignored*\n")
    assert (await tried(python(""), files(root))).verdict is Verdict.PASSED
    trial = await tried(python(""), files(root), most_files=5)
    assert trial == Trial(Verdict.NOT_RUN, "the repository is too large to be copied")


async def test_a_copy_that_is_being_made_is_given_up_and_not_waited_for(
    root: Path,
) -> None:
    os.mkfifo(root / "pipe.txt")
    for number in range(2_000):
        (root / f"f{number}.py").write_text("x = 1\n")
    task = asyncio.create_task(tried(python(""), files(root)))
    async with asyncio.timeout(30):
        while not copies():  # noqa: ASYNC110 - a folder
            await asyncio.sleep(0)
    (name,) = copies()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(30):
        while copies():  # noqa: ASYNC110 - a folder
            await asyncio.sleep(0.01)
    assert name.startswith(f"codellama-check-{os.getpid()}-")


async def test_copies_of_processes_that_ended_are_removed(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await process.wait()
    ours, theirs = f"codellama-check-{os.getpid()}-a", "codellama-check-x-a"
    left = f"codellama-check-{process.pid}-a"
    for name in (ours, theirs, left):
        (tmp_path / name / "lib").mkdir(parents=True)
    (tmp_path / "file").write_text("")
    link = tmp_path / f"codellama-check-{process.pid}-b"
    link.symlink_to(tmp_path / ours)
    sweep(tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(
        [ours, theirs, "file", link.name]
    )
    assert (tmp_path / ours / "lib").is_dir()


FORKS = """\
import os, sys, time
if not os.fork():
    time.sleep(600)
open(sys.argv[1], "w").write(f"{os.getpgrp()}")
"""


async def group(marker: Path) -> int:
    """Return the process group that the command has written down."""
    async with asyncio.timeout(30):
        while not marker.exists() or not marker.read_text():  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.01)
    return int(marker.read_text())


def lives(leader: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, 0)
        return True
    return False


async def gone(leader: int) -> bool:
    """Wait until nothing of the group is left: its orphans are reaped by others."""
    async with asyncio.timeout(30):
        while lives(leader):  # noqa: ASYNC110 - not our child
            await asyncio.sleep(0.01)
    return True


async def test_what_a_command_leaves_running_is_ended(root: Path) -> None:
    marker = root.parent / "group"
    trial = await tried(python(FORKS, str(marker)), files(root))
    assert trial.verdict is Verdict.PASSED
    assert await gone(await group(marker))


async def test_a_command_that_takes_too_long_is_ended_with_all_it_started(
    root: Path,
) -> None:
    marker = root.parent / "group"
    check = python(FORKS + "time.sleep(600)", str(marker), timeout_s=1.5)
    trial = await tried(check, files(root))
    assert told(check, trial) == (f"{sys.executable}: did not end within 1.5 seconds")
    assert await gone(await group(marker))
    assert copies() == []


async def test_cancelled_it_ends_the_command_and_removes_the_copy(root: Path) -> None:
    marker = root.parent / "group"
    check = python(FORKS + "time.sleep(600)", str(marker))
    task = asyncio.create_task(tried(check, files(root)))
    leader = await group(marker)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await gone(leader)
    assert copies() == []
