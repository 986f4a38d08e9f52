"""What a name at a cursor is, language by language, and in text that is no code."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from retrieval.index import Alone
from retrieval.outline import Kind
from retrieval.symbol import Symbol, symbol
from tests.unit.retrieval.asked import query, repository


def look(
    folder: Path, files: Mapping[str, str], path: str, drawn: str
) -> Symbol | None:
    """Return what stands at the mark, in a small repository."""
    asked = query(path, drawn)
    with repository(folder, files, asked) as index:
        return symbol(index, asked.cursor, path)


def alone(path: str, drawn: str) -> Symbol | None:
    """Return what stands at the mark, in a document without a repository."""
    cursor = query(path, drawn).cursor
    return symbol(Alone(path, cursor.document.lines), cursor, path)


def where(found: Symbol | None) -> str:
    """Return the definition as ``path:line``, with "?" for a guess, "" for nothing."""
    if found is None:
        return ""
    return f"{found.path}:{found.line}{'?' if found.guess else ''}"


class Case(NamedTuple):
    """``drawn`` is the document, in which ``where`` tells what is meant."""

    path: str
    drawn: str
    where: str


PYTHON = {
    "shop/money.py": '''\
class Base:
    def rounded(self):
        return self


class Money(Base):
    """An amount in a currency."""

    currency: str

    def convert(self, to: str) -> "Money":
        """Return it in another currency.

        :param to: which one
        """
        return self


def parse(text):
    return Money()


def total(items):
    return sum(items)
''',
    "shop/__init__.py": "from shop.money import Money\n",
    "shop/other.py": "class Account:\n    def convert(self):\n        pass\n",
    "shop/owner.py": (
        "from shop.money import Money\n\n\nclass Owner:\n"
        "    def __init__(self, purse: Money):\n        self.purse = purse\n\n"
        "    def pays(self) -> Money:\n        return self.purse\n"
    ),
    "stock/items.py": "def lonely():\n    pass\n",
}
IMPORT = "from shop.money import Money, parse as read, total\n"

IN_PYTHON = [
    ("def f(m: Mon‸ey):\n    pass", "shop/money.py:5"),
    ("x = rea‸d('1')", "shop/money.py:18"),
    ("def f(money: Money):\n    return money.conv‸ert('EUR')", "shop/money.py:10"),
    ("def f(m: Money):\n    return m.round‸ed()", "shop/money.py:1"),
    ("m = Money()\nm.conv‸ert('EUR')", "shop/money.py:10"),
    ("m = read('1')\nm.conv‸ert('EUR')", "shop/money.py:10?"),
    ("Money().conv‸ert('EUR')", "shop/money.py:10"),
    ("class A:\n    def f(self):\n        self.g‸()\n    def g(self): pass", "a.py:4"),
    (
        "class A(Money):\n    def f(self):\n        return super().conv‸ert('EUR')",
        "shop/money.py:10",
    ),
    ("class A(Money):\n    def f(self):\n        self.round‸ed()", "shop/money.py:1"),
    (
        "class A:\n def __init__(self, m: Money):\n  self.m = m\n"  # noqa: ISC004
        " def f(self):\n  self.m.conv‸ert('EUR')",
        "shop/money.py:10",
    ),
    ("def f(total):\n    return tot‸al", "a.py:1"),
    ("def f():\n    total = 1\n    return tot‸al", "a.py:2"),
    ("def f():\n    return tot‸al([])", "shop/money.py:22"),
    ("def f():\n    for total in []:\n        print(tot‸al)", "a.py:2"),
    ("def f():\n    with x as total:\n        print(tot‸al)", "a.py:2"),
    ("def f():\n    a, total = x\n    print(tot‸al)", "a.py:2"),
    ("def f(x):\n    x.total = 1\n    return tot‸al", "shop/money.py:22"),
    ("def parse(): pass\nx = pars‸e()", "a.py:1"),
    ("x = lone‸ly()", "stock/items.py:0?"),
    ("x = pri‸nt()", ""),
    ("x = unknown.conv‸ert()", "shop/money.py:10?"),
    ("# Mon‸ey", ""),
    ("x = 'Mon‸ey'", ""),
    ("x = f'{Mon‸ey}'", "shop/money.py:5"),
    ("re‸turn", ""),
    ("def make(): pass‸", ""),
    ("x = ‸", ""),
    ("‸", ""),
    ("Money‸", "shop/money.py:5"),
    ("def f(m: Money):\n    return m.conv‸ert(((", "shop/money.py:10"),
    ("class (:\n  def\nMon‸ey(", "shop/money.py:5"),
    (
        "class A:\n m: Money\n\ndef f(a: A):\n    a.m.conv‸ert('EUR')",
        "shop/money.py:10",
    ),
    (
        "class A:\n m: Money\n\ndef f(a: A):\n    a.m.convert(x[0]).round‸ed()",
        "shop/money.py:1",
    ),
    ("def f(m: Money):\n    m.rounded().unheard‸", ""),
    (
        "from shop.owner import Owner\ndef f(o: Owner):\n    o.purse.conv‸ert('')",
        "shop/money.py:10",
    ),
    (
        "from shop.owner import Owner\ndef f(o: Owner):\n    o.pays().conv‸ert('')",
        "shop/money.py:10",
    ),
]


@pytest.mark.parametrize(("drawn", "expected"), IN_PYTHON)
def test_python(tmp_path: Path, drawn: str, expected: str) -> None:
    assert where(look(tmp_path, PYTHON, "a.py", IMPORT + drawn)) == expected


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ("from shop import Money\nMon‸ey", "shop/money.py:5"),  # passed on by shop
        ("from shop import money\nmoney.par‸se('')", "shop/money.py:18"),
        ("import shop.money\nshop.money.par‸se('')", "shop/money.py:18"),
        ("import shop.money as m\nm.par‸se('')", "shop/money.py:18"),
        ("from shop.money import *\npar‸se('')", "shop/money.py:18"),
        ("from shop.money import par‸se", "shop/money.py:18"),
        ("from elsewhere import parse\npar‸se('')", ""),
        (
            "class A:\n    def f(self): pass\n\ndef make() -> A: ...\nmake().f‸()",
            "a.py:1",
        ),
    ],
)
def test_python_imports(tmp_path: Path, drawn: str, expected: str) -> None:
    assert where(look(tmp_path, PYTHON, "a.py", drawn)) == expected


TYPESCRIPT = {
    "shop/money.ts": """\
export interface Rates { [to: string]: number }

/**
 * An amount in a currency.
 */
export class Money {
  constructor(private amount: number) {}

  convert(to: string): Money {
    return this;
  }
}

export function parse(text: string): Money {
  return new Money(1);
}
""",
    "shop/index.ts": 'export { Money, parse } from "./money";\n',
}
JAVA = {
    "shop/Money.java": """\
package shop;

/** An amount in a currency. */
public class Money {
    private int amount;

    /** Converts it. */
    public Money convert(String to) {
        return this;
    }

    public Money convert(String to, int digits) {
        return this;
    }

    public static Money parse(String text) {
        return new Money();
    }
}
""",
    "shop/Rates.java": "package shop;\n\npublic class Rates {\n}\n",
}
CSHARP = {
    "Shop/Money.cs": """\
namespace Shop;

/// <summary>An amount in a currency.</summary>
public class Money
{
    public int Amount { get; set; }

    public Money Convert(string to)
    {
        return this;
    }
}
""",
}
PHP = {
    "src/Money.php": """\
<?php
namespace Shop;

/** An amount in a currency. */
class Money
{
    private int $amount;

    public function convert(string $to): Money
    {
        return $this;
    }

    public static function parse(string $text): self
    {
        return new self();
    }
}
""",
}
CPP = {
    "shop/money.h": """\
#pragma once
namespace shop {
/// An amount in a currency.
class Money {
 public:
  // Converts it.
  Money convert(int to) const;
  int amount = 0;
};
Money parse(const char* text);
}  // namespace shop
""",
    "shop/money.cpp": """\
#include "money.h"
namespace shop {
Money Money::convert(int to) const {
  return *this;
}
}  // namespace shop
""",
}
BASH = {
    "lib/build.sh": "# Builds everything.\nbuild_all() {\n  echo\n}\n",
}

OTHERS = [
    (
        TYPESCRIPT,
        [
            Case(
                "a.ts",
                'import { Money } from "./shop";\nlet m: Mon‸ey;',
                "shop/money.ts:5",
            ),
            Case(
                "a.ts",
                'import { Money } from "./shop/money";\n'
                "function f(m: Money) {\n  return m.conv‸ert('EUR');\n}",
                "shop/money.ts:8",
            ),
            Case(
                "a.ts",
                'import { Money } from "./shop/money";\nnew Money(1).conv‸ert("EUR");',
                "shop/money.ts:8",
            ),
            Case(
                "a.ts",
                'import { parse as read } from "./shop/money";\nconst m = rea‸d("");',
                "shop/money.ts:13",
            ),
            Case("a.ts", "const Money = 1;\nconst f = (x) => Mon‸ey;", "a.ts:0"),
            Case("a.ts", "function f(parse: number) {\n  return par‸se;\n}", "a.ts:0"),
            Case("a.ts", "function f({ parse }) {\n  return par‸se;\n}", "a.ts:0"),
            Case(
                "a.ts",
                "class A {\n  total() {}\n  f() {\n    this.tot‸al();\n  }\n}",
                "a.ts:1",
            ),
            Case(
                "a.tsx",
                'import { Money } from "./shop";\nconst a = <Mon‸ey />;',
                "shop/money.ts:5",
            ),
            Case(
                "a.js",
                'const { parse } = require("./shop/money");\npar‸se("");',
                "shop/money.ts:13",
            ),
            Case("a.ts", "// Mon‸ey", ""),
            Case("a.ts", "let a: str‸ing;", ""),
        ],
    ),
    (
        JAVA,
        [
            Case(
                "shop/A.java",
                "package shop;\nclass A { Mon‸ey m; }",
                "shop/Money.java:3",
            ),
            Case(
                "app/A.java",
                'package app;\nimport shop.Money;\nclass A { void f(Money m) { m.conv‸ert(""); } }',
                "shop/Money.java:7",
            ),
            Case(
                "app/A.java",
                'package app;\nimport shop.Money;\nclass A { void f() { Money.par‸se(""); } }',
                "shop/Money.java:15",
            ),
            Case(
                "app/A.java",
                "package app;\nclass A {\n  int total;\n  int f() { return tot‸al; }\n}",
                "app/A.java:2",
            ),
            Case(
                "app/A.java",
                "package app;\nclass A {\n  int total;\n  int f(int total) {\n    return tot‸al;\n  }\n}",
                "app/A.java:3",
            ),
            Case(
                "app/A.java", "package app;\nimport shop.Mon‸ey;", "shop/Money.java:3"
            ),
        ],
    ),
    (
        CSHARP,
        [
            Case(
                "App/A.cs",
                'using Shop;\nclass A { void F(Money m) { m.Con‸vert(""); } }',
                "Shop/Money.cs:7",
            ),
            Case("App/A.cs", "using Shop;\nclass A { Mon‸ey m; }", "Shop/Money.cs:3"),
            Case(
                "App/A.cs",
                "using Shop;\nclass A { void F() { var m = new Money(); m.Amo‸unt = 1; } }",
                "Shop/Money.cs:5",
            ),
        ],
    ),
    (
        PHP,
        [
            Case(
                "src/A.php",
                "<?php\nnamespace Shop;\nfunction f(Money $m) { $m->conv‸ert(''); }",
                "src/Money.php:8",
            ),
            Case(
                "src/A.php",
                "<?php\nnamespace Shop;\nMoney::par‸se('');",
                "src/Money.php:13",
            ),
            Case(
                "src/A.php",
                "<?php\nfunction f($parse) {\n  return $par‸se;\n}",
                "src/A.php:1",
            ),
            Case("src/A.php", "<?php\necho $par‸se;", ""),
        ],
    ),
    (
        CPP,
        [
            Case(
                "app/a.cpp",
                '#include "shop/money.h"\nshop::Mon‸ey m;',
                "shop/money.h:3",
            ),
            Case(
                "app/a.cpp",
                '#include "../shop/money.h"\nint f(const shop::Money& m) {\n'
                "  return m.conv‸ert(1).amount;\n}",
                "shop/money.h:6",
            ),
            Case(
                "app/a.cpp",
                '#include "../shop/money.h"\nint f(shop::Money* m) {\n'
                "  return m->amo‸unt;\n}",
                "shop/money.h:7",
            ),
            Case(
                "app/a.cpp", "int f(int amount) {\n  return amo‸unt;\n}", "app/a.cpp:0"
            ),
        ],
    ),
    (
        BASH,
        [
            Case("a.sh", "source lib/build.sh\nbuild‸_all", "lib/build.sh:1"),
            Case("a.sh", "if true; then\n  build‸_all\nfi", "lib/build.sh:1"),
            Case("a.sh", "f‸i", ""),
        ],
    ),
]


@pytest.mark.parametrize(
    ("files", "case"),
    [(files, case) for files, cases in OTHERS for case in cases],
    ids=lambda value: value.drawn if isinstance(value, Case) else "",
)
def test_other_languages(tmp_path: Path, files: Mapping[str, str], case: Case) -> None:
    assert where(look(tmp_path, files, case.path, case.drawn)) == case.where


def test_a_definition_says_all_that_is_known(tmp_path: Path) -> None:
    drawn = f"{IMPORT}\n\ndef pay(m: Money):\n    return m.conv‸ert('EUR')\n"
    found = look(tmp_path, PYTHON, "shop/pay.py", drawn)
    assert found is not None
    assert (found.name, found.kind, found.language) == (
        "convert",
        Kind.METHOD,
        "python",
    )
    assert (found.scope, found.type) == ("Money", "Money")
    assert found.signature == 'def convert(self, to: str) -> "Money":'
    assert found.documentation == ("Return it in another currency.\n\n- to: which one")
    assert (found.start, found.end) == (13, 20)
    assert (found.first, found.last) == (10, 15)
    assert found.text.startswith('    def convert(self, to: str) -> "Money":\n')
    assert found.text.endswith("return self")
    assert found.others == 1  # Account has one, too
    (use,) = found.uses.nearest
    assert (use.path, use.line, use.text, use.scope) == (
        "shop/pay.py",
        4,
        "return m.convert('EUR')",
        "pay",
    )
    assert (found.uses.count, found.uses.files, found.uses.more) == (1, 1, False)


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ("class A‸:\n    x = 1\n\n\nA()\n", "a.py:0"),
        ("def f‸(): pass", "a.py:0"),
        ("class A:\n    def f(self):\n        self.x‸ = 1", "a.py:2"),
    ],
)
def test_a_definition_is_found_at_its_own_name(drawn: str, expected: str) -> None:
    assert where(alone("a.py", drawn)) == expected


def test_one_document_alone_has_definitions_and_uses() -> None:
    found = alone("a.py", "def f(x):\n    return x\n\n\nprint(f(1), f‸(2))\nf\n")
    assert where(found) == "a.py:0"
    assert found is not None
    assert [use.line for use in found.uses.nearest] == [4, 5]


def test_uses_are_code_and_of_members_behind_a_dot() -> None:
    found = alone(
        "a.py",
        "class A:\n    def size‸(self):\n        pass\n\n\ndef f(a, size):\n"
        '    """The size.\n\n    a.size is it.\n    """\n    # a.size\n'
        "    size = a.size()\n    return size\n",
    )
    assert found is not None
    assert [use.line for use in found.uses.nearest] == [11]


def test_a_variable_has_the_uses_of_its_function() -> None:
    found = alone(
        "a.py",
        "def f():\n    size = 1\n    print(siz‸e)\n\n\ndef g(size):\n    return size\n",
    )
    assert found is not None
    assert found.local
    assert found.scope == "f"
    assert found.signature == "size = 1"
    assert [use.line for use in found.uses.nearest] == [2]


def test_a_header_says_what_its_definition_does_not(tmp_path: Path) -> None:
    drawn = CPP["shop/money.cpp"].replace("Money::convert", "Money::conv‸ert")
    found = look(tmp_path, CPP, "shop/money.cpp", drawn)
    assert where(found) == "shop/money.cpp:2"
    assert found is not None
    assert found.documentation == "Converts it."
    assert [use.path for use in found.candidates] == ["shop/money.h"]


def test_overloads_are_candidates(tmp_path: Path) -> None:
    drawn = 'package shop;\nclass A { void f(Money m) { m.conv‸ert(""); } }'
    found = look(tmp_path, JAVA, "shop/A.java", drawn)
    assert found is not None
    assert [use.line for use in found.candidates] == [11]


@pytest.mark.parametrize(
    ("path", "drawn", "expected"),
    [
        ("README.md", "See `Money.conv‸ert`.", "shop/money.py:10"),
        ("README.md", "The money‸ is here.", ""),
        ("README.md", "build_all‸", ""),
        ("a.unknown", "read‸_all", ""),
        ("a.txt", "", ""),
    ],
)
def test_without_a_grammar_what_is_no_plain_word_is_looked_up(
    tmp_path: Path, path: str, drawn: str, expected: str
) -> None:
    files = PYTHON | {"more.py": "def read_more(): pass\n"}
    drawn = drawn if "‸" in drawn else drawn + "‸"
    assert where(look(tmp_path, files, path, drawn)) == expected


@pytest.mark.parametrize("text", ["", "\n", "\0", "(((((", "'", '"""', "é" * 50])
@pytest.mark.parametrize("path", ["a.py", "a.ts", "A.java", "a.sh", "a.php", "a.txt"])
def test_any_text_is_looked_at_without_a_fault(path: str, text: str) -> None:
    for end in ("‸", "\nx‸", "\n.x‸", "\nx.‸y"):
        alone(path, text + end)


def test_a_name_that_is_everywhere_is_not_counted_to_the_end(tmp_path: Path) -> None:
    files = {f"m{n}.py": f"common_name\n# {n}\n" for n in range(120)}
    found = look(tmp_path, files, "a.py", "def common_name(): pass\ncommon‸_name\n")
    assert found is not None
    assert found.uses.more
    assert found.uses.nearest[0].path == "a.py"
    assert len(found.uses.nearest) == 6
