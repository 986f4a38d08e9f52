"""The repository of a file, and the folders that are never indexed."""

import os
import tempfile
from pathlib import Path

import pytest

from retrieval.files.roots import git_folder
from retrieval.files.walk import refusal, repository_of


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home" / "me"
    folder.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    return folder


def planted(home: Path, *marks: str) -> None:
    for mark in marks:
        path = home / mark
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


CASES = {
    "the nearest .git": (["a/.git", "a/b/.git"], "a/b/c/x.py", "a/b"),
    "a .git above a project's mark": (["a/.git", "a/b/package.json"], "a/b/x.js", "a"),
    "mercurial": (["a/.hg"], "a/b/x.py", "a"),
    "subversion": (["a/.svn"], "a/b/x.py", "a"),
    "jujutsu": (["a/.jj"], "a/b/x.py", "a"),
    "a project": (["a/pyproject.toml"], "a/b/x.py", "a"),
    "the nearest project": (["a/pom.xml", "a/b/pom.xml"], "a/b/c/X.java", "a/b"),
    "a solution": (["a/Acme.sln"], "a/b/X.cs", "a"),
    "a lone file": ([], "a/x.py", None),
    "home is under version control, as dotfiles are": ([".git"], "a/x.py", None),
    "a project in a home under version control": (
        [".git", "a/go.mod"],
        "a/b/x.go",
        "a",
    ),
    "a file that is not there yet": (["a/.git"], "a/new/folder/x.py", "a"),
    "the folder itself": (["a/.git"], "a", "a"),
}


@pytest.mark.parametrize(
    ("marks", "path", "expected"), CASES.values(), ids=CASES.keys()
)
def test_repository_is_the_nearest(
    home: Path, marks: list[str], path: str, expected: str | None
) -> None:
    planted(home, *marks)
    assert repository_of(home / path) == (home / expected if expected else None)


def test_dots_in_a_path_are_followed(home: Path) -> None:
    planted(home, "a/.git", "b/.git")
    assert repository_of(home / "a" / ".." / "b" / "x.py") == home / "b"


def test_some_folders_are_refused_with_a_reason(home: Path) -> None:
    assert "home folder" in (refusal(home) or "")
    assert "contains your home" in (refusal(home.parent) or "")
    assert "whole drive" in (refusal(Path("/")) or "")
    assert "temporary" in (refusal(Path(tempfile.gettempdir())) or "")
    assert "operating system" in (refusal(Path("/proc/self")) or "")


def test_a_link_to_home_is_home(home: Path) -> None:
    link = home.parent / "link"
    link.symlink_to(home)
    assert refusal(link)


def test_other_folders_are_not_refused(home: Path) -> None:
    assert refusal(home / "a") is None
    assert refusal(Path("/devices")) is None


MARKS = {
    "absolute": (
        b"gitdir: /elsewhere/.git/worktrees/x\n",
        "/elsewhere/.git/worktrees/x",
    ),
    "relative": (b"gitdir: ../main/.git\n", "../main/.git"),
    "NUL": (b"gitdir: a\0b", None),
    "noise": (b"\xff\xfe", None),
    "long": (b"gitdir: " + b"a" * 10_000, None),
}


@pytest.mark.parametrize(("text", "expected"), MARKS.values(), ids=MARKS)
def test_a_mark_leads_to_gits_folder_or_nowhere(
    home: Path, text: bytes, expected: str | None
) -> None:
    folder = home / "a"
    folder.mkdir()
    (folder / ".git").write_bytes(text)
    found = git_folder(folder / "deep")
    assert found == (None if expected is None else folder / expected)


def test_gits_folder_is_above_and_a_pipe_is_none(home: Path) -> None:
    (home / "a/.git").mkdir(parents=True)
    assert git_folder(home / "a/b/c") == home / "a/.git"
    planted(home, "a/file")
    assert git_folder(home / "a/file") == home / "a/.git"
    (home / "p").mkdir()
    os.mkfifo(home / "p/.git")
    assert git_folder(home / "p") is None
