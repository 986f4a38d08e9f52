from pathlib import Path

import pytest

from lsp_server.context.rules import allowed, excluded, root_for


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


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.py", False),
        ("new.py", False),
        ("ignored.py", True),
        ("out/new.py", True),
        ("out/cells.ipynb#W0", True),
        ("mine.py", True),
        ("deep/mine.py", True),
        (".env", True),
        (".github/hidden.yml", False),
        ("node_modules/vendored.js", False),
        ("cells.ipynb#W0", False),
    ],
)
def test_nothing_is_completed_where_somebodys_rules_say_so(
    tmp_path: Path, path: str, *, expected: bool
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("ignored.py\nout/\n")
    (tmp_path / ".codellamaignore").write_text("mine.py\n")
    assert excluded(tmp_path / path, []) is expected


def test_a_lone_file_is_excluded_for_its_secrets_only(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("a.py\n")
    assert not excluded(tmp_path / "a.py", [])
    assert excluded(tmp_path / ".env", [])
