from pathlib import Path

import pytest

from lsp_server.context.repository import Repository
from retrieval.files.roots import git_folder


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
