"""``.gitignore`` is read as git reads it: held against ``git check-ignore``."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.files.ignore import ignored, outer_rules, read_rules, rules_of

Tree = Mapping[str, str]


def ours(root: Path, paths: list[str]) -> set[str]:
    """Go down level by level, as the walk does, and return the ignored paths."""
    return {path for path in paths if _is_ignored(root, path)}


def _is_ignored(root: Path, path: str) -> bool:
    chain, outer = outer_rules(root)
    parts = path.split("/")
    for depth, part in enumerate(parts):
        base = "".join(one + "/" for one in parts[:depth])
        chain = read_rules(root / base / ".gitignore", len(outer) + len(base)) + chain
        end = "/" if depth < len(parts) - 1 else ""
        if ignored(chain, outer + base + part + end, part + end):
            return True
    return False


def gits(root: Path, paths: list[str]) -> set[str]:
    if not paths:
        return set()
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=root,
        input=b"\0".join(map(os.fsencode, paths)) + b"\0",
        capture_output=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return {os.fsdecode(one) for one in done.stdout.split(b"\0") if one}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return fresh(tmp_path, monkeypatch)


def fresh(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = folder / "repository"
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


def planted(root: Path, files: Tree) -> list[str]:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return [path for path in files if not path.endswith(".gitignore")]


FILES = (
    "a",
    "b/a",
    "b/c/a",
    "b/c/d.py",
    "d.py",
    "x.d/d.py",
    "x.d/y.d",
    "b/x.d",
    "é",
    "b c",
)

PATTERNS = {
    "a name, anywhere": "a\n",
    "a name at the top": "/a\n",
    "a folder": "b/\n",
    "a name that is a file is no folder": "a/\n",
    "a path is held to the top": "b/a\n",
    "any depth": "**/c/a\n",
    "any depth in between": "b/**/a\n",
    "all below": "b/**\n",
    "folders below, not the folder": "b/**/\n",
    "three stars are two": "***/a\n",
    "all below but one, whose folder is out": "b/**\n!b/c/a\n",
    "all below but one": "b/*\n!b/c/\n",
    "a file below an ignored folder stays ignored": "b/\n!b/a\n",
    "the last line wins": "!a\na\n!b/a\n",
    "a folder taken back does not take back its files": "*.d\n!x.d/\n",
    "stars stay in a folder": "b/*/a\n*.py\n!/*.py\n",
    "a question mark is one character": "?.py\n",
    "sets": "[a-c]\n[!a-c].py\n",
    "escapes": "\\a\nb\\ c\n",
    "blanks at the end": "a  \n",
    "an escaped blank at the end": "a\\ \n",
    "comments and an escaped #": "#a\n\\#a\na # not a comment\n",
    "line ends of Windows": "a\r\nb/c\r\n",
    "a byte order mark": "\ufeffa\n",
    "no line end at the end": "d.py",
    "what git cannot read matches nothing": "!\n\\\n[\n/\n//\na[\n",
    "not only ASCII": "é\n",
    "everything but": "*\n!*/\n!*.py\n",
    "everything but one folder": "/*\n!/b\n/b/*\n!/b/c\n",
}


@pytest.mark.parametrize("text", PATTERNS.values(), ids=PATTERNS.keys())
def test_patterns_mean_what_git_says(repository: Path, text: str) -> None:
    paths = planted(repository, {".gitignore": text} | dict.fromkeys(FILES, ""))
    assert ours(repository, paths) == gits(repository, paths)


TREES: Mapping[str, Tree] = {
    "a deeper file adds": {"b/.gitignore": "/c\n"},
    "a deeper file takes back": {".gitignore": "a\n", "b/.gitignore": "!a\n"},
    "but not in an ignored folder": {".gitignore": "b\n", "b/.gitignore": "!a\n"},
    "a deeper file is held to its folder": {
        "b/.gitignore": "/a\n",
        "b/c/.gitignore": "d.py",
    },
    "info/exclude": {".git/info/exclude": "*.py\n"},
    ".gitignore is stronger than info/exclude": {
        ".git/info/exclude": "*.py\na\n",
        ".gitignore": "!d.py\n",
    },
    "the user's excludes": {"../config/git/ignore": "*.py\n"},
    "info/exclude is stronger than the user's": {
        "../config/git/ignore": "*.py\na\n",
        ".git/info/exclude": "!d.py\n",
    },
}


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES.keys())
def test_nested_files_have_gits_order(repository: Path, tree: Tree) -> None:
    planted(repository, tree)
    paths = planted(repository, dict.fromkeys(FILES, ""))
    expected = gits(repository, paths)
    assert expected
    assert ours(repository, paths) == expected


def test_rules_above_a_workspace_folder_hold(repository: Path) -> None:
    paths = planted(
        repository, {".gitignore": "/b/c/a\n*.d\n!x.d"} | dict.fromkeys(FILES, "")
    )
    assert gits(repository, paths) >= {"b/c/a"}
    inner = [path.removeprefix("b/") for path in paths if path.startswith("b/")]
    assert ours(repository / "b", inner) == gits(repository / "b", inner)


def test_worktree_has_the_repositorys_excludes(repository: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(
        [*git, "commit", "-q", "--allow-empty", "-m", "x"], cwd=repository, check=True
    )
    subprocess.run(
        [*git, "worktree", "add", "-q", "../other"], cwd=repository, check=True
    )
    (repository / ".git/info/exclude").write_text("a\n")
    other = repository.parent / "other"
    assert (
        ours(other, ["a", "b/a", "d.py"])
        == gits(other, ["a", "b/a", "d.py"])
        == {"a", "b/a"}
    )


def test_a_linked_gitignore_is_not_followed(repository: Path) -> None:
    paths = planted(repository, {"patterns": "*\n"} | dict.fromkeys(FILES, ""))
    (repository / ".gitignore").symlink_to("patterns")
    assert ours(repository, paths) == set()


PARTS = st.sampled_from(["a", "b", "ab", "x.d", "d.py"])
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
PIECES = ["a", "b", "x", "d", ".", "*", "?", "[ab]", "[!a]", "[^x]", "\\a"]
COMPONENTS = st.one_of(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join),
    st.sampled_from(["**", "***", "a", "b"]),
)
"""Two stars stand alone: after a letter (``a**/b``) git matches more than it documents."""


@st.composite
def patterns(draw: st.DrawFn) -> str:
    body = "/".join(draw(st.lists(COMPONENTS, min_size=1, max_size=3)))
    return (
        draw(st.sampled_from(["", "", "!"]))
        + draw(st.sampled_from(["", "", "/"]))
        + body
        + draw(st.sampled_from(["", "", "/"]))
    )


LINES = patterns()


@pytest.mark.filterwarnings("error")
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    top=st.lists(LINES, max_size=5),
    inner=st.lists(LINES, max_size=2),
    paths=st.sets(PATHS, min_size=1, max_size=12),
)
def test_any_patterns_mean_what_git_says(
    repository: Path, top: list[str], inner: list[str], paths: set[str]
) -> None:
    files = sorted(p for p in paths if not any(o.startswith(p + "/") for o in paths))
    tree = {".gitignore": "\n".join(top), "a/.gitignore": "\n".join(inner)}
    if "a" in files:
        files.remove("a")
    listed = planted(repository, tree | dict.fromkeys(files, ""))
    try:
        assert ours(repository, listed) == gits(repository, listed)
    finally:
        _emptied(repository)


def _emptied(root: Path) -> None:
    for folder, _, names in os.walk(root, topdown=False):
        if ".git" in Path(folder).relative_to(root).parts:
            continue
        for name in names:
            (Path(folder) / name).unlink()
        if Path(folder) != root and not any(Path(folder).iterdir()):
            Path(folder).rmdir()


@pytest.mark.parametrize(
    "pattern", ["*a" * 40 + "b", "**/a/" * 30 + "b", "*a*" * 30 + "[!a]"]
)
def test_hostile_patterns_cost_no_time(pattern: str) -> None:
    rules = rules_of(pattern)
    name = "a" * 250
    path = "a/" * 60 + name
    assert not ignored((rules,), path, name)
