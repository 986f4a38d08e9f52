"""``codellama-lsp cache``: what is listed, and what ``clear`` leaves."""

import os
import re
import time
from pathlib import Path

import pytest

from lsp_server import cli
from lsp_server.commands.cache import size
from lsp_server.commands.indexed import indexed
from lsp_server.settings import cache_path, summaries_path
from lsp_server.summaries.kept import Kept, Summary

Capture = pytest.CaptureFixture[str]


def build(root: Path) -> Path:
    """Make an index of a folder; returns the folder."""
    root.mkdir(exist_ok=True)
    (root / "a.py").write_text("a = 1\n")
    indexed(root).close()
    return root


def names() -> list[str]:
    return sorted(each.name.rpartition("-")[0] for each in cache_path().iterdir())


def test_no_cache_is_an_empty_one(capsys: Capture) -> None:
    assert cli.run(["cache"]) == 0
    assert capsys.readouterr().out == f"{cache_path()}: 0 indexes, 0 B\n"
    assert cli.run(["cache", "clear"]) == 0
    assert not cache_path().exists()


def test_indexes_are_listed_the_one_used_last_first(
    tmp_path: Path, capsys: Capture
) -> None:
    old, new = build(tmp_path / "old"), build(tmp_path / "new")
    (folder,) = cache_path().glob("old-*")
    days_ago = time.time() - 5.5 * 86_400
    os.utime(folder / "root", (days_ago, days_ago))
    assert cli.run(["cache"]) == 0
    title, heads, first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"{cache_path()}: 2 indexes, [\d.]+ KiB", title)
    assert heads.split() == ["name", "size", "files", "last", "used", "root"]
    size_ = r"[\d.]+ KiB"
    assert re.fullmatch(rf"new-\w+ +{size_} +1 +today +{new}", first)
    assert re.fullmatch(rf"old-\w+ +{size_} +1 +5 days ago +{old}", second)


def test_clear_removes_one_or_all(tmp_path: Path, capsys: Capture) -> None:
    for name in ("a", "b", "c"):
        build(tmp_path / name)
    assert cli.run(["cache", "clear", str(tmp_path / "b")]) == 0
    assert names() == ["a", "c"]
    assert re.fullmatch(r"removed b-\w+ \([\d.]+ KiB\)\n", capsys.readouterr().out)
    assert cli.run(["cache", "clear", str(tmp_path / "b")]) == 1
    assert "there is no index of" in capsys.readouterr().err
    assert cli.run(["cache", "clear"]) == 0
    assert names() == []


def test_clear_of_all_removes_summaries_too(tmp_path: Path, capsys: Capture) -> None:
    kept = Kept(summaries_path())
    kept.put("a", Summary("It adds.", "small"))
    build(tmp_path / "a")
    assert cli.run(["cache", "clear", str(tmp_path / "a")]) == 0
    assert kept.get("a") is not None
    assert "summar" not in capsys.readouterr().out
    assert cli.run(["cache", "clear"]) == 0
    assert kept.get("a") is None
    assert capsys.readouterr().out == "removed 1 summary\n"


def test_an_index_in_use_stays(tmp_path: Path, capsys: Capture) -> None:
    with indexed(build(tmp_path / "a")):
        assert cli.run(["cache", "clear"]) == 1
        assert names() == ["a"]
        assert "is in use" in capsys.readouterr().err
        assert cli.run(["cache"]) == 0
        assert " now " in capsys.readouterr().out


def test_a_root_without_clear_is_refused(capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        cli.run(["cache", "/somewhere"])
    assert "invalid choice" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (2**20, "1.0 MiB"),
        (2**31, "2.0 GiB"),
        (2**41, "2,048 GiB"),
    ],
)
def test_sizes_are_written_as_people_do(number: int, shown: str) -> None:
    assert size(number) == shown
