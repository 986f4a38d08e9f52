from pathlib import Path

import pytest

from lsp_server.context.repository import Repository, allowed, root_for
from retrieval.files.roots import git_folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Make a repository with a submodule, a folder that is none, and a project's file."""
    for folder in ("repo/.git", "repo/pkg", "repo/sub/.git", "plain/deep", "repo/js"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "repo/js/package.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "folders", "root"),
    [
        ("repo/pkg/a.py", (), "repo"),
        ("plain/a.py", (), None),
        ("repo/pkg/a.py", ("repo/pkg",), "repo/pkg"),
        ("repo/pkg/a.py", ("repo", "repo/pkg"), "repo/pkg"),
        ("repo/sub/a.py", ("repo",), "repo/sub"),
        ("repo/js/a.js", ("repo",), "repo"),
        ("plain/deep/a.py", ("plain",), "plain"),
        ("repo/a.py", ("plain",), "repo"),
    ],
)
def test_a_file_is_of_the_workspaces_folder_or_of_its_own_repository(
    tree: Path, path: str, folders: tuple[str, ...], root: str | None
) -> None:
    found = root_for(tree / path, [tree / folder for folder in folders])
    assert found == (None if root is None else tree / root)


def test_the_home_folder_is_no_root_even_as_a_workspace(home: Path) -> None:
    home.mkdir(exist_ok=True)
    assert root_for(home / "a.py", [home]) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.py", True),
        ("new.py", True),
        ("cells.ipynb#W0", True),
        ("out/cells.ipynb#W0", False),
        (".cells.ipynb#W0", False),
        (".ssh/new", False),
        (".env", False),
        (".env.new", False),
        ("ignored.py", False),
        ("../outside.py", False),
    ],
)
def test_a_document_is_shown_where_its_file_might_be(
    tmp_path: Path, path: str, *, expected: bool
) -> None:
    for name in ("a.py", ".env", "ignored.py", ".cells.ipynb"):
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / ".gitignore").write_text("ignored.py\nout/\n")
    (tmp_path / "out").mkdir()
    assert allowed(tmp_path, path) is expected


def test_the_state_of_a_linked_working_tree_is_where_its_file_says(
    tmp_path: Path,
) -> None:
    state = tmp_path / "main" / ".git" / "worktrees" / "other"
    state.mkdir(parents=True)
    for name, written in (
        ("absolute", state),
        ("relative", "../main/.git/worktrees/other"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".git").write_text(f"gitdir: {written}\n")
        found = git_folder(tmp_path / name / "deep")
        assert found is not None
        assert found.resolve() == state
    assert git_folder(tmp_path / "main" / "pkg") == tmp_path / "main" / ".git"
    assert git_folder(tmp_path) is None


@pytest.mark.parametrize("named", ["gitdir: a\0b", "gitdir:", "", "\0"])
def test_a_git_file_that_names_nothing_is_no_fault(tmp_path: Path, named: str) -> None:
    (tmp_path / ".git").write_text(named)
    repository = Repository(tmp_path, tmp_path / "cache", print)
    repository.look_at_branch()
    repository.close()
