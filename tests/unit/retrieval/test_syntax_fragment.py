"""A place in a file, parsed with what stands around it."""

import pytest

from retrieval.languages import language_of
from retrieval.source import split_lines
from retrieval.syntax import faults, frame


@pytest.mark.parametrize(
    ("path", "sound", "broken"),
    [
        ("a.py", "x = f(a)\n", "x = f(a))\n"),
        ("a.cpp", "int f() { return 1; }", "int f() { return 1;"),
        ("A.java", "class A { int a; }", "class A { int a; }}"),
        ("a.php", "<?php f($a);", "<?php f($a;"),
        ("a.ts", "const a = [1];", "const a = [1;"),
        (
            "A.cs",
            "class A { int F() { return 1; } }",
            "class A { int F( { return 1; } }",
        ),
        ("a.sh", "if a; then b; fi", "if a; then b;"),
    ],
)
def test_faults_are_what_the_grammar_cannot_place(
    path: str, sound: str, broken: str
) -> None:
    language = language_of(path)
    assert language is not None
    assert faults(sound, language) == 0
    assert (faults(broken, language) or 0) > 0


def test_without_a_grammar_nothing_is_known() -> None:
    language = language_of("a.tex")
    assert language is not None
    assert faults("{", language) is None


def test_a_frame_is_what_is_near_and_what_that_is_enclosed_in() -> None:
    other = ["  int g() {\n", "    return 2;\n", "  }\n"] * 40
    lines = [
        "class A {\n",
        *other,
        "  int f(\n",
        "    int a\n",
        "  ) {\n",
        *["    a();\n"] * 50,
        "  }\n",
        *other,
        "}\n",
    ]
    above, below = frame(lines, 160)
    assert above.split("\n")[:4] == ["class A {", "  int f(", "  ) {", "    a();"]
    assert below.endswith("\n}")
    assert len(above.split("\n")) + len(below.split("\n")) < 100


def test_a_long_line_is_cut() -> None:
    above, below = frame(split_lines(f"{'a' * 10_000}\nb\n{'c' * 10_000}"), 1)
    assert len(above) == len(below) == 1_000


def test_php_in_the_middle_is_php() -> None:
    lines = ["<?php\n", *["f();\n"] * 100]
    above, _ = frame(lines, 80)
    assert above.startswith("<?php\n")
