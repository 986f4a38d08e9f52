"""Definitions that the lines at a cursor speak of, language by language."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from retrieval.around import surroundings
from retrieval.defined import defined
from retrieval.near import Query, near
from retrieval.rank import Candidate
from retrieval.source import Origin
from tests.unit.retrieval.asked import query, repository


def search(folder: Path, files: Mapping[str, str], asked: Query) -> list[Candidate]:
    """Return what is found, the likeliest first."""
    with repository(folder, files, asked) as index:
        found = defined(index, near(asked), surroundings(index, asked))
    return sorted(found, key=lambda one: one.evidence, reverse=True)


def check(
    folder: Path, files: Mapping[str, str], path: str, drawn: str
) -> dict[str, str]:
    """Return what is found as ``path: why`` and its text."""
    found = search(folder, files, query(path, drawn))
    assert {one.origin for one in found} <= {Origin.DEFINITION}
    return {f"{one.path}: {one.why}": one.text for one in found}


class Case(NamedTuple):
    """``other`` is a file beside the document ``here``; ``said`` is what is to be found."""

    other: tuple[str, str]
    here: tuple[str, str]
    said: str


PYTHON = (
    "cart.py",
    """\
class Cart:
    size = 1

    def total(self, user) -> int:
        return user.pays


def make() -> Cart:
    return Cart()
""",
)
PYTHON_SAID = "class Cart:\n    size = 1\n    def total(self, user) -> int:"
TYPESCRIPT = (
    "cart.ts",
    """\
export class Cart {
  size = 1;

  total(user: User): number {
    return user.pays;
  }
}

export function make(): Cart {
  return new Cart();
}
""",
)
TYPESCRIPT_SAID = "export class Cart {\n  size = 1;\n  total(user: User): number {"
JAVA = (
    "shop/Cart.java",
    """\
package shop;

public class Cart {
    public int total(User user) {
        return user.pays;
    }

    public static Cart make() {
        return new Cart();
    }
}
""",
)
JAVA_SAID = "public class Cart {\n    public int total(User user) {"
CPP = (
    "cart.h",
    """\
#pragma once
class Cart {
 public:
  int total(const User& user) const {
    return user.pays;
  }
};

Cart make();
""",
)
CPP_SAID = "class Cart {\n  int total(const User& user) const {"
PHP = (
    "Cart.php",
    """\
<?php
namespace Shop;

class Cart
{
    public function total(User $user): int
    {
        return $user->pays;
    }

    public static function make(): Cart
    {
        return new Cart();
    }
}
""",
)
PHP_SAID = "class Cart\n    public function total(User $user): int"
CSHARP = (
    "Cart.cs",
    """\
namespace Shop;

public class Cart
{
    public int Total(User user)
    {
        return user.Pays;
    }

    public static Cart Make()
    {
        return new Cart();
    }
}
""",
)
CSHARP_SAID = "public class Cart\n    public int Total(User user)"

TYPED = {
    "python, annotated": Case(
        PYTHON,
        ("a.py", "from cart import Cart\n\n\ndef f(c: Cart):\n    c.‸\n"),
        PYTHON_SAID,
    ),
    "python, made": Case(
        PYTHON, ("a.py", "from cart import Cart\n\nc = Cart()\nc.‸\n"), PYTHON_SAID
    ),
    "python, returned": Case(
        PYTHON, ("a.py", "from cart import make\n\nc = make()\nc.‸\n"), PYTHON_SAID
    ),
    "typescript, annotated": Case(
        TYPESCRIPT,
        ("a.ts", "import { Cart } from './cart';\nfunction f(c: Cart) {\n  c.‸\n}\n"),
        TYPESCRIPT_SAID,
    ),
    "typescript, made": Case(
        TYPESCRIPT,
        ("a.ts", "import { Cart } from './cart';\nconst c = new Cart();\nc.‸\n"),
        TYPESCRIPT_SAID,
    ),
    "typescript, returned": Case(
        TYPESCRIPT,
        ("a.ts", "import { make } from './cart';\nconst c = make();\nc.‸\n"),
        TYPESCRIPT_SAID,
    ),
    "java, annotated": Case(
        JAVA,
        (
            "A.java",
            "import shop.Cart;\nclass A {\n  void f(Cart c) {\n    c.‸\n  }\n}\n",
        ),
        f"{JAVA_SAID}\n    public static Cart make() {{",
    ),
    "java, made": Case(
        JAVA,
        (
            "A.java",
            "import shop.Cart;\nclass A {\n  void f() {\n    var c = new Cart();\n    c.‸\n  }\n}\n",
        ),
        f"{JAVA_SAID}\n    public static Cart make() {{",
    ),
    "java, returned": Case(
        JAVA,
        (
            "A.java",
            "import shop.Cart;\nclass A {\n  void f() {\n    var c = Cart.make();\n    c.‸\n  }\n}\n",
        ),
        JAVA_SAID,
    ),
    "c++, annotated": Case(
        CPP,
        ("a.cpp", '#include "cart.h"\nvoid f(const Cart& c) {\n  c.‸\n}\n'),
        CPP_SAID,
    ),
    "c++, made": Case(
        CPP,
        (
            "a.cpp",
            '#include "cart.h"\nvoid f() {\n  auto c = std::make_unique<Cart>();\n  c->‸\n}\n',
        ),
        CPP_SAID,
    ),
    "c++, returned": Case(
        CPP,
        ("a.cpp", '#include "cart.h"\nvoid f() {\n  auto c = make();\n  c.‸\n}\n'),
        CPP_SAID,
    ),
    "php, annotated": Case(
        PHP,
        ("a.php", "<?php\nuse Shop\\Cart;\n\nfunction f(Cart $c) {\n    $c->‸\n}\n"),
        f"{PHP_SAID}\n    public static function make(): Cart",
    ),
    "php, made": Case(
        PHP,
        ("a.php", "<?php\nuse Shop\\Cart;\n\n$c = new Cart();\n$c->‸\n"),
        f"{PHP_SAID}\n    public static function make(): Cart",
    ),
    "php, returned": Case(
        PHP,
        ("a.php", "<?php\nuse Shop\\Cart;\n\n$c = Cart::make();\n$c->‸\n"),
        PHP_SAID,
    ),
    "c#, annotated": Case(
        CSHARP,
        ("A.cs", "using Shop;\nclass A\n{\n  void F(Cart c)\n  {\n    c.‸\n  }\n}\n"),
        f"{CSHARP_SAID}\n    public static Cart Make()",
    ),
    "c#, made": Case(
        CSHARP,
        (
            "A.cs",
            "using Shop;\nclass A\n{\n  void F()\n  {\n    var c = new Cart();\n    c.‸\n  }\n}\n",
        ),
        f"{CSHARP_SAID}\n    public static Cart Make()",
    ),
    "c#, returned": Case(
        CSHARP,
        (
            "A.cs",
            "using Shop;\nclass A\n{\n  void F()\n  {\n    var c = Cart.Make();\n    c.‸\n  }\n}\n",
        ),
        CSHARP_SAID,
    ),
}


def tables(cases: Mapping[str, Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases.values(), ids=cases)


@tables(TYPED)
def test_the_class_of_a_variable_is_outlined(tmp_path: Path, case: Case) -> None:
    found = check(tmp_path, dict([case.other]), *case.here)
    assert found[f"{case.other[0]}: type of a variable here: Cart"] == case.said


BASES = {
    "python": Case(
        ("base.py", "class Base:\n    def price(self) -> int:\n        return 1\n"),
        (
            "a.py",
            "from base import Base\n\n\nclass Cart(Base):\n    def total(self):\n        ‸\n",
        ),
        "class Base:\n    def price(self) -> int:",
    ),
    "typescript": Case(
        (
            "base.ts",
            "export class Base {\n  price(): number {\n    return 1;\n  }\n}\n",
        ),
        (
            "a.ts",
            "import { Base } from './base';\nclass Cart extends Base {\n  total() {\n    ‸\n  }\n}\n",
        ),
        "export class Base {\n  price(): number {",
    ),
    "java": Case(
        ("p/Base.java", "class Base {\n  int price() {\n    return 1;\n  }\n}\n"),
        ("p/Cart.java", "class Cart extends Base {\n  int total() {\n    ‸\n  }\n}\n"),
        "class Base {\n  int price() {",
    ),
    "c++": Case(
        ("base.h", "class Base {\n public:\n  int price();\n};\n"),
        (
            "a.cpp",
            '#include "base.h"\nclass Cart : public Base {\n  int total() {\n    ‸\n  }\n};\n',
        ),
        "class Base {\n  int price();",
    ),
    "php": Case(
        (
            "Base.php",
            "<?php\nclass Base\n{\n  function price()\n  {\n    return 1;\n  }\n}\n",
        ),
        (
            "Cart.php",
            "<?php\nclass Cart extends Base\n{\n  function total()\n  {\n    ‸\n  }\n}\n",
        ),
        "class Base\n  function price()",
    ),
    "c#": Case(
        ("Base.cs", "class Base\n{\n  int Price()\n  {\n    return 1;\n  }\n}\n"),
        ("Cart.cs", "class Cart : Base\n{\n  int Total()\n  {\n    ‸\n  }\n}\n"),
        "class Base\n  int Price()",
    ),
}


@tables(BASES)
def test_a_base_of_the_class_here_is_outlined(tmp_path: Path, case: Case) -> None:
    found = check(tmp_path, dict([case.other]), *case.here)
    assert found[f"{case.other[0]}: a base of the class here: Base"] == case.said


PARTS = {
    "c++ header": Case(
        (
            "cart.h",
            "class Cart {\n public:\n  int total() const;\n  void clear();\n};\n",
        ),
        ("cart.cpp", '#include "cart.h"\n\nint Cart::total() const {\n  ‸\n}\n'),
        "class Cart {\n  void clear();",
    ),
    "c# partial class": Case(
        (
            "Other.cs",
            "partial class Cart\n{\n  int Price()\n  {\n    return 1;\n  }\n}\n",
        ),
        ("Cart.cs", "partial class Cart\n{\n  int Total()\n  {\n    ‸\n  }\n}\n"),
        "partial class Cart\n  int Price()",
    ),
}


@tables(PARTS)
def test_the_class_here_is_outlined_from_its_other_file(
    tmp_path: Path, case: Case
) -> None:
    found = check(tmp_path, dict([case.other]), *case.here)
    assert found[f"{case.other[0]}: the class here: Cart"] == case.said


SIBLINGS = {
    "python": Case(
        (
            "bus.py",
            "class Bus(Base):\n    def drive(self):\n        self.doors()\n        self.count()\n        self.leave()\n",
        ),
        (
            "car.py",
            "class Car(Base):\n    def drive(self):\n        self.doors()\n        ‸\n",
        ),
        "        self.doors()\n        self.count()\n        self.leave()",
    ),
    "typescript": Case(
        (
            "bus.ts",
            "class Bus extends Base {\n  drive() {\n    this.doors();\n    this.count();\n    this.leave();\n  }\n}\n",
        ),
        (
            "car.ts",
            "class Car extends Base {\n  drive() {\n    this.doors();\n    ‸\n  }\n}\n",
        ),
        "    this.doors();\n    this.count();\n    this.leave();\n  }",
    ),
    "java": Case(
        (
            "Bus.java",
            "class Bus extends Base {\n  void drive() {\n    doors();\n    count();\n    leave();\n  }\n}\n",
        ),
        (
            "Car.java",
            "class Car extends Base {\n  void drive() {\n    doors();\n    ‸\n  }\n}\n",
        ),
        "    doors();\n    count();\n    leave();\n  }",
    ),
    "c++": Case(
        (
            "bus.h",
            "class Bus : public Base {\n  void drive() {\n    doors();\n    count();\n    leave();\n  }\n};\n",
        ),
        (
            "car.h",
            "class Car : public Base {\n  void drive() {\n    doors();\n    ‸\n  }\n};\n",
        ),
        "    doors();\n    count();\n    leave();\n  }",
    ),
    "php": Case(
        (
            "Bus.php",
            "<?php\nclass Bus extends Base\n{\n  function drive() {\n    doors();\n    count();\n    leave();\n  }\n}\n",
        ),
        (
            "Car.php",
            "<?php\nclass Car extends Base\n{\n  function drive() {\n    doors();\n    ‸\n  }\n}\n",
        ),
        "    doors();\n    count();\n    leave();\n  }",
    ),
    "c#": Case(
        (
            "Bus.cs",
            "class Bus : Base\n{\n  void Drive() {\n    Doors();\n    Count();\n    Leave();\n  }\n}\n",
        ),
        (
            "Car.cs",
            "class Car : Base\n{\n  void Drive() {\n    Doors();\n    ‸\n  }\n}\n",
        ),
        "    Doors();\n    Count();\n    Leave();\n  }",
    ),
}


@tables(SIBLINGS)
def test_a_method_of_a_class_with_the_same_base_is_shown_from_as_deep(
    tmp_path: Path, case: Case
) -> None:
    files = dict([case.other])
    name = "Drive" if case.other[0].endswith(".cs") else "drive"
    why = f"{case.other[0]}: {name} of a class with the same base"
    assert check(tmp_path / "same", files, *case.here)[why] == case.said
    path, drawn = case.here
    stranger = drawn.replace("Base", "Stranger")
    assert why not in check(tmp_path / "other", files, path, stranger)


IMPORTED = {
    "python": (
        {"one/cart.py": PYTHON[1], "two/cart.py": "\n" + PYTHON[1]},
        ("app/a.py", "from two.cart import Cart\n\n\ndef f(c: Cart):\n    c.‸\n"),
        "two/cart.py",
    ),
    "typescript": (
        {"one/cart.ts": TYPESCRIPT[1], "two/cart.ts": "\n" + TYPESCRIPT[1]},
        (
            "app/a.ts",
            "import { Cart } from '../two/cart';\nfunction f(c: Cart) {\n  c.‸\n}\n",
        ),
        "two/cart.ts",
    ),
    "java": (
        {
            "one/Cart.java": JAVA[1].replace("shop", "one"),
            "two/Cart.java": JAVA[1].replace("shop", "two"),
        },
        (
            "app/A.java",
            "import two.Cart;\nclass A {\n  void f(Cart c) {\n    c.‸\n  }\n}\n",
        ),
        "two/Cart.java",
    ),
    "c++": (
        {"one/cart.h": CPP[1], "two/cart.h": "\n" + CPP[1]},
        ("app/a.cpp", '#include "../two/cart.h"\nvoid f(Cart& c) {\n  c.‸\n}\n'),
        "two/cart.h",
    ),
    "php": (
        {
            "one/Cart.php": PHP[1].replace("Shop", "One"),
            "two/Cart.php": PHP[1].replace("Shop", "Two"),
        },
        ("app/a.php", "<?php\nuse Two\\Cart;\n\nfunction f(Cart $c) {\n    $c->‸\n}\n"),
        "two/Cart.php",
    ),
    "c#": (
        {
            "One/Cart.cs": CSHARP[1].replace("Shop", "One"),
            "Two/Cart.cs": CSHARP[1].replace("Shop", "Two"),
        },
        (
            "App/A.cs",
            "using Two;\nclass A\n{\n  void F(Cart c)\n  {\n    c.‸\n  }\n}\n",
        ),
        "Two/Cart.cs",
    ),
}


@pytest.mark.parametrize(("files", "here", "expected"), IMPORTED.values(), ids=IMPORTED)
def test_an_imported_definition_comes_before_another_of_its_name(
    tmp_path: Path, files: dict[str, str], here: tuple[str, str], expected: str
) -> None:
    first, second = search(tmp_path, files, query(*here))[:2]
    assert first.path == expected
    assert second.path != expected
    assert first.evidence > second.evidence


def test_a_definition_in_the_same_folder_comes_before_one_elsewhere(
    tmp_path: Path,
) -> None:
    files = {"one/ship.py": "def ship(a): ...\n", "app/ship.py": "def ship(b): ...\n"}
    here, elsewhere = search(tmp_path, files, query("app/here.py", "ship(‸"))
    assert (here.text, elsewhere.text) == ("def ship(b): ...", "def ship(a): ...")
    assert here.evidence > elsewhere.evidence


def test_a_function_used_here_is_shown_by_its_signature(tmp_path: Path) -> None:
    text = "def ship(\n    cart,\n    address,\n) -> int:\n    return 1\n"
    assert check(tmp_path, {"ship.py": text}, "here.py", "ship(‸") == {
        "ship.py: used here: ship": "def ship(\n    cart,\n    address,\n) -> int:"
    }


def test_a_name_that_this_file_defines_is_looked_up_nowhere(tmp_path: Path) -> None:
    drawn = "def ship(): ...\n\n\nship(‸"
    assert check(tmp_path, {"ship.py": "def ship(a): ...\n"}, "here.py", drawn) == {}


def test_a_name_with_very_many_definitions_is_shown_where_it_is_imported(
    tmp_path: Path,
) -> None:
    files = {f"m{n}.py": f"def run(a{n}): ...\n" for n in range(13)}
    assert check(tmp_path / "none", files, "here.py", "run(‸") == {}
    drawn = "from m3 import run\n\nrun(‸"
    assert check(tmp_path / "one", files, "here.py", drawn) == {
        "m3.py: used here: run": "def run(a3): ..."
    }


def test_a_type_that_is_said_below_the_cursor_says_nothing(tmp_path: Path) -> None:
    drawn = "c‸\nc = Cart()\n"
    assert check(tmp_path, dict([PYTHON]), "here.py", drawn) == {}


def test_what_the_prompt_has_is_no_name_of_a_definition(tmp_path: Path) -> None:
    drawn = "user = 1\n\n\ndef f(c: Cart):\n    c.‸\n"
    (found,) = search(tmp_path, dict([PYTHON]), query("a.py", drawn))
    assert found.names == {"size", "total", "self", "int"}


@pytest.mark.parametrize("path", ["here.txt", "Makefile"])
def test_a_name_in_a_text_without_a_grammar_is_looked_up(
    tmp_path: Path, path: str
) -> None:
    found = check(tmp_path, dict([PYTHON]), path, "make(‸")
    assert found == {"cart.py: used here: make": "def make() -> Cart:"}
