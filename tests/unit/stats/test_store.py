"""The file of figures: who may read it, how long it lasts, and what is wrong with disks."""

import contextlib
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.stats.events import (
    Accepted,
    Event,
    Generated,
    Kept,
    Missed,
    Offer,
    Partly,
    Seen,
    Source,
    Unanswered,
)
from lsp_server.stats.store import FILE, Store, clear
from lsp_server.stats.summary import OfferRow, read
from lsp_server.stats.tables import MOST_ROWS, VERSION, OtherVersion

LONG_S = 60
DAY_S = 86_400


def offer(offer_id: str = "1", time: float = 1000.0) -> Offer:
    return Offer(
        id=offer_id,
        time=time,
        language="python",
        characters=9,
        lines=1,
        tokens=3,
        milliseconds=12.5,
        source=Source.MEMORY,
        automatic=True,
    )


def generated(time: float = 1000.0) -> Generated:
    return Generated(
        id="1",
        time=time,
        language="go",
        source=Source.ENGINE,
        tokens=9,
        shown=4,
        milliseconds=50.0,
    )


def write(folder: Path, *events: Event, now: float = 2000.0) -> None:
    store = Store(folder, clock=lambda: now)
    store.write(events)
    store.close()


def offers(folder: Path) -> list[OfferRow]:
    return [*read(folder / FILE, 0).offers]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    missed = Missed(time=1000.0, language="go", why=Unanswered.CANCELLED)
    store = Store(tmp_path, clock=lambda: 2000.0)
    store.write([offer("1"), offer("2"), Accepted("2", 5), Partly("1", 4), generated()])
    kept = [Kept(id="2", look=0, share=1.0), Kept(id="2", look=1, share=0.5)]
    store.write([*kept, missed, Accepted("unknown"), Seen("1", 7), Seen("2", 9)])
    store.close()
    recorded = read(tmp_path / FILE, 0)
    row = OfferRow(
        language="python",
        characters=9,
        lines=1,
        milliseconds=12.5,
        source="memory",
        automatic=True,
        accepted=False,
        partly=4,
        kept_30s=None,
        kept_5min=None,
    )
    first, second = recorded.offers
    assert first == row
    assert (second.accepted, second.partly, second.characters) == (True, 0, 5)
    assert (second.kept_30s, second.kept_5min) == (1.0, 0.5)
    assert [(each.tokens, each.shown) for each in recorded.generations] == [(9, 7)]
    assert [(each.language, each.why) for each in recorded.missed] == [
        ("go", "cancelled")
    ]
    assert recorded.since == 1000


def test_only_its_user_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o755)
    (folder / FILE).touch(mode=0o644)
    store = Store(folder, clock=lambda: 2000.0)
    store.write([offer()])
    assert folder.stat().st_mode & 0o777 == 0o700
    files = [*folder.iterdir()]
    assert f"{FILE}-wal" in {file.name for file in files}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    store.close()


@pytest.mark.parametrize(
    ("mounts", "journal"), [("x / ext4 rw\n", "wal"), ("x / nfs4 rw\n", "delete")]
)
def test_on_a_network_home_there_is_no_shared_memory(
    tmp_path: Path, mounts: str, journal: str
) -> None:
    store = Store(tmp_path, clock=lambda: 2000.0, mounts=mounts)
    store.write([offer()])
    store.close()
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == (journal,)


def test_old_rows_are_dropped(tmp_path: Path) -> None:
    old = Missed(time=1000.0, language="go", why=Unanswered.CANCELLED)
    write(tmp_path, offer(), generated(), old)
    now = 1000.0 + 89 * DAY_S
    write(tmp_path, offer(time=now), now=now)
    assert len(offers(tmp_path)) == 2
    now += 2 * DAY_S
    write(tmp_path, offer(time=now), now=now)
    recorded = read(tmp_path / FILE, 0)
    assert len(recorded.offers) == 2
    assert recorded.generations == []
    assert recorded.missed == []


def test_old_rows_are_dropped_while_a_server_runs_for_long(tmp_path: Path) -> None:
    now = 1000.0
    store = Store(tmp_path, clock=lambda: now)
    store.write([offer(time=now)])
    now += 91 * DAY_S
    store.write([offer(time=now)])
    store.close()
    assert len(offers(tmp_path)) == 1


def test_the_newest_rows_stay_where_there_are_too_many(tmp_path: Path) -> None:
    write(tmp_path, *[offer(str(number)) for number in range(20)])
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("UPDATE offers SET id = id + ? WHERE id > 10", (MOST_ROWS,))
        connection.commit()
    write(tmp_path, offer())
    assert len(offers(tmp_path)) == 10 + 1


# other servers


SERVER = """
import sys
from pathlib import Path
from lsp_server.stats.events import Accepted
from lsp_server.stats.store import Store
from tests.unit.stats.test_store import offer
store = Store(Path(sys.argv[1]), clock=lambda: 2000.0, busy_s=30)
for number in range(200):
    store.write([offer(str(number)), Accepted(str(number - number % 2))])
store.close()
print(len(store._waiting))
"""


def test_servers_write_at_one_time_and_nothing_is_lost(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SERVER, str(tmp_path)]
    servers = [
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        for _ in range(3)
    ]
    assert [one.communicate(timeout=LONG_S)[0] for one in servers] == ["0\n"] * 3
    found = offers(tmp_path)
    assert len(found) == 600
    assert sum(each.accepted for each in found) == 300


def test_what_a_lock_keeps_out_comes_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, offer())
    store = Store(tmp_path, clock=lambda: 2000.0, busy_s=0)
    with contextlib.closing(
        sqlite3.connect(tmp_path / FILE, isolation_level=None)
    ) as other:
        other.execute("BEGIN EXCLUSIVE")
        store.write([offer("2")])
        other.execute("ROLLBACK")
    store.write([Accepted("2")])
    store.close()
    assert [each.accepted for each in offers(tmp_path)] == [False, True]
    assert caplog.messages == []


def test_offers_of_two_servers_have_the_same_names_and_are_not_mixed_up(
    tmp_path: Path,
) -> None:
    one, other = (Store(tmp_path, clock=lambda: 2000.0) for _ in range(2))
    one.write([offer("1")])
    other.write([offer("1")])
    one.write([Accepted("1")])
    one.close()
    other.close()
    assert [each.accepted for each in offers(tmp_path)] == [True, False]


def test_after_a_clearing_servers_go_on(tmp_path: Path) -> None:
    store = Store(tmp_path, clock=lambda: 2000.0)
    store.write([offer("1"), offer("2")])
    assert clear(tmp_path / FILE) == 2
    assert offers(tmp_path) == []
    store.write([offer("3"), Accepted("1")])
    store.close()
    assert [each.accepted for each in offers(tmp_path)] == [False]


def test_after_somebody_removed_the_file_servers_make_another(tmp_path: Path) -> None:
    store = Store(tmp_path, clock=lambda: 2000.0)
    store.write([offer("1")])
    for each in tmp_path.glob(f"{FILE}*"):
        each.unlink()
    store.write([offer("2"), Accepted("1")])
    store.close()
    assert [each.accepted for each in offers(tmp_path)] == [False]


# a damaged file


def overwritten(file: Path) -> None:
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(200)
        opened.write(b"\xa5noise\x00" * (size // 7))


DAMAGES = {
    "no database": lambda file: file.write_bytes(b"something else" * 1000),
    "all but the header": overwritten,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_begun_anew_and_logged_once(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, *[offer(str(number)) for number in range(500)])
    DAMAGES[damage](tmp_path / FILE)
    stores = [Store(tmp_path, clock=lambda: 2000.0) for _ in range(2)]
    for store in stores:
        store.write([offer("1"), offer("2")])
    for store in stores:
        store.write([offer("3"), Accepted("3")])
        store.close()
    assert len(offers(tmp_path)) == 6
    assert len(caplog.messages) == 1
    assert "begun anew" in caplog.text


def test_what_another_server_has_mended_already_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(tmp_path, clock=lambda: 2000.0)
    store.write([offer()])
    for each in tmp_path.glob(f"{FILE}*"):
        each.unlink()
    write(tmp_path, offer("other"))
    store._remove(sqlite3.DatabaseError("malformed"))
    assert len(offers(tmp_path)) == 1
    assert caplog.messages == []


def test_a_damaged_file_can_be_cleared(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"something else" * 1000)
    assert clear(tmp_path / FILE) == 0
    assert not (tmp_path / FILE).exists()


def test_a_file_of_another_version_is_left_alone_until_it_is_cleared(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, offer())
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    store = Store(tmp_path, clock=lambda: 2000.0)
    for _ in range(3):
        store.write([offer()])
    assert len(caplog.messages) == 1
    assert "version" in caplog.text
    with pytest.raises(OtherVersion):
        read(tmp_path / FILE, 0)
    assert clear(tmp_path / FILE) == 0
    store.write([offer()])
    store.close()
    assert len(offers(tmp_path)) == 1


# a disk that cannot be written


def test_where_there_can_be_no_folder_it_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "state"
    folder.write_text("a file")
    store = Store(folder, clock=lambda: 2000.0)
    for _ in range(3):
        store.write([offer()])
    store.close()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "cannot be kept" in caplog.text
    folder.unlink()
    store.write([offer()])
    store.close()
    assert len(offers(folder)) == 1


@contextlib.contextmanager
def disk(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("options", ["ro", "size=16k", "size=120k"])
def test_a_full_or_read_only_disk_is_logged_once(
    tmp_path: Path, options: str, caplog: pytest.LogCaptureFixture
) -> None:
    with disk(tmp_path / "disk", options) as folder:
        store = Store(folder, clock=lambda: 2000.0)
        for _ in range(60):
            store.write([offer(str(number)) for number in range(100)])
        store.close()
    assert len(caplog.messages) == 1
    assert store._waiting == []


LIMITED = """
import resource, sys
from pathlib import Path
from lsp_server.stats.store import Store
from tests.unit.stats.test_store import offer
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
store = Store(Path(sys.argv[1]), clock=lambda: 2000.0)
for _ in range(60):
    store.write([offer(str(number)) for number in range(100)])
store.close()
print("alive")
"""


@pytest.mark.parametrize("limit", [1, 50_000])
def test_where_a_file_may_not_grow_it_is_logged_once(
    tmp_path: Path, limit: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path), str(limit)],
        check=True,
        capture_output=True,
        text=True,
        timeout=LONG_S,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout == "alive\n"
    assert done.stderr.count("cannot be kept") == 1
    assert len(done.stderr.splitlines()) == 1
