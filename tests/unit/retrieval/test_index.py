"""What the index says of a repository, from the disk and from open documents."""

import os
from pathlib import Path

import pytest

from retrieval.index import Index
from retrieval.source import split_lines
from retrieval.store.packed import CHUNK_LINES, MAX_CHUNKS
from tests.unit.retrieval.trees import build, defined, indexed, paths_with, write

SHOP = {
    "shop/__init__.py": "",
    "shop/base.py": "class Base:\n    def price(self):\n        return 1\n",
    "shop/cart.py": (
        "from shop.base import Base\n\n\nclass Cart(Base):\n"
        "    def total(self) -> int:\n        return self.price()\n"
    ),
    "shop/copy.py": "class Base:\n    def price(self):\n        return 1\n",
    "src/Cart.java": "package com.shop;\n\nclass Cart extends Base {\n}\n",
    "run.sh": "echo cart\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    write(folder, SHOP)
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_definitions_are_found_by_their_exact_name(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        assert defined(index, "Cart") == ["shop/cart.py:3", "src/Cart.java:2"]
        assert defined(index, "total") == ["shop/cart.py:4"]
        assert defined(index, "cart") == defined(index, "Car") == []


def test_files_with_the_same_content_are_told_apart(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        assert defined(index, "Base") == ["shop/base.py:0", "shop/copy.py:0"]
        assert [
            one.path
            for path in ("shop/base.py", "shop/copy.py")
            if (one := index.entry(path))
        ] == ["shop/base.py", "shop/copy.py"]
        assert index.counts.parsed == len(SHOP) - 1


def test_subclasses_imports_and_namespaces(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        found = {(path, one.name) for path, one in index.subclasses("Base")}
        assert found == {("shop/cart.py", "Cart"), ("src/Cart.java", "Cart")}
        assert index.importing("shop.base") == ["shop/cart.py"]
        assert index.imports("shop/cart.py") == ("shop/base.py",)
        assert index.declaring("com.shop") == ["src/Cart.java"]


def test_of_many_importers_the_first_are_told(root: Path, cache: Path) -> None:
    write(root, {f"m{n}.py": f"import often\nx = {n}\n" for n in range(9)})
    with indexed(root, cache) as index:
        found = index.importing("often", 100)
        assert len(found) == 9
        assert index.importing("often", 3) == found[:3]


def test_files_are_listed(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        assert index.files() == len(SHOP)
        assert index.named("cart.py") == ("shop/cart.py",)
        assert set(index.within("src")) == {"src/Cart.java"}
        assert set(index.folder("")) == {"run.sh"}
        assert index.has("run.sh")
        assert not index.has("shop")


def test_a_row_of_postings_tells_the_lines(root: Path, cache: Path) -> None:
    lines = [f"line_{number} = {number}" for number in range(35)]
    write(root, {"long.py": "\n".join(lines)})
    with indexed(root, cache) as index:
        (row,) = index.postings("line_27", 10)
        content, chunk = divmod(row, MAX_CHUNKS)
        assert index.paths_of(content) == ("long.py",)
        entry = index.entry("long.py")
        assert entry is not None
        here = entry.lines[chunk * CHUNK_LINES : (chunk + 1) * CHUNK_LINES]
        assert "line_27 = 27" in here
        assert paths_with(index, "LINE_27") == ["long.py"]


def test_a_word_in_too_many_chunks_says_only_so(root: Path, cache: Path) -> None:
    write(root, {"many.py": "\n\n".join(["common = 1\n" * 9] * 300)})
    with indexed(root, cache) as index:
        assert len(index.postings("common", 200)) == 201
        assert 300 < len(index.postings("common", 5000)) < index.chunks()
        assert len(index.postings("common", 3)) == 4


@pytest.mark.parametrize("term", ["", '"', "a b", "a-b", "price)", "pri*", "1", "\0"])
def test_what_is_no_word_has_no_postings(root: Path, cache: Path, term: str) -> None:
    with indexed(root, cache) as index:
        assert not index.postings(term, 10)


def test_an_open_document_stands_for_its_file(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        text = "class Wagon(Base):\n    wheels = 4\n"
        index.overlay("shop/cart.py", split_lines(text), "python")
        assert defined(index, "Cart") == ["src/Cart.java:2"]
        assert defined(index, "Wagon") == ["shop/cart.py:0"]
        assert paths_with(index, "wheels") == ["shop/cart.py"]
        assert paths_with(index, "total") == []
        assert index.importing("shop.base") == []
        assert ("shop/cart.py", "Wagon") in [
            (path, one.name) for path, one in index.subclasses("Base")
        ]
        assert index.opened == ("shop/cart.py",)
        entry = index.entry("shop/cart.py")
        assert entry is not None
        assert (entry.lines[0], entry.key < 0) == ("class Wagon(Base):", True)
        index.drop_overlay("shop/cart.py")
        assert defined(index, "Cart") == ["shop/cart.py:3", "src/Cart.java:2"]
        assert defined(index, "Wagon") == paths_with(index, "wheels") == []


def test_a_file_that_was_never_saved_is_in_the_repository(
    root: Path, cache: Path
) -> None:
    with indexed(root, cache) as index:
        index.overlay("shop/new.py", ["def fresh(): ...\n", ""], "python")
        assert index.has("shop/new.py")
        assert index.named("new.py") == ("shop/new.py",)
        assert defined(index, "fresh") == ["shop/new.py:0"]
        index.drop_overlay("shop/new.py")
        assert not index.has("shop/new.py")
        assert index.entry("shop/new.py") is None


def test_entries_are_of_files_and_open_documents(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        index.overlay("shop/cart.py", ["now = 1\n", ""], "python")
        paths = [*SHOP, "shop/gone.py"]
        found = index.entries(paths)
        assert {*found} == SHOP.keys()
        for path, entry in found.items():
            one = index.entry(path)
            assert one is not None
            assert (entry.path, entry.lines) == (path, one.lines)
            assert (entry.language, entry.outline) == (one.language, one.outline)
        assert found["shop/cart.py"].lines == ("now = 1", "")
        assert found["shop/base.py"].outline.definitions[0].name == "Base"


def test_what_is_looked_up_from_a_document_leaves_it_out(
    root: Path, cache: Path
) -> None:
    with indexed(root, cache) as index:
        text = "from shop.base import Base\nclass Cart(Base): ...\n"
        for path in ("shop/here.py", "shop/other.py"):
            index.overlay(path, split_lines(text), "python")

        def found(apart: str) -> list[list[str]]:
            told = (
                [path for path, _ in index.definitions("Cart", apart=apart)],
                [path for path, _ in index.subclasses("Base", apart=apart)],
                index.importing("shop.base", apart=apart),
            )
            return [[path for path in one if path.startswith("shop/")] for one in told]

        assert found("") == [["shop/here.py", "shop/other.py", "shop/cart.py"]] * 3
        assert found("shop/here.py") == [["shop/other.py", "shop/cart.py"]] * 3


def test_an_edit_of_a_document_is_seen(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        index.overlay("shop/cart.py", split_lines(SHOP["shop/cart.py"]), "python")
        before = index.entry("shop/cart.py")
        index.overlay_edited("shop/cart.py", 3, 4, ["class Wagon(Base):\n"])
        assert defined(index, "Wagon") == ["shop/cart.py:3"]
        assert defined(index, "Cart") == ["src/Cart.java:2"]
        after = index.entry("shop/cart.py")
        assert before is not None
        assert after is not None
        assert before.key != after.key
        assert index.paths_of(before.key) == ()
        assert index.paths_of(after.key) == ("shop/cart.py",)
        assert after.lines[3] == "class Wagon(Base):"


def test_words_of_a_document_are_new_when_another_is_edited(
    root: Path, cache: Path
) -> None:
    with indexed(root, cache) as index:
        index.overlay("shop/cart.py", ["first = 1\n", ""], "python")
        index.overlay("shop/base.py", ["other = 1\n", ""], "python")
        assert paths_with(index, "first") == ["shop/cart.py"]
        index.overlay_edited("shop/cart.py", 0, 1, ["second = 2\n"])
        assert paths_with(index, "first") == ["shop/cart.py"]
        index.overlay_edited("shop/base.py", 0, 1, ["another = 2\n"])
        assert paths_with(index, "first") == []
        assert paths_with(index, "second") == ["shop/cart.py"]


def test_secrets_of_an_open_document_are_masked(root: Path, cache: Path) -> None:
    written = "ghp_0123456789abcdefABCDEF0123456789abcd"
    with indexed(root, cache) as index:
        index.overlay("shop/cart.py", [f'TOKEN = "{written}"\n', ""], "python")
        entry = index.entry("shop/cart.py")
        assert entry is not None
        assert written not in "\n".join(entry.lines)
        assert not index.postings(written, 10)


def test_a_saved_file_is_seen_at_once(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        assert defined(index, "saved") == paths_with(index, "saved") == []
        assert index.importing("shop.base") == ["shop/cart.py"]
        (root / "shop/cart.py").write_text("def saved(): ...\n")
        (root / "shop/base.py").unlink()
        write(root, {"shop/made.py": "def made(): ...\n"})
        index.update(["shop/cart.py", "shop/base.py", "shop/made.py"])
        assert defined(index, "saved") == ["shop/cart.py:0"]
        assert paths_with(index, "saved") == ["shop/cart.py"]
        assert index.importing("shop.base") == []
        assert defined(index, "made") == ["shop/made.py:0"]
        assert defined(index, "Base") == ["shop/copy.py:0"]
        assert not index.has("shop/base.py")


def test_a_file_that_became_a_secret_is_forgotten(root: Path, cache: Path) -> None:
    write(root, {".gitignore": "", "shop/local.py": "def hidden_away(): ...\n"})
    with indexed(root, cache) as index:
        assert defined(index, "hidden_away") == ["shop/local.py:0"]
        (root / ".gitignore").write_text("local.py\n")
        index.update(["shop/local.py"])
        assert defined(index, "hidden_away") == []


def test_a_removed_folder_is_forgotten(root: Path, cache: Path) -> None:
    with indexed(root, cache) as index:
        (root / "src/Cart.java").unlink()
        (root / "src").rmdir()
        index.update(["src"])
        build(index)
        assert index.within("src") == ()


def test_what_was_built_is_there_when_it_is_opened_again(
    root: Path, cache: Path
) -> None:
    with indexed(root, cache):
        pass
    with Index(root, cache, workers=0) as index:
        assert defined(index, "total") == ["shop/cart.py:4"]
        build(index)
        assert (index.counts.read, index.counts.parsed) == (0, 0)


def test_two_indexes_of_one_repository_see_each_others_writes(
    root: Path, cache: Path
) -> None:
    with indexed(root, cache) as one, Index(root, cache, workers=0) as other:
        (root / "shop/cart.py").write_text("def saved(): ...\n")
        one.update(["shop/cart.py"])
        assert other.entry("shop/cart.py") is not None
        other.update([])
        assert defined(other, "saved") == ["shop/cart.py:0"]


def test_skipped_files_are_told_with_their_reason(root: Path, cache: Path) -> None:
    write(root, {".env": "A=1\n", "data.py": "x = '\0'\n"})
    with indexed(root, cache) as index:
        skipped = index.skipped()
        assert skipped["secret"][0] == 1
        assert skipped["secret"][1][0][0] == ".env"
        assert skipped["binary"][0] == 1


def test_configuration_is_read_also_where_it_is_ignored(
    root: Path, cache: Path
) -> None:
    write(root, {".gitignore": "*.json\n", "compile_commands.json": "[]"})
    with indexed(root, cache) as index:
        assert not index.has("compile_commands.json")
        assert index.read("compile_commands.json") == "[]"
        assert index.read("../outside.json") is None


def test_a_file_of_many_lines_is_found_up_to_a_bound(root: Path, cache: Path) -> None:
    long = "\n" * (CHUNK_LINES * MAX_CHUNKS) + "beyond = 1\n"
    write(root, {"endless.py": "here = 1\n" + long})
    with indexed(root, cache) as index:
        assert paths_with(index, "here") == ["endless.py"]
        assert paths_with(index, "beyond") == []
        entry = index.entry("endless.py")
        assert entry is not None
        assert entry.lines[-2] == "beyond = 1"


def test_the_folder_is_for_its_user_alone(root: Path, cache: Path) -> None:
    with indexed(root, cache):
        made = [cache, *cache.rglob("*")]
        assert len(made) > 3
        for each in made:
            assert each.stat().st_mode & 0o077 == 0, each
        assert os.fsdecode(next(cache.rglob("root")).read_bytes()) == str(root)
