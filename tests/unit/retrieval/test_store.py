"""The store: what is kept, by whom it may be read, when it is built anew, what is evicted."""

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.index import Index
from retrieval.outline import Definition, Import, Kind, Outline
from retrieval.store.cache_folder import folder_name, inode, locked, on_network
from retrieval.store.database import File, Store
from retrieval.store.packed import (
    definitions_from,
    definitions_named,
    fact,
    key_of,
    lines_of,
    outline_of,
    packed,
)
from retrieval.store.place import Place
from retrieval.store.schema import VERSION
from retrieval.store.shelf import _size, caches, clear, evict
from tests.unit.retrieval.trees import defined, indexed, module, write

DAY_S = 86_400

CART = Definition(
    name="Cart",
    kind=Kind.CLASS,
    scope="shop",
    first=1,
    start=2,
    header_last=2,
    last=9,
    doc_first=3,
    doc_last=4,
    bases=("Base", "Mixin"),
    type="",
)
TOTAL = Definition(
    name="total",
    kind=Kind.METHOD,
    scope="shop.Cart",
    first=5,
    start=5,
    header_last=5,
    last=9,
    type="Decimal",
)
OUTLINE = Outline(
    definitions=(CART, TOTAL),
    imports=(Import(target="./a", line=0, names=("b", "*"), local=("c",)),),
    namespace="com.shop",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    write(folder, {"a.py": module(1), "b.py": module(2)})
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def database(cache: Path) -> Path:
    (file,) = cache.glob("*/index-*.db")
    return file


def test_a_packed_content_comes_back_as_it_was() -> None:
    text = "a\n\nπ = 'ü'\n"
    content = packed(b"key", "python", text, OUTLINE)
    assert outline_of(content.outline) == OUTLINE
    assert lines_of(content.text) == ("a", "", "π = 'ü'", "")
    assert definitions_named(content.outline, "total") == [TOTAL]
    assert definitions_named(content.outline, "Total") == []
    assert definitions_from(content.outline, "Mixin") == [CART]
    assert definitions_from(content.outline, "Cart") == []


def test_the_same_bytes_are_another_content_in_another_language() -> None:
    assert key_of(b"digest", "c") != key_of(b"digest", "cpp")


def test_a_fact_is_one_word_whatever_its_name() -> None:
    names = ["<vector>", '"a b.h"', "App\\Models", "", "ä", "\ud800", "Cart", "cart"]
    facts = {fact("import", name) for name in names}
    assert len(facts) == len(names)
    assert all(each.isalnum() for each in facts)


@contextlib.contextmanager
def opened(root: Path, cache: Path | None) -> Iterator[Store]:
    place = Place(root, cache, lambda _message: None)
    store = Store(place)
    try:
        yield store
    finally:
        store.close()
        place.close()


def file(path: str, key: bytes | None) -> File:
    return File(path=path, size=1, mtime_ns=1, key=key)


@pytest.mark.parametrize("in_memory", [False, True])
def test_a_dropped_content_leaves_nothing(
    root: Path, cache: Path, *, in_memory: bool
) -> None:
    with opened(root, None if in_memory else cache) as store:
        contents = [
            packed(key, "python", f"{word} = 1\n" * 25, OUTLINE)
            for key, word in ((b"1", "apple"), (b"2", "banana"))
        ]
        store.write([file("a.py", b"1"), file("b.py", b"2")], contents)
        assert store.unused(0) == []
        store.write([file("a.py", b"2")], ())
        (old,) = store.unused(0)
        assert store.unused(1) == []
        store.drop([old, old + 1])
        words = "SELECT rowid FROM words WHERE words MATCH ?"
        facts = "SELECT rowid FROM facts WHERE facts MATCH ?"
        assert store.rows(words, ("apple",)) == []
        assert len(store.rows(words, ("banana",))) == 3
        assert store.rows(facts, (fact("base", "Base"),)) == [(old + 1,)]
        assert not store.has(b"1")
        assert store.has(b"2")
        store.write((), [contents[0]])
        ((again,),) = store.rows("SELECT id FROM contents WHERE key = ?", (b"1",))
        assert again > old + 1


def test_a_content_that_is_there_already_is_left(root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        content = packed(b"1", "python", "apple = 1\n", OUTLINE)
        store.write([file("a.py", b"1")], [content])
        store.write([file("b.py", b"1")], [content, content])
        assert store.rows("SELECT DISTINCT content FROM files") == [(1,)]
        assert store.rows("SELECT id FROM contents") == [(1,)]
        words = "SELECT rowid FROM words WHERE words MATCH 'apple'"
        assert store.rows(words) == [(4096,)]


def test_what_is_written_is_seen_by_another_connection(root: Path, cache: Path) -> None:
    with opened(root, cache) as one, opened(root, cache) as other:
        before = other.data_version()
        one.write([file("a.py", None)], ())
        assert other.data_version() != before
        one.remember("x", {"a": [1]})
        assert other.recall("x") == {"a": [1]}
        assert other.recall("y") is None


def test_another_versions_store_is_built_anew(root: Path, cache: Path) -> None:
    with indexed(root, cache):
        pass
    with contextlib.closing(sqlite3.connect(database(cache))) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION ^ 1}")
    with indexed(root, cache) as index:
        assert index.counts.parsed == 2
        assert not index.in_memory


def test_the_store_of_an_older_version_is_removed(root: Path, cache: Path) -> None:
    folder = cache / folder_name(root)
    folder.mkdir(parents=True)
    old = [folder / name for name in ("version-0.lock", "index-0.db", "index-0.db-wal")]
    for each in old:
        each.touch()
    with locked(old[0], fcntl.LOCK_SH), indexed(root, cache):
        assert all(each.exists() for each in old)
    with indexed(root, cache):
        assert not any(each.exists() for each in old)


def test_folders_are_named_for_people_and_by_their_real_path(tmp_path: Path) -> None:
    (tmp_path / "one/app").mkdir(parents=True)
    (tmp_path / "two").symlink_to(tmp_path / "one")
    assert folder_name(tmp_path / "one/app").startswith("app-")
    assert folder_name(tmp_path / "two/app") == folder_name(tmp_path / "one/app")
    assert folder_name(tmp_path / "one") != folder_name(tmp_path / "one/app")
    odd = folder_name(tmp_path / "../ü /..x")
    assert set(odd) <= set("abcdefghijklmnopqrstuvwxyz0123456789-._")


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
//box/share /mnt/my\\040share cifs rw 0 0
tmpfs /home/me/.cache tmpfs rw 0 0
user@host: /mnt/ssh fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/var/cache", False),
        ("/home/me", True),
        ("/home/me/.cache/codellama", False),
        ("/homeless", False),
        ("/mnt/my share/x", True),
        ("/mnt/ssh/x", True),
    ],
)
def test_network_folders_are_known_by_their_mount(path: str, *, network: bool) -> None:
    assert on_network(Path(path), MOUNTS) is network
    assert not on_network(Path(path), "")


@pytest.mark.parametrize(("kind", "journal"), [("nfs4", "delete"), ("ext4", "wal")])
def test_there_is_no_wal_on_a_network(
    root: Path, cache: Path, kind: str, journal: str
) -> None:
    with Index(root, cache, workers=0, mounts=f"x / {kind} rw 0 0\n") as index:
        index.refresh()
        assert index.wait(60)
        assert defined(index, "Thing1") == ["a.py:3"]
    with contextlib.closing(sqlite3.connect(database(cache))) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == (journal,)


def shelf(tmp_path: Path, cache: Path, names: str) -> dict[str, Path]:
    """Make a store for each name; returns their roots."""
    roots = {name: tmp_path / name for name in names.split()}
    for name, root in roots.items():
        write(root, {f"{name}.py": module(1)})
        with indexed(root, cache):
            pass
    return roots


def aged(cache: Path, root: Path, days: float) -> None:
    used = cache / folder_name(root) / "root"
    then = used.stat().st_mtime - days * DAY_S
    os.utime(used, (then, then))


def test_stores_are_listed_the_last_used_first(tmp_path: Path, cache: Path) -> None:
    roots = shelf(tmp_path, cache, "one two")
    aged(cache, roots["two"], 1)
    with Index(roots["two"], cache, workers=0):
        aged(cache, roots["two"], 2)
        found = caches(cache)
    assert [(each.root, each.in_use) for each in found] == [
        (str(roots["one"]), False),
        (str(roots["two"]), True),
    ]
    assert all(each.files == 1 and each.size > 10_000 for each in found)
    assert caches(tmp_path / "nowhere") == []


def test_clearing_leaves_what_is_in_use(tmp_path: Path, cache: Path) -> None:
    roots = shelf(tmp_path, cache, "one two three")
    assert clear(cache, roots["one"]) == [folder_name(roots["one"])]
    with Index(roots["two"], cache, workers=0):
        assert clear(cache) == [folder_name(roots["three"])]
    assert [each.root for each in caches(cache)] == [str(roots["two"])]


def test_clearing_touches_nothing_else(tmp_path: Path, cache: Path) -> None:
    shelf(tmp_path, cache, "one")
    (cache / "other").mkdir()
    (cache / "other/file").touch()
    clear(cache)
    assert [each.name for each in cache.iterdir()] == ["other"]


def test_stores_unused_for_a_month_are_evicted(tmp_path: Path, cache: Path) -> None:
    roots = shelf(tmp_path, cache, "one two three")
    aged(cache, roots["one"], 31)
    aged(cache, roots["two"], 31)
    with locked(cache / folder_name(roots["two"]) / "in-use.lock", fcntl.LOCK_SH):
        assert evict(cache) == [folder_name(roots["one"])]


def test_the_least_lately_used_go_when_all_are_too_large(
    tmp_path: Path, cache: Path
) -> None:
    roots = shelf(tmp_path, cache, "one two three")
    for days, name in enumerate(roots):
        aged(cache, roots[name], days)
    sizes = {each.root: each.size for each in caches(cache)}
    limit = sizes[str(roots["one"])] + sizes[str(roots["two"])]
    assert evict(cache, limit_bytes=limit) == [folder_name(roots["three"])]


def test_opening_a_store_keeps_it_from_eviction(tmp_path: Path, cache: Path) -> None:
    roots = shelf(tmp_path, cache, "one")
    aged(cache, roots["one"], 31)
    with Index(roots["one"], cache, workers=0):
        pass
    assert evict(cache) == []


def test_a_store_was_used_until_it_was_closed(tmp_path: Path, cache: Path) -> None:
    roots = shelf(tmp_path, cache, "one")
    with Index(roots["one"], cache, workers=0):
        aged(cache, roots["one"], 31)
    assert evict(cache) == []


def test_a_store_that_another_process_removes_has_no_size(tmp_path: Path) -> None:
    assert _size(tmp_path / "gone") == 0
    (tmp_path / "file").touch()
    assert inode(tmp_path / "file" / "index.db") == 0


def test_files_long_gone_are_forgotten_and_seen_to_go_before(
    root: Path, cache: Path
) -> None:
    write(root, {f"gone{n}.py": module(n) for n in range(20)})
    with indexed(root, cache) as index:
        other = Index(root, cache, workers=0)
        assert other.files() == index.files() == len(list(root.rglob("*.py")))
        for n in range(20):
            (root / f"gone{n}.py").unlink()
        index.refresh()
        assert index.wait(60)
        store = index._stored.store
        rows = "SELECT count(*) FROM files WHERE content IS NULL AND reason = ''"
        now = time.time()
        for days, left in ((0, 20), (6, 20), (8, 20), (14, 20), (16, 0)):
            write(root, {"other.py": module(days)})
            os.utime(root / "other.py", (days + 1, days + 1))
            index.update(["other.py"])
            store.prune(now + days * DAY_S)
            assert store.rows(rows) == [(left,)], days
            assert other.files() == index.files()
        other.close()
