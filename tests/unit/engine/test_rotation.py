"""A host's log stays small while several processes write it."""

from pathlib import Path

from lsp_server.engine.host.rotation import set_aside, shortened


def test_a_long_log_is_set_aside_and_goes_on_from_its_beginning(tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    with log.open("a") as writer:
        writer.write("old " * 10)
        writer.flush()
        assert shortened(log, most_bytes=10)
        writer.write("new")
        writer.flush()
    assert log.read_text() == "new"
    assert set_aside(log).read_text() == "old " * 10


def test_only_the_newest_part_is_kept_aside(tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    for text in ("first", "second"):
        log.write_text(text)
        assert shortened(log, most_bytes=3)
    assert set_aside(log).read_text() == "second"
    assert len([*tmp_path.iterdir()]) == 2


def test_a_short_log_and_none_at_all_are_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    assert not shortened(log, most_bytes=10)
    log.write_text("short")
    assert not shortened(log, most_bytes=10)
    assert [*tmp_path.iterdir()] == [log]
