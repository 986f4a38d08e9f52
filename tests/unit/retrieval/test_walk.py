"""Which files are taken, and why the others are not; what is read of them."""

import os
import socket
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

import pytest

from retrieval.files.walk import (
    LIMIT,
    Found,
    Read,
    Reason,
    Skipped,
    configuration,
    read,
    taken,
    walk,
)


@pytest.fixture(autouse=True)
def nobodys_excludes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / ".git").mkdir(parents=True)
    return folder


def planted(root: Path, files: Mapping[str, str | bytes]) -> None:
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def verdicts(root: Path) -> dict[str, str]:
    return {one.path: verdict(one) for one in walk(root)}


def verdict(one: Found | Skipped) -> str:
    return "found" if isinstance(one, Found) else one.reason.value


NAMED = {
    "a.py": "found",
    "src/b.ts": "found",
    "run": "found",
    "build/tool.py": "found",
    "lib/coverage/x.py": "found",
    ".env": "secret",
    "server.key": "secret",
    ".hidden.py": "hidden",
    "a.json": "data",
    "README.md": "data",
    "logo.PNG": "data",
    "a.unknown": "language",
    "a_pb2.py": "generated",
    "Form.Designer.cs": "generated",
    "jquery.min.js": "minified",
    "with\nnewline.py": "name",
    "with\u202ebidi.py": "name",
}


@pytest.mark.parametrize(("path", "expected"), NAMED.items(), ids=map(ascii, NAMED))
def test_names_decide(root: Path, path: str, expected: str) -> None:
    planted(root, {path: "x\n"})
    assert list(verdicts(root).values()).count(expected) >= 1
    assert verdict(taken(root, path)) == expected


FOLDERS: Mapping[str, tuple[dict[str, str], str]] = {
    "hidden": ({".github/a.py": ""}, ".github/"),
    "vendored": ({"a/node_modules/x/a.js": ""}, "a/node_modules/"),
    "generated": ({"__pycache__/a.py": ""}, "__pycache__/"),
    "generated: an environment of any name": ({"e/pyvenv.cfg": "", "e/a.py": ""}, "e/"),
    "generated: beside its build": ({"Cargo.toml": "", "target/a.rs": ""}, "target/"),
    "generated: beside gradle": (
        {"b/build.gradle": "", "b/build/A.java": ""},
        "b/build/",
    ),
    "repository: a clone": ({"c/.git/HEAD": "", "c/a.py": ""}, "c/"),
    "repository: a submodule": ({"m/.git": "gitdir: ../x", "m/a.py": ""}, "m/"),
    "ignored": ({".gitignore": "out/\n!out/a.py", "out/a.py": ""}, "out/"),
    "ignored by our own file": ({".codellamaignore": "old", "old/a.py": ""}, "old/"),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_folders_are_skipped_whole(root: Path, case: str) -> None:
    files, folder = FOLDERS[case]
    planted(root, files)
    reason = case.partition(":")[0].split()[0]
    assert verdicts(root)[folder] == reason
    inside = next(path for path in files if path.startswith(folder) and path[-1] != "t")
    one = taken(root, inside)
    assert isinstance(one, Skipped)
    assert (one.path, one.reason.value) == (folder, reason)


def test_own_ignore_file_only_excludes_more(root: Path) -> None:
    planted(
        root,
        {
            ".gitignore": "a.py\n",
            ".codellamaignore": "!a.py\n/p/*\n!/p/keep.py\n",
            "p/.codellamaignore": "late.py\n",
            **dict.fromkeys(["a.py", "b.py", "p/keep.py", "p/x.py", "p/late.py"], ""),
        },
    )
    got = verdicts(root)
    assert {path for path, why in got.items() if why == "found"} == {
        "b.py",
        "p/keep.py",
    }
    for path in ("a.py", "b.py", "p/keep.py", "p/x.py", "p/late.py"):
        assert verdict(taken(root, path)) == got[path]


def test_order_is_files_first_by_name(root: Path) -> None:
    planted(root, dict.fromkeys(["b/z.py", "b/a/x.py", "a/x.py", "c.py", "a.py"], ""))
    paths = [one.path for one in walk(root) if isinstance(one, Found)]
    assert paths == ["a.py", "c.py", "a/x.py", "b/z.py", "b/a/x.py"]


def test_size_and_time_are_the_files(root: Path) -> None:
    planted(root, {"a.py": "x = 1\n"})
    status = (root / "a.py").stat()
    expected = Found(path="a.py", size=6, mtime_ns=status.st_mtime_ns)
    assert taken(root, "a.py") == expected
    assert expected in list(walk(root))


def test_a_huge_file_is_told_by_its_size(root: Path) -> None:
    with (root / "huge.py").open("wb") as file:
        file.truncate(50_000_000)
    assert verdicts(root)["huge.py"] == "too_large"
    assert verdict(taken(root, "huge.py")) == "too_large"
    got = read(root, "huge.py")
    assert isinstance(got, Skipped)
    assert got.reason is Reason.TOO_LARGE


def test_links_are_not_followed(root: Path) -> None:
    planted(root, {"a.py": "", "d/b.py": "", "../outside/c.py": "c = 1\n"})
    (root / "inside.py").symlink_to("a.py")
    (root / "outside.py").symlink_to("../outside/c.py")
    (root / "away").symlink_to("../outside")
    (root / "d" / "loop").symlink_to("..")
    (root / "gone.py").symlink_to("nowhere")
    got = verdicts(root)
    links = ["inside.py", "outside.py", "away", "d/loop", "gone.py"]
    assert [got.pop(link) for link in links] == ["link"] * 5
    assert {path for path, why in got.items() if why == "found"} == {"a.py", "d/b.py"}
    for path in ("inside.py", "outside.py", "away/c.py", "d/loop/a.py"):
        assert verdict(taken(root, path)) == "link"
        assert isinstance(read(root, path), Skipped)


def test_pipes_and_sockets_are_not_opened(root: Path) -> None:
    os.mkfifo(root / "pipe.py")
    os.mkfifo(root / ".gitignore")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(root / "socket.py"))
        got = verdicts(root)
    assert (got["pipe.py"], got["socket.py"]) == ("special", "special")
    assert verdict(taken(root, "pipe.py")) == "special"
    assert isinstance(read(root, "pipe.py"), Skipped)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_read_is_skipped(root: Path) -> None:
    planted(root, {"a.py": "", "d/b.py": ""})
    (root / "a.py").chmod(0)
    (root / "d").chmod(0)
    try:
        assert verdicts(root)["d/"] == "unreadable"
        assert verdict(taken(root, "d/b.py")) == "unreadable"
        got = read(root, "a.py")
    finally:
        (root / "d").chmod(0o700)
    assert isinstance(got, Skipped)
    assert got.reason is Reason.UNREADABLE


def test_a_root_that_is_gone_is_unreadable(root: Path) -> None:
    assert verdicts(root / "nowhere") == {"": "unreadable"}


def test_names_that_are_not_utf8_are_told_in_ascii(root: Path) -> None:
    try:
        (Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.py"))).touch()
    except OSError:
        pytest.skip("this file system wants UTF-8")
    assert verdicts(root)["caf\\udce9.py"] == "name"


@pytest.mark.parametrize(
    "path",
    ["../a.py", "/etc/passwd", "a/../../b.py", "", "a//b.py", "./a.py", "a\0.py"],
)
def test_ways_out_of_the_root_are_refused(root: Path, path: str) -> None:
    for got in (taken(root, path), read(root, path)):
        assert isinstance(got, Skipped)
        assert got.reason is Reason.OUTSIDE


def test_what_is_gone_is_gone(root: Path) -> None:
    for got in (taken(root, "a.py"), read(root, "a.py"), read(root, "b/a.py")):
        assert isinstance(got, Skipped)
        assert got.reason is Reason.GONE


ABSENT = {
    "a.py": "gone",
    "new/deep/a.py": "gone",
    "ignored.py": "ignored",
    "own.py": "ignored",
    "out/new/a.py": "ignored",
    ".hidden.py": "hidden",
    "new/.git/config.py": "hidden",
    "new/node_modules/a.js": "vendored",
    "__pycache__/a.py": "generated",
    "a_pb2.py": "generated",
    ".env": "secret",
    "new/server.key": "secret",
    "data.csv": "data",
}


@pytest.mark.parametrize(("path", "expected"), ABSENT.items(), ids=ABSENT)
def test_what_was_never_saved_is_judged_by_its_name(
    root: Path, path: str, expected: str
) -> None:
    planted(root, {".gitignore": "ignored.py\nout/\n", ".codellamaignore": "own.py"})
    assert verdict(taken(root, path)) == expected


SAYS: Mapping[str, tuple[bytes, str]] = {
    "LF": (b"a\nb\n", "a\nb\n"),
    "CRLF": (b"a\r\nb\r", "a\nb\n"),
    "a mark of UTF-8": ("\ufeffé".encode(), "é"),
    "UTF-16": ("é\r\n".encode("utf-16"), "é\n"),
    "UTF-16, big end first": (b"\xfe\xff\0a", "a"),
    "form feeds are no line ends": (b"a\x0cb\n", "a\x0cb\n"),
    "secrets": (b"password = 'hunter2!x9'\n", "password = '***'\n"),
    "nothing": (b"", ""),
}


@pytest.mark.parametrize("case", SAYS)
def test_text_is_read(root: Path, case: str) -> None:
    data, text = SAYS[case]
    planted(root, {"d/a.py": data})
    got = read(root, "d/a.py")
    assert isinstance(got, Read)
    assert (got.text, "\n".join(got.lines), got.language) == (text, text, "python")
    assert (got.size, got.digest) == (len(data), blake2b(data, digest_size=16).digest())
    assert got.mtime_ns == (root / "d/a.py").stat().st_mtime_ns


REFUSED: Mapping[str, tuple[str, bytes, Reason]] = {
    "NUL": ("a.py", b"a\0b", Reason.BINARY),
    "Latin-1": ("a.py", b"caf\xe9", Reason.ENCODING),
    "half of UTF-16": ("a.py", b"\xff\xfea", Reason.ENCODING),
    "UTF-32": ("a.py", "a".encode("utf-32"), Reason.BINARY),
    "no interpreter": ("LICENCE", b"All rights\n", Reason.LANGUAGE),
    "Go says so": ("a.go", b"// Code generated by x. DO NOT EDIT.\n", Reason.GENERATED),
    "@generated": ("a.js", b"/**\n * @generated\n */\n", Reason.GENERATED),
    "C# says so": ("A.cs", b"// <auto-generated>\n", Reason.GENERATED),
    "long lines": ("a.js", b"a(1);" * 1000, Reason.MINIFIED),
    "many long lines": ("a.js", (b"a(1);" * 80 + b"\n") * 20, Reason.MINIFIED),
    "one long line": ("a.js", b"a\n" * 900 + b"b(1);" * 800, Reason.MINIFIED),
    "a secret by its name": ("a/id_rsa", b"x", Reason.SECRET),
    "grown since": ("a.py", b"x" * (LIMIT + 1), Reason.TOO_LARGE),
}


@pytest.mark.parametrize("case", REFUSED)
def test_content_decides(root: Path, case: str) -> None:
    path, data, reason = REFUSED[case]
    planted(root, {path: data})
    got = read(root, path)
    assert isinstance(got, Skipped)
    assert got.reason is reason


KEPT = [
    "x = '@generated'\n",
    "MARK = 'DO NOT EDIT'\n",
    "\n" * 10 + "# talks about generated code\n",
    "data = '" + "x" * 1500 + "'\n",
]


@pytest.mark.parametrize("text", KEPT)
def test_source_that_only_looks_generated_is_read(root: Path, text: str) -> None:
    planted(root, {"a.py": text})
    assert isinstance(read(root, "a.py"), Read)


def test_first_line_names_the_interpreter(root: Path) -> None:
    planted(root, {"run": "#!/usr/bin/env python3\nprint()\n"})
    got = read(root, "run")
    assert isinstance(got, Read)
    assert got.language == "python"


def test_configuration_is_read_for_imports_only(root: Path) -> None:
    planted(root, {"package.json": "{}", ".env": "A=1", "../x.json": "{}"})
    assert configuration(root, "package.json") == "{}"
    assert [configuration(root, path) for path in (".env", "../x.json", "n.json")] == [
        None
    ] * 3


def test_an_inner_folder_as_root_keeps_the_repositorys_rules(root: Path) -> None:
    planted(root, {".gitignore": "/in/a.py\n", "in/a.py": "", "in/b.py": ""})
    assert verdicts(root / "in") == {"a.py": "ignored", "b.py": "found"}
    assert verdict(taken(root / "in", "a.py")) == "ignored"


def test_walk_and_taken_agree(root: Path) -> None:
    paths = [
        "a.py",
        "vendor/a.py",
        "x/y/b.py",
        "x/y/skip.py",
        "x/.z/a.py",
        "run",
        "a.md",
    ]
    planted(root, dict.fromkeys(paths, "") | {"x/.gitignore": "skip.py\n"})
    walked = {one.path: one for one in walk(root)}
    for path in paths:
        one = taken(root, path)
        assert walked[one.path] == one
