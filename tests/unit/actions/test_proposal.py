"""Answers as models give them, and what is made of them, in all promised languages."""

import pytest

from lsp_server.actions.answer import Block
from lsp_server.actions.catalogue import Name
from lsp_server.actions.proposal import Proposal, proposed
from lsp_server.actions.region import region_for
from tests.unit.actions.outcomes import after, outcome
from tests.unit.actions.places import document, situation

PYTHON = """\
import os


class Paths:
    def joined(self, name):
        root = self.root
        return os.path.join(root, ‸nmae)

    def other(self):
        return 1
"""
FIXED = PYTHON.replace("‸nmae", "name")

ANSWERS = {
    "as it stands in the file": """\
    def joined(self, name):
        root = self.root
        return os.path.join(root, name)
```
""",
    "moved to the left": """\
def joined(self, name):
    root = self.root
    return os.path.join(root, name)
```
""",
    "only its first line moved to the left": """\
def joined(self, name):
        root = self.root
        return os.path.join(root, name)
```
""",
    "with the class around it": """\
class Paths:
    def joined(self, name):
        root = self.root
        return os.path.join(root, name)

    def other(self):
        return 1
```
""",
    "with tabs": """\
def joined(self, name):
\troot = self.root
\treturn os.path.join(root, name)
```
""",
    "two spaces to a level": """\
def joined(self, name):
  root = self.root
  return os.path.join(root, name)
```
""",
    "with an import that is there": """\
import os

def joined(self, name):
    root = self.root
    return os.path.join(root, name)
```
""",
    "chatty": """\
Here is the fixed code:

```python
    def joined(self, name):
        root = self.root
        return os.path.join(root, name)
```

I fixed the name.
""",
    "blank lines around": """\


    def joined(self, name):
        root = self.root
        return os.path.join(root, name)


```
""",
}


@pytest.mark.parametrize("case", ANSWERS)
def test_however_it_is_said_the_edit_is_the_same(case: str) -> None:
    found = outcome(Name.FIX, PYTHON, ANSWERS[case])
    assert found.problems == ()
    assert found.after.text == FIXED
    assert [(one.start, one.end, one.text) for one in found.changes] == [
        ((6, 34), (6, 38), "name")
    ]


FIXES = {
    "cpp": (
        (
            "int total(const std::vector<int>& all) {\n    int sum;\n"
            "    for (int one : all)\n        ‸sum += one;\n    return sum;\n}\n"
        ),
        (
            "int total(const std::vector<int>& all) {\n    int sum = 0;\n"
            "    for (int one : all)\n        sum += one;\n    return sum;\n}\n```\n"
        ),
        ("int sum;", "int sum = 0;"),
    ),
    "java": (
        "package a;\n\npublic class A {\n\tString name() {\n\t\treturn ‸nme;\n\t}\n}\n",
        "String name() {\n    return name;\n}\n```\n",
        ("nme", "name"),
    ),
    "php": (
        "<?php\n\nfunction total(array $all): int\n{\n    return array_sum(‸$al);\n}\n",
        "function total(array $all): int\n{\n    return array_sum($all);\n}\n```\n",
        ("$al)", "$all)"),
    ),
    "typescript": (
        (
            "export class A {\r\n  total(all: number[]): number {\r\n"
            "    return all.reduce((a, b) => a + b, ‸'0');\r\n  }\r\n}\r\n"
        ),
        (
            "  total(all: number[]): number {\n"
            "    return all.reduce((a, b) => a + b, 0);\n  }\n```\n"
        ),
        ("'0'", "0"),
    ),
    "javascript": (
        (
            "const total = (all) => {\n  let sum = 0;\n  for (const one in ‸all) sum += one;\n"
            "  return sum;\n};\n"
        ),
        (
            "const total = (all) => {\n  let sum = 0;\n  for (const one of all) sum += one;\n"
            "  return sum;\n};\n```\n"
        ),
        ("one in", "one of"),
    ),
    "csharp": (
        (
            "namespace N\n{\n    public class A\n    {\n        public string Name()\n        {\n"
            "            return ‸null;\n        }\n    }\n}\n"
        ),
        'public string Name()\n{\n    return "";\n}\n```\n',
        ("null", '""'),
    ),
    "shellscript": (
        "#!/bin/bash\ncopy() {\n  cp ‸$1 $2\n}\n",
        'copy() {\n  cp "$1" "$2"\n}\n```\n',
        ("$1 $2", '"$1" "$2"'),
    ),
}


@pytest.mark.parametrize("language", FIXES)
def test_a_fix_changes_what_is_wrong_and_nothing_else(language: str) -> None:
    drawn, said, (wrong, right) = FIXES[language]
    expected = drawn.replace("‸", "").replace(wrong, right)
    assert after(Name.FIX, drawn, said, language) == expected


DOCUMENTED = {
    "python": (
        "class A:\n    def f(self, x):\n        return ‸x\n",
        ' Return x.\n\nArgs:\n    x: what it is.\n"""\n```\n',
        (
            'class A:\n    def f(self, x):\n        """Return x.\n\n        Args:\n'
            '            x: what it is.\n        """\n        return x\n'
        ),
    ),
    "cpp": (
        "namespace n {\ntemplate <typename T>\nT f(T x) {\n    return ‸x;\n}\n}\n",
        " Returns x.\n * @param x what it is\n */\nT f(T x) {}\n",
        (
            "namespace n {\n/**\n * Returns x.\n * @param x what it is\n */\n"
            "template <typename T>\nT f(T x) {\n    return x;\n}\n}\n"
        ),
    ),
    "java": (
        "class A {\n    @Override\n    int f(int x) {\n        return ‸x;\n    }\n}\n",
        " Returns x.\n */",
        (
            "class A {\n    /**\n     * Returns x.\n     */\n    @Override\n    int f(int x) {\n"
            "        return x;\n    }\n}\n"
        ),
    ),
    "php": (
        "<?php\nfunction f(int $x): int {\n    return ‸$x;\n}\n",
        " Returns x.\n *\n * @param int $x what it is\n */\nfunction",
        (
            "<?php\n/**\n * Returns x.\n *\n * @param int $x what it is\n */\n"
            "function f(int $x): int {\n    return $x;\n}\n"
        ),
    ),
    "typescript": (
        "export class A {\n  @dec()\n  f(x: number): number {\n    return ‸x;\n  }\n}\n",
        " Returns x. */\n",
        (
            "export class A {\n  /**\n   * Returns x.\n   */\n  @dec()\n"
            "  f(x: number): number {\n    return x;\n  }\n}\n"
        ),
    ),
    "javascript": (
        "const f = (x) => {\n  return ‸x;\n};\n",
        " Returns x.\n * @param {number} x it */\n",
        (
            "/**\n * Returns x.\n * @param {number} x it\n */\nconst f = (x) => {\n"
            "  return x;\n};\n"
        ),
    ),
    "csharp": (
        "class A\n{\n    [Pure]\n    int F(int x)\n    {\n        return ‸x;\n    }\n}\n",
        ' <summary>Returns x.</summary>\n/// <param name="x">It.</param>\n[Pure]\n',
        (
            "class A\n{\n    /// <summary>Returns x.</summary>\n"
            '    /// <param name="x">It.</param>\n    [Pure]\n    int F(int x)\n    {\n'
            "        return x;\n    }\n}\n"
        ),
    ),
    "shellscript": (
        "#!/bin/bash\nf() {\n  echo ‸1\n}\n",
        " Prints one.\n#\n# Nothing else.\nf() {\n  rm -rf /\n}\n```\n",
        "#!/bin/bash\n# Prints one.\n#\n# Nothing else.\nf() {\n  echo 1\n}\n",
    ),
}


@pytest.mark.parametrize("language", DOCUMENTED)
def test_documentation_follows_the_language_and_leaves_the_code(language: str) -> None:
    drawn, said, expected = DOCUMENTED[language]
    assert after(Name.DOCUMENT, drawn, said, language) == expected


IMPORTING = {
    "python": (
        '"""Module."""\n\nimport os\n\n\ndef f(x):\n    return ‸re.sub("a", x)\n',
        'import re\n\ndef f(x):\n    return re.sub("a", "", x)\n```\n',
        "import os\nimport re\n",
    ),
    "cpp": (
        "#include <string>\n\nint f(int x) {\n    return ‸max(x, 1);\n}\n",
        (
            "#include <algorithm>\n#include <string>\n\nint f(int x) {\n"
            "    return std::max(x, 1);\n}\n```\n"
        ),
        "#include <string>\n#include <algorithm>\n\nint",
    ),
    "java": (
        "package a;\n\nclass A {\n    int f() {\n        return ‸List.of();\n    }\n}\n",
        "import java.util.List;\n\n    int f() {\n        return List.of(1);\n    }\n```\n",
        "package a;\nimport java.util.List;\n\nclass A",
    ),
    "php": (
        "<?php\n\nnamespace A;\n\nuse B\\C;\n\nfunction f() {\n    return new ‸D();\n}\n",
        "use B\\D;\n\nfunction f() {\n    return new D(1);\n}\n```\n",
        "use B\\C;\nuse B\\D;\n\nfunction",
    ),
    "typescript": (
        'import { a } from "./a";\n\nexport function f() {\n  return ‸b(a);\n}\n',
        'import {\n  b,\n} from "./b";\n\nexport function f() {\n  return b(a, 1);\n}\n```\n',
        'import { a } from "./a";\nimport {\n  b,\n} from "./b";\n\nexport',
    ),
    "csharp": (
        "using System;\n\nclass A\n{\n    int F()\n    {\n        return ‸G();\n    }\n}\n",
        "using System.Linq;\nint F()\n{\n    return G().Sum();\n}\n```\n",
        "using System;\nusing System.Linq;\n\nclass",
    ),
}


@pytest.mark.parametrize("language", IMPORTING)
def test_new_imports_go_to_those_of_the_file(language: str) -> None:
    drawn, said, expected = IMPORTING[language]
    text = after(Name.FIX, drawn, said, language)
    assert text.count(expected) == 1


def test_a_file_without_imports_gets_them_below_what_opens_it() -> None:
    drawn = (
        '#!/usr/bin/env python3\n# Ours.\n\n"""Do."""\n\n\ndef f():\n    return ‸os\n'
    )
    text = after(Name.FIX, drawn, "import os\n\ndef f():\n    return os.name\n```\n")
    assert '"""Do."""\nimport os\n\n\ndef f' in text


def test_a_comment_becomes_code() -> None:
    drawn = "def f(all):\n    # sum the even‸ ones\n    # of all\n    return total\n"
    said = "total = sum(one for one in all if one % 2 == 0)\n```\n"
    assert after(Name.GENERATE, drawn, said) == (
        "def f(all):\n    # sum the even ones\n    # of all\n"
        "    total = sum(one for one in all if one % 2 == 0)\n    return total\n"
    )


def test_statements_become_a_function_of_their_own() -> None:
    drawn = "class A:\n    def f(self, x):\n«        y = x * 2\n        y += 1\n»        return y\n"
    said = (
        "    def f(self, x):\n        y = self._doubled(x)\n        return y\n\n"
        "    def _doubled(self, x):\n        y = x * 2\n        y += 1\n        return y\n```\n"
    )
    text = after(Name.EXTRACT, drawn, said)
    assert text == "class A:\n" + said.removesuffix("```\n")


def test_tests_are_a_file_of_their_own() -> None:
    said = "from a import f\n\n\ndef test_f():\n    assert f(1) == 1\n```\n"
    region = region_for(Name.TESTS, situation("def f(x):\n    return ‸x\n"))
    block = Block("```python\n")
    block.feed(said)
    block.end()
    made = proposed(Name.TESTS, document(""), region, block)
    assert (made.problems, made.notes) == ((), ())
    assert made.after.text == said.removesuffix("```\n")


def test_the_same_again_is_no_change_and_says_so() -> None:
    said = "def f(x):\n    return x\n```\n"
    found = outcome(Name.SIMPLIFY, "def f(x):\n    return ‸x\n", said)
    assert (found.changes, found.problems) == ((), ())
    assert found.notes == ("The model would change nothing.",)


def test_a_new_signature_is_told() -> None:
    said = "def f(x, y=1):\n    return x + y\n```\n"
    found = outcome(Name.FIX, "def f(x):\n    return ‸x + y\n", said)
    assert found.problems == ()
    assert found.notes == ("The signature of f changed: def f(x) -> def f(x, y=1)",)


def test_what_goes_and_comes_with_a_rewrite_is_told() -> None:
    drawn = "«def f(x):\n    return x\n\n\ndef g(x):\n    return f(x)»\n"
    said = (
        "import os\n\ndef f(x):\n    return h(x)\n\n\ndef h(x):\n    return os\n```\n"
    )
    found = outcome(Name.REWRITE, "x = 1\n" + drawn, said)
    assert found.problems == ()
    assert found.notes == ("g is gone.", "h is new.", "New at the top: import os")


def test_what_a_diagnostic_says_is_unused_may_go() -> None:
    drawn = "class A:\n    def ‸_old(self):\n        pass\n\n    def new(self):\n        pass\n"
    place = drawn.replace("‸", "").replace("class A:", "class A‸:")
    said = "class A:\n    def new(self):\n        pass\n```\n"
    kept = outcome(Name.FIX, place, said, wish="something is wrong")
    assert "leaves out the method _old" in kept.problems[0]
    gone = outcome(Name.FIX, place, said, wish="'_old' is never used")
    assert gone.problems == ()
    assert gone.notes == ("_old is gone.",)


@pytest.mark.parametrize(
    "said",
    [
        "    y = x + 1\n```\n",
        "    # add one\n    y = x + 1\n```\n",
        "    # add one\n    y = x + 1\n    return y\n```\n",
        "def f(x):\n    # add one\n    y = x + 1\n    return y\n```\n",
        "def f(x):\n    # add one\n    y = x + 1\n\n\ndef h():\n    pass\n```\n",
        "def f(x):\n    # add one\n    y = x + 1\n    return y\n\n\ndef g():\n    pass\n```\n",
    ],
)
def test_of_an_answer_to_a_comment_what_is_there_is_left_out(said: str) -> None:
    drawn = "def f(x):\n    # add ‸one\n    return y\n\n\ndef g():\n    pass\n"
    expected = drawn.replace("‸", "").replace("one\n", "one\n    y = x + 1\n")
    assert after(Name.GENERATE, drawn, said) == expected


def test_what_is_generated_in_a_class_does_not_close_it() -> None:
    drawn = "class A {\n    // ‸one\n}\n"
    said = (
        "class A {\n    // one\n    int one() {\n        return 1;\n    }\n}\n\n"
        "    int other() {\n        return 0;\n    }\n```\n"
    )
    assert after(Name.GENERATE, drawn, said, "java") == (
        "class A {\n    // one\n    int one() {\n        return 1;\n    }\n}\n"
    )


def test_of_an_answer_that_does_not_parse_no_part_is_taken() -> None:
    drawn = "import os\n\n\ndef months(rows):\n    names = ‸[]\n    return names\n"
    said = "import os\n\n\ndef months(rows):\n    a = 1\nif ((((\n    return a\nif ((((\n```\n"
    found = outcome(Name.SIMPLIFY, drawn, said)
    assert any("syntax error" in problem for problem in found.problems)


SHOP = """\
import os


class Shop:
    def total(self, items):
        return sum(‸items)

    def empty(self):
        return not self.items


def main():
    return Shop()
"""


@pytest.mark.parametrize(
    ("said", "method"),
    [
        (SHOP.replace("sum(‸items)", "sum(items, 0)"), "sum(items, 0)\n"),
        (
            SHOP.replace("‸items)", "self._prices(items))").replace(
                "\n    def empty",
                "\n    def _prices(self, items):\n        return [*items]\n\n    def empty",
            )
            + "\n\ndef other():\n    pass\n",
            (
                "sum(self._prices(items))\n\n    def _prices(self, items):\n"
                "        return [*items]\n"
            ),
        ),
        (
            (
                "def total(self, items):\n    return sum(items, 0)\n\n\ndef main():\n"
                "    return None\n"
            ),
            "sum(items, 0)\n",
        ),
    ],
)
@pytest.mark.parametrize("name", [Name.FIX, Name.SIMPLIFY])
def test_of_a_whole_file_only_the_method_and_what_it_needs_is_taken(
    name: Name, said: str, method: str
) -> None:
    expected = SHOP.replace("sum(‸items)\n", method)
    assert after(name, SHOP, f"{said}```\n") == expected


def test_an_extracted_function_is_taken_with_what_it_was_extracted_from() -> None:
    drawn = SHOP.replace("sum(‸items)", "«sum(items)»")
    said = drawn.replace("«sum(items)»", "self._sum(items)").replace(
        "\n\ndef main",
        "\n    def _sum(self, items):\n        return sum(items)\n\n\ndef main",
    )
    text = after(Name.EXTRACT, drawn, f"{said}```\n")
    assert text.index("def total") < text.index("def _sum") < text.index("def empty")
    assert text.count("def main") == text.count("class Shop") == 1


def of_new_file(said: str, language: str) -> Proposal:
    region = region_for(Name.TESTS, situation("def f(x):\n    return ‸x\n"))
    block = Block("```php\n")
    block.feed(said)
    block.end()
    return proposed(Name.TESTS, document("", language), region, block)


def test_php_is_opened_where_it_is_a_file_and_only_there() -> None:
    made = of_new_file("class T {}\n```\n", "php")
    assert made.after.text == "<?php\n\nclass T {}\n"
    made = of_new_file("<?php\nclass T {}\n```\n", "php")
    assert made.after.text == "<?php\nclass T {}\n"
    assert of_new_file("       PROGRAM-ID. ANSWER.\n       STOP RUN.\n", "php").problems
    drawn, said, (wrong, right) = FIXES["php"]
    text = after(Name.FIX, drawn, "<?php\n" + said.replace("```", "?>\n```"), "php")
    assert text == drawn.replace("‸", "").replace(wrong, right)


def test_a_class_has_a_blank_line_below_its_docstring() -> None:
    drawn = "class A‸:\n    x = 1\n"
    expected = 'class A:\n    """Do."""\n\n    x = 1\n'
    assert after(Name.DOCUMENT, drawn, 'Do."""\n') == expected
    drawn = "class A‸:\n\n    x = 1\n"
    assert after(Name.DOCUMENT, drawn, 'Do."""\n') == expected


def test_of_a_whole_script_its_sources_are_not_taken() -> None:
    drawn = "source a.sh\n\nf() {\n«  echo 1\n»  echo 2\n}\nf\n"
    said = "source a.sh\n\ng() {\n  echo 1\n}\n\nf() {\n  g\n  echo 2\n}\nf\n"
    plain = said
    text = after(Name.EXTRACT, drawn, f"{plain}```\n", "shellscript")
    assert text == plain
