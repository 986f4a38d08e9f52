"""Where tests would stand, by the tests that are there or by the language's habit."""

from pathlib import Path

import pytest

from retrieval.languages import language_of
from retrieval.tested import test_place
from retrieval.tests_named import is_test, named_after
from tests.unit.retrieval.asked import repository


def place(folder: Path, files: str, path: str, name: str = "run") -> tuple[str, str]:
    """Return the path of a new test, and the example; ``files`` are there, and ``path``."""
    language = language_of(path)
    assert language is not None
    there = {*files.split(), path}
    texts = {file: f"# {file}\n" for file in there}
    with repository(folder, texts) as index:
        found = test_place(
            index, path, language.name, name, exists=lambda one: one in there
        )
    return found.path, found.example or ""


EXAMPLES = [
    # python
    ("shop/money.py tests/test_money.py", "shop/cart.py", "tests/test_cart.py"),
    ("a/money.py tests/a/test_money.py", "a/b/cart.py", "tests/a/b/test_cart.py"),
    ("src/shop/money.py tests/test_money.py", "src/shop/cart.py", "tests/test_cart.py"),
    (
        "src/shop/money.py tests/unit/shop/test_money.py",
        "src/stock/item.py",
        "tests/unit/stock/test_item.py",
    ),
    ("shop/money.py shop/money_test.py", "stock/item.py", "stock/item_test.py"),
    ("shop/money.py shop/tests/test_money.py", "stock/i.py", "stock/tests/test_i.py"),
    ("tests/test_all.py", "shop/cart.py", "tests/test_cart.py"),
    # java
    (
        "src/main/java/a/Money.java src/test/java/a/MoneyTest.java",
        "src/main/java/a/b/Cart.java",
        "src/test/java/a/b/CartTest.java",
    ),
    (
        "src/main/java/a/Money.java src/test/java/a/MoneyTests.java",
        "src/main/java/a/Cart.java",
        "src/test/java/a/CartTests.java",
    ),
    # c#
    (
        "Shop/Money.cs Shop.Tests/MoneyTests.cs",
        "Shop/Cart.cs",
        "Shop.Tests/CartTests.cs",
    ),
    (
        "src/Shop/Models/Money.cs tests/Shop.Tests/Models/MoneyTest.cs",
        "src/Shop/Api/Cart.cs",
        "tests/Shop.Tests/Api/CartTest.cs",
    ),
    # php
    (
        "src/Model/Money.php tests/Unit/Model/MoneyTest.php",
        "src/Cart.php",
        "tests/Unit/CartTest.php",
    ),
    # typescript, javascript
    ("src/money.ts src/money.test.ts", "src/ui/cart.ts", "src/ui/cart.test.ts"),
    ("src/money.ts src/money.spec.ts", "src/cart.tsx", "src/cart.spec.tsx"),
    (
        "src/money.ts src/__tests__/money.test.ts",
        "src/ui/cart.ts",
        "src/ui/__tests__/cart.test.ts",
    ),
    ("src/a/money.js src/a/__tests__/money.js", "src/b/c.js", "src/b/__tests__/c.js"),
    ("lib/money.js test/money.test.js", "lib/cart.js", "test/cart.test.js"),
    # c++
    ("src/money.cpp tests/money_test.cpp", "src/cart.h", "tests/cart_test.cpp"),
    ("src/money.cc test/test_money.cc", "src/cart.cc", "test/test_cart.cc"),
    # bash
    ("bin/build.sh tests/build.bats", "bin/deploy.sh", "tests/deploy.bats"),
    ("lib/build.sh test/test_build.sh", "lib/deploy.sh", "test/test_deploy.sh"),
    # others
    ("pkg/money.go pkg/money_test.go", "cmd/run.go", "cmd/run_test.go"),
    ("lib/money.rb spec/money_spec.rb", "lib/cart.rb", "spec/cart_spec.rb"),
]


@pytest.mark.parametrize(("files", "path", "expected"), EXAMPLES)
def test_a_project_s_own_tests_tell_the_place(
    tmp_path: Path, files: str, path: str, expected: str
) -> None:
    assert place(tmp_path, files, path) == (expected, files.rsplit(maxsplit=1)[-1])


HABITS = [
    ("shop/cart.py", "tests/test_cart.py"),
    ("cart.py", "tests/test_cart.py"),
    ("src/main/java/a/Cart.java", "src/test/java/a/CartTest.java"),
    ("Cart.java", "CartTest.java"),
    ("Shop/Api/Cart.cs", "Shop.Tests/Api/CartTests.cs"),
    ("src/Shop/Cart.cs", "tests/Shop.Tests/CartTests.cs"),
    ("src/Model/Cart.php", "tests/Model/CartTest.php"),
    ("src/ui/cart.ts", "src/ui/cart.test.ts"),
    ("src/cart.jsx", "src/cart.test.jsx"),
    ("src/cart.cpp", "tests/cart_test.cpp"),
    ("src/cart.c", "tests/cart_test.c"),
    ("bin/deploy.sh", "tests/deploy.bats"),
    ("cmd/run.go", "cmd/run_test.go"),
    ("main.kt", "mainTest.kt"),
]


@pytest.mark.parametrize(("path", "expected"), HABITS)
def test_without_any_test_the_language_s_habit_tells(
    tmp_path: Path, path: str, expected: str
) -> None:
    assert place(tmp_path, "README.md", path) == (expected, "")


@pytest.mark.parametrize(
    ("files", "path", "name", "expected"),
    [
        ("tests/test_cart.py", "cart.py", "addItem", "tests/test_cart_add_item.py"),
        (
            "tests/test_cart.py tests/test_cart_total.py",
            "cart.py",
            "total",
            "tests/test_cart_total2.py",
        ),
        ("CartTest.java", "Cart.java", "addItem", "CartAddItemTest.java"),
        ("my-cart.test.ts", "my-cart.ts", "addItem", "my-cart-add-item.test.ts"),
        ("tests/deploy.bats", "deploy.sh", "run", "tests/deploy_run.bats"),
    ],
)
def test_what_is_there_is_not_overwritten(
    tmp_path: Path, files: str, path: str, name: str, expected: str
) -> None:
    assert place(tmp_path, files, path, name)[0] == expected


def test_without_an_index_there_is_a_place() -> None:
    found = test_place(None, "cart.py", "python", "total", exists=lambda _: False)
    assert (found.path, found.example) == ("tests/test_cart.py", None)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/conftest.py", True),
        ("shop/test_cart.py", True),
        ("shop/cart.py", False),
        ("src/test/java/a/CartTest.java", True),
        ("src/latest/cart.py", False),
        ("Shop.Tests/Helpers.cs", True),
        ("src/cart.spec.ts", True),
        ("contest.py", False),
        ("Latest.java", False),
    ],
)
def test_tests_are_told_by_their_paths(path: str, expected: bool) -> None:
    assert is_test(path) is expected


def test_tests_are_found_by_the_name_of_what_they_test(tmp_path: Path) -> None:
    files = ["shop/cart.py", "tests/test_cart.py", "other/cart_test.py", "test_cat.py"]
    with repository(tmp_path, {file: f"# {file}" for file in files}) as index:
        found = named_after(index, "shop/cart.py", "python")
    assert sorted(found) == ["other/cart_test.py", "tests/test_cart.py"]
