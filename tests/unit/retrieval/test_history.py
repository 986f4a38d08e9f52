"""Real repositories in temporary folders, some of them hostile."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

import pytest

from retrieval.history import Asked, co_changed


def git(root: Path, *arguments: str, **environment: str) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "n"), ("EMAIL", "n@example.com"))
    }
    apart = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *arguments],
        cwd=root,
        env=clean | who | apart | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def commit(root: Path, *paths: str) -> None:
    """Change these files, and nothing else, in one commit."""
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as lines:
            lines.write("line\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "change")


def repository(root: Path, *commits: tuple[str, ...]) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "first")
    for paths in commits:
        commit(root, *paths)
    return root


def partners(root: Path, path: str) -> list[str]:
    return list(co_changed(root).changed_with(path))


def test_files_that_changed_together_most_often_come_first(tmp_path: Path) -> None:
    root = repository(
        tmp_path,
        ("a", "b"),
        ("a", "c"),
        ("a", "b"),
        ("b", "d"),
        ("e",),
        ("a", "sub/é ü.py"),
    )
    history = co_changed(root)
    assert list(history.changed_with("a")) == ["b", "sub/é ü.py", "c"]
    assert "e" not in history.partners
    assert history.changed_with("never") == {}
    weights = [w for of in history.partners.values() for w in of.values()]
    assert all(0 < weight < 1 for weight in weights)


def test_newer_commits_count_more(tmp_path: Path) -> None:
    root = repository(tmp_path, ("a", "before"), ("x",), ("x",), ("a", "later"))
    assert partners(root, "a") == ["later", "before"]


def test_a_commit_of_few_files_counts_more(tmp_path: Path) -> None:
    root = repository(tmp_path, ("a", "one"), ("a", "p", "q", "r", "s"))
    assert partners(root, "a")[0] == "one"


def test_a_habit_weighs_more_than_one_coincidence(tmp_path: Path) -> None:
    root = repository(tmp_path, ("a", "b"), ("a", "b"), ("a", "b"), ("x", "y"))
    history = co_changed(root)
    assert history.changed_with("a")["b"] > history.changed_with("x")["y"]


@pytest.mark.parametrize(("number", "expected"), [(30, 29), (31, 0)])
def test_a_crowd_tells_nothing(tmp_path: Path, number: int, expected: int) -> None:
    root = repository(tmp_path, tuple(f"f{n}" for n in range(number)))
    assert len(partners(root, "f0")) == expected


def test_only_the_strongest_are_kept(tmp_path: Path) -> None:
    twice = tuple(f"f{n}" for n in range(20))
    root = repository(
        tmp_path, ("a", *twice), ("a", *twice), ("a", *(f"g{n}" for n in range(20)))
    )
    found = partners(root, "a")
    assert len(found) == 32
    assert set(found[:20]) == set(twice)


def test_merges_and_imports_tell_nothing(tmp_path: Path) -> None:
    root = repository(tmp_path)
    git(root, "checkout", "--quiet", "--orphan", "imported")
    commit(root, "a", "b")
    git(root, "checkout", "--quiet", "main")
    git(root, "merge", "--quiet", "--allow-unrelated-histories", "-m", "m", "imported")
    assert partners(root, "a") == []


def test_deleted_files_are_no_partners(tmp_path: Path) -> None:
    root = repository(tmp_path, ("a",), ("b",))
    (root / "b").unlink()
    commit(root, "a", "c")
    assert partners(root, "a") == ["c"]


def test_a_folder_of_a_repository_has_its_own_paths(tmp_path: Path) -> None:
    root = repository(tmp_path, ("sub/a", "sub/b", "out"), ("out", "other/x"))
    assert co_changed(root / "sub").partners.keys() == {"a", "b"}
    assert partners(root / "sub", "a") == ["b"]


def test_names_that_are_not_utf8_are_left_out(tmp_path: Path) -> None:
    root = repository(tmp_path, ("a", os.fsdecode(b"caf\xe9"), "line\nend", "b"))
    assert partners(root, "a") == ["b", "line\nend"]


def test_a_shallow_clone_knows_nothing(tmp_path: Path) -> None:
    origin = repository(tmp_path / "origin", ("a", "b"), ("a", "b"))
    git(tmp_path, "clone", "--quiet", "--depth=1", origin.as_uri(), "clone")
    assert co_changed(tmp_path / "clone").partners == {}


def test_a_worktree_has_the_history_of_its_repository(tmp_path: Path) -> None:
    root = repository(tmp_path / "main", ("a", "b"))
    git(root, "worktree", "add", "--quiet", str(tmp_path / "tree"))
    assert partners(tmp_path / "tree", "a") == ["b"]


def test_the_environment_cannot_lead_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(tmp_path / "this", ("a", "b"))
    other = repository(tmp_path / "other", ("a", "c"))
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert partners(root, "a") == ["b"]


def test_nothing_there_is_an_empty_history(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "--quiet")
    broken = repository(tmp_path / "broken", ("a", "b"))
    shutil.rmtree(broken / ".git/objects")
    file = tmp_path / "file"
    file.touch()
    for root in (empty, broken, file, tmp_path / "missing"):
        assert co_changed(root).partners == {}


def test_what_stands_before_a_broken_commit_counts(tmp_path: Path) -> None:
    root = repository(tmp_path, ("x", "y"), ("a", "b"))
    lost = git(root, "rev-parse", "HEAD~2").strip()
    (root / ".git/objects" / lost[:2] / lost[2:]).unlink()
    assert partners(root, "a") == ["b"]


def test_without_git_there_is_no_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(tmp_path, ("a", "b"))
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert co_changed(root).partners == {}


def test_a_git_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bin/git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexec sleep 1000\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    assert co_changed(tmp_path, timeout_s=0.2).partners == {}


def test_a_git_in_the_folder_itself_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(tmp_path / "r", ("a", "b"))
    trap = root / "git"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path / 'sprung'}'\n")
    trap.chmod(0o755)
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    assert partners(root, "a") == ["b"]
    assert not (tmp_path / "sprung").exists()


def test_what_is_asked_of_git_ends_from_another_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = tmp_path / "begun"
    fake = tmp_path / "bin/git"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\n: > '{begun}'\nexec sleep 1000\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    asked = Asked()
    thread = Thread(
        target=co_changed, args=(tmp_path,), kwargs={"timeout_s": 600.0, "asked": asked}
    )
    thread.start()
    while not begun.exists():
        thread.join(0.01)
    asked.end()
    thread.join(60)
    assert not thread.is_alive()
    assert co_changed(tmp_path, timeout_s=600, asked=asked).partners == {}


def hostile(folder: Path) -> Mapping[str, str]:
    """Configuration that names a program wherever git takes one."""
    program = folder / "trap"
    program.write_text(f"#!/bin/sh\necho $0 $* >> '{folder / 'sprung'}'\n")
    program.chmod(0o755)
    run = str(program)
    names = (
        "alias.log core.alternateRefsCommand core.askPass core.editor core.fsmonitor "
        "core.gitProxy core.pager core.sshCommand credential.helper diff.external "
        "diff.trap.command diff.trap.textconv filter.trap.clean filter.trap.smudge "
        "gpg.openpgp.program gpg.program gpg.ssh.program gpg.x509.program pager.log "
        "remote.o.uploadpack"
    )
    return {
        **dict.fromkeys(names.split(), run),
        "core.hooksPath": str(folder),
        "diff.orderFile": str(folder / "missing"),
        "extensions.partialClone": "o",
        "log.follow": "true",
        "log.showSignature": "true",
        "protocol.ext.allow": "always",
        "remote.o.promisor": "true",
        "remote.o.url": f"ext::{run} %S",
    }


def test_nothing_that_the_repository_names_is_run(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", ("a", "b"), ("a", "b"))
    (root / ".git/info/attributes").write_text("* diff=trap filter=trap\n")
    signed = git(root, "cat-file", "commit", "HEAD").replace(
        "\n\n",
        "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n"
        " -----END PGP SIGNATURE-----\n\n",
        1,
    )
    object_file = tmp_path / "signed"
    object_file.write_text(signed)
    name = git(root, "hash-object", "-w", "-t", "commit", str(object_file)).strip()
    git(root, "update-ref", "HEAD", name)
    blob = git(root, "rev-parse", "HEAD:a").strip()
    git(root, "config", "core.repositoryFormatVersion", "1")
    for key, value in hostile(tmp_path).items():
        git(root, "config", key, value)

    assert partners(root, "a") == ["b"]
    tree = git(root, "rev-parse", "HEAD~1^{tree}").strip()
    for lost in (blob, tree):
        (root / ".git/objects" / lost[:2] / lost[2:]).unlink()
    co_changed(root)
    assert not (tmp_path / "sprung").exists()

    git(root, "log", "-1", "--show-signature")  # the trap does work
    assert (tmp_path / "sprung").exists()


def test_a_folder_that_looks_like_a_bare_repository_has_no_say(tmp_path: Path) -> None:
    bare = tmp_path / "fixtures/bare"
    bare.mkdir(parents=True)
    source = repository(tmp_path / "source", ("a", "b"))
    git(bare, "clone", "--quiet", "--bare", str(source), ".")
    assert co_changed(bare).partners == {}
