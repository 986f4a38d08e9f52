import pytest

from lsp_server.actions.attempt import outline_of
from lsp_server.actions.imports import imports_place, taken_out
from retrieval.source import split_lines, without_end
from tests.unit.actions.places import document

PLACES = {
    "behind the last import": ("python", "import a\nfrom b import (\n    c,\n)\n", 4),
    "not behind one in a function": (
        "python",
        "import a\n\ndef f():\n    import b\n",
        1,
    ),
    "not behind one further down": (
        "python",
        "import a\n\ndef f(): 1\n\nimport b\n",
        1,
    ),
    "behind a docstring": ("python", '"""A.\n\nB.\n"""\n\nx = 1\n', 4),
    "behind a shebang and comments": ("python", "#!/x\n# a\n\nx = 1\n", 2),
    "not between a comment and its code": ("python", "# about f\ndef f(): 1\n", 0),
    "at the top": ("python", "x = 1\n", 0),
    "of an empty file": ("python", "", 0),
    "behind the package": ("java", "/* L */\n\npackage a;\n\nclass A {}\n", 3),
    "behind Java's imports": ("java", "package a;\n\nimport b.C;\n\nclass A {}\n", 3),
    "behind the namespace": ("php", "<?php\n\nnamespace A;\n\nclass B {}\n", 3),
    "behind <?php": ("php", "<?php\nfunction f() {}\n", 1),
    "behind includes": ("cpp", "#pragma once\n#include <a>\n\nint f();\n", 2),
    "behind a guard": ("cpp", "#ifndef A_H\n#define A_H\nint f();\n#endif\n", 2),
    "before a doc comment": ("typescript", "/** F. */\nfunction f() {}\n", 0),
    "behind 'use strict'": ("javascript", "'use strict';\nf();\n", 1),
    "behind a licence": ("typescript", "// Ours.\n// All.\n\nf();\n", 2),
    "behind usings": ("csharp", "using A;\nusing B;\n\nclass C {}\n", 2),
    "of a namespace without usings": ("csharp", "namespace A;\n\nclass C {}\n", 0),
}


@pytest.mark.parametrize("case", PLACES)
def test_new_imports_have_their_place(case: str) -> None:
    language, text, line = PLACES[case]
    one = document(text, language)
    assert imports_place(one, outline_of(one)) == line


def check(
    said: str, imports: list[str], rest: str, *, file: str = "x = 1\n", old: str = ""
) -> None:
    lines = [without_end(line) for line in split_lines(said)]
    replaced = split_lines(old) if old else []
    found = taken_out(document(file), lines, replaced)
    assert (found[0], "\n".join(found[1])) == (imports, rest)


def test_imports_at_the_beginning_are_taken_out() -> None:
    check("import a\n\nfrom b import c\n\nf()", ["import a", "from b import c"], "f()")


def test_imports_further_down_stay() -> None:
    check("f()\nimport a", [], "f()\nimport a")


def test_imports_that_are_there_are_not_said_again() -> None:
    file = "import a\nfrom b import c\n"
    check("import a\nfrom  b import c\nimport d\nf()", ["import d"], "f()", file=file)


def test_an_import_over_several_lines_is_one() -> None:
    said = "from b import (\n    c,\n    d,\n)\nf()"
    check(said, ["from b import (", "    c,", "    d,", ")"], "f()")


def test_imports_that_the_lines_had_stay_there() -> None:
    check(
        "    import a\n    f()",
        [],
        "    import a\n    f()",
        old="    import a\n    g()\n",
    )


def test_indented_imports_come_to_the_left() -> None:
    check("    import a\n    f()", ["import a"], "    f()")


def test_nothing_but_imports_stays() -> None:
    check("import a\nimport b", [], "import a\nimport b")


def test_languages_without_imports_at_the_top_are_let_alone() -> None:
    lines = ["source a.sh", "f"]
    assert taken_out(document("", "shellscript"), lines, []) == ([], lines)
