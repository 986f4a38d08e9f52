"""Summaries in their folder."""

import os
from pathlib import Path

from lsp_server.summaries.kept import Kept, Summary, key_of

ONE = Summary("It adds.", "small")


def test_what_was_put_is_got_by_whoever_asks(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    Kept(folder).put("a", ONE)
    assert Kept(folder).get("a") == ONE
    assert Kept(folder).get("b") is None


def test_another_text_and_another_model_have_another_key() -> None:
    keys = {key_of("a", "small"), key_of("b", "small"), key_of("a", "large")}
    assert len(keys) == 3
    assert key_of("a", "small") in keys


def test_it_is_for_its_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    Kept(folder).put("a", ONE)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "a").stat().st_mode & 0o777 == 0o600


def test_of_too_many_those_used_least_lately_go(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most=10)
    for number in range(10):
        kept.put(f"{number}", ONE)
        os.utime(tmp_path / f"{number}", (number, number))
    kept.get("0")
    kept.put("new", ONE)
    assert {file.name for file in tmp_path.iterdir()} == {
        *(f"{number}" for number in (0, *range(3, 10))),
        "new",
    }


def test_what_is_broken_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("{")
    (tmp_path / "b").mkdir()
    kept = Kept(tmp_path)
    assert kept.get("a") is None
    assert kept.get("b") is None
    kept.put("a", ONE)
    assert kept.get("a") == ONE


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = Kept(tmp_path / "file")
    kept.put("a", ONE)
    assert kept.get("a") is None
    assert kept.clear() == 0


def test_all_can_be_removed(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.put("a", ONE)
    kept.put("b", ONE)
    kept.remove("b")
    assert kept.clear() == 1
    assert [*tmp_path.iterdir()] == []
