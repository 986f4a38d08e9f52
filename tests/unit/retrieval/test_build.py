"""Building: what is read again, in which order, what is told, what is left alone."""

import os
import shutil
from pathlib import Path

import pytest

from retrieval.build.plan import batches, nearest_first
from retrieval.files.walk import Found
from retrieval.index import Index
from retrieval.index.listing import Listing
from tests.unit.retrieval.test_history import commit, git, repository
from tests.unit.retrieval.trees import (
    LONG_S,
    build,
    defined,
    indexed,
    module,
    modules,
    paths_with,
    write,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    write(folder, modules(40))
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.mark.parametrize("workers", [0, 2])
def test_all_is_found_however_it_was_built(
    root: Path, cache: Path, workers: int
) -> None:
    with indexed(root, cache, workers=workers) as index:
        assert index.files() == 40
        assert index.counts.parsed == 40
        assert index.counts.deaths == 0
        for number in (0, 17, 39):
            path = f"pkg{number % 7}/module{number}.py"
            assert defined(index, f"Thing{number}") == [f"{path}:3"]
            assert paths_with(index, f"method_{number}") == [path]
        assert len(index.subclasses("Base")) == 40
        assert not index.worker_pids


def test_an_unchanged_file_is_not_read_again(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        build(index)
        assert (index.counts.read, index.counts.builds) == (40, 2)


def test_a_file_with_a_new_time_is_read_but_not_parsed(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        os.utime(root / "pkg0/module0.py", (1_710_000_000, 1_710_000_000))
        build(index)
        assert (index.counts.read, index.counts.parsed) == (41, 40)


def test_a_file_as_young_as_its_reading_is_read_again(root: Path, cache: Path) -> None:
    (root / "young.py").write_text(module(99))
    with indexed(root, cache) as index:
        build(index)
        assert (index.counts.read, index.counts.parsed) == (42, 41)


def test_a_moved_file_is_not_parsed_again(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        (root / "pkg0/module0.py").rename(root / "moved.py")
        build(index)
        assert defined(index, "Thing0") == ["moved.py:3"]
        assert index.counts.parsed == 40


def test_a_switch_to_a_branch_and_back_parses_only_what_is_new(
    root: Path, cache: Path
) -> None:
    with indexed(root, cache, workers=1) as index:
        other = {path: f"# other\n{text}" for path, text in modules(40).items()}
        write(root, dict(list(other.items())[:20]))
        for path in list(other)[30:]:
            (root / path).unlink()
        build(index)
        assert (index.files(), index.counts.parsed) == (30, 60)
        assert defined(index, "Thing3") == ["pkg3/module3.py:4"]
        assert defined(index, "Thing35") == []
        write(root, modules(40))
        build(index)
        assert (index.files(), index.counts.parsed) == (40, 60)
        assert defined(index, "Thing3") == ["pkg3/module3.py:3"]


def test_progress_goes_from_nothing_to_all(root: Path, cache: Path) -> None:
    told: list[tuple[int, int]] = []
    with Index(root, cache, workers=0) as index:
        index.refresh(lambda done, total: told.append((done, total)))
        assert index.wait(60)
    assert told[0] == (0, 40)
    assert told[-1] == (40, 40)
    assert told == sorted(told)


def test_what_is_built_already_answers_while_the_rest_is_built(
    root: Path, cache: Path
) -> None:
    seen: list[bool] = []
    with Index(root, cache, workers=0) as index, Index(root, cache) as reader:

        def look(done: int, total: int) -> None:
            if 0 < done < total:
                reader.update([])
                reader._stored.look()
                seen.append(0 < reader.files() < total)

        index.refresh(look, near=["pkg3/x.py"])
        assert index.wait(60)
    assert seen
    assert all(seen)


def test_another_request_while_one_runs_plans_anew(root: Path, cache: Path) -> None:
    with Index(root, cache, workers=0) as index:

        def add(done: int, _total: int) -> None:
            if done and not (root / "late.py").exists():
                write(root, {"late.py": "def late(): ...\n"})
                index.refresh()

        index.refresh(add)
        assert index.wait(60)
        assert defined(index, "late") == ["late.py:0"]
        assert index.counts.parsed == 41


def test_closing_ends_a_build_and_the_next_one_goes_on(root: Path, cache: Path) -> None:
    with Index(root, cache, workers=0) as index:
        index.refresh(lambda done, _total: index._builder.stop() if done else None)
        assert index.wait(60)
        done = index.counts.read
    assert 0 < done < 40
    with indexed(root, cache) as index:
        assert index.counts.read == 40 - done
        assert index.files() == 40


def test_a_fault_of_ours_in_one_file_does_not_lose_the_others(
    root: Path, cache: Path
) -> None:
    (root / "odd.py").write_bytes(b"def odd(): ...\n\xff\xfe\x00")
    write(root, {"deep.py": "x = " + "(" * 20_000 + ")" * 20_000 + "\n"})
    with indexed(root, cache, workers=1) as index:
        assert defined(index, "Thing1") == ["pkg1/module1.py:3"]
        assert sum(number for number, _ in index.skipped().values()) >= 1


def found(path: str, size: int = 100) -> Found:
    return Found(path=path, size=size, mtime_ns=0)


def test_files_near_to_the_open_ones_come_first() -> None:
    paths = ["z.py", "a/a.py", "a/b/b.py", "a/b/c/c.py", "x/y/y.py"]
    near = nearest_first([found(path) for path in paths], ["a/b/open.py"])
    order = [each.path for each in near]
    assert order == ["a/b/b.py", "a/a.py", "a/b/c/c.py", "z.py", "x/y/y.py"]
    alone = nearest_first([found(path) for path in paths], [])
    assert alone[0].path == "z.py"


def test_batches_are_small_at_first_and_bounded_in_bytes() -> None:
    planned = [found(f"{n}.py") for n in range(200)]
    sizes = [len(batch) for batch in batches(planned)]
    assert sizes[:4] == [4, 8, 16, 32]
    assert sum(sizes) == 200
    large = [found(f"{n}.py", size=200 << 10) for n in range(5)]
    assert [len(batch) for batch in batches(large)] == [2, 2, 1]


# faults of ours


def test_after_a_fault_in_the_building_it_is_told_once_and_builds_on(
    root: Path, cache: Path
) -> None:
    told: list[str] = []

    def fails(done: int, _total: int) -> None:
        if done:
            raise RuntimeError("unforeseen")

    with Index(root, cache, workers=0, tell=told.append) as index:
        for _ in range(3):
            write(root, {"new.py": module(100 + index.counts.faults)})
            os.utime(root / "new.py", (1, 1 + index.counts.faults))
            index.refresh(fails)
            assert index.wait(LONG_S)
        assert index.counts.faults >= 3
        assert ["unforeseen" in each for each in told] == [True]
        index.refresh(lambda _done, _total: None)
        assert index.wait(LONG_S)
        assert index.files() == 41


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_builder_that_died_is_replaced(root: Path, cache: Path) -> None:
    def dies(_done: int, _total: int) -> None:
        raise SystemExit

    with Index(root, cache, workers=0) as index:
        index.refresh(dies)
        thread = index._builder._thread
        assert thread is not None
        thread.join(LONG_S)
        assert not thread.is_alive()
        index.refresh(lambda _done, _total: None)
        assert index.wait(LONG_S)
        assert index.files() == 40


def test_a_cache_that_is_removed_while_it_is_built_ends_nothing(
    root: Path, cache: Path
) -> None:
    with Index(root, cache, workers=0) as index:

        def remove(done: int, _total: int) -> None:
            if done:
                shutil.rmtree(cache, ignore_errors=True)

        index.refresh(remove)
        assert index.wait(LONG_S)
        assert index.counts.faults == 0
        index.files()
        index.refresh(lambda _done, _total: None)
        assert index.wait(LONG_S)
        assert index.files() == 40
        assert defined(index, "Thing17") == ["pkg3/module17.py:3"]


# history


def test_a_folder_of_a_repository_and_a_linked_tree_see_new_commits(
    tmp_path: Path, cache: Path
) -> None:
    main = repository(tmp_path / "main", ("sub/a.py", "sub/b.py"))
    tree = tmp_path / "tree"
    git(main, "worktree", "add", "--quiet", "-b", "other", str(tree))
    with indexed(main / "sub", cache) as inner, indexed(tree, cache) as linked:
        assert set(inner.co_changed("a.py")) == {"b.py"}
        assert set(linked.co_changed("sub/a.py")) == {"sub/b.py"}
        for folder in (main, tree):
            commit(folder, "sub/a.py", "sub/c.py")
        build(inner)
        build(linked)
        assert set(inner.co_changed("a.py")) == {"b.py", "c.py"}
        assert set(linked.co_changed("sub/a.py")) == {"sub/b.py", "sub/c.py"}


# the list of files


def test_files_of_one_content_come_and_go_one_by_one() -> None:
    listing = Listing()
    paths = [f"p{n}/__init__.py" for n in range(500)]
    listing.apply((path, 7, 1) for path in paths)
    assert listing.paths(7) == tuple(paths)
    listing.hide(paths[3])
    listing.apply([(paths[0], None, 0), (paths[1], 8, 1), (paths[2], 7, 1)])
    assert set(listing.paths(7)) == {paths[2], *paths[4:]}
    assert listing.paths(8) == (paths[1],)
    listing.show(paths[3])
    assert set(listing.paths(7)) == set(paths[2:])
    listing.apply((path, None, 0) for path in paths)
    assert (listing.paths(7), listing.paths(8), len(listing)) == ((), (), 0)
