"""Unfinished code, as it stands while typing: the rest of the file is still known."""

import pytest

from retrieval.languages import language_of
from retrieval.source import split_lines
from retrieval.syntax import Parsed, outline

BRACES = """\
%s
  %sbefore() { return x; }
  %sbroken(%s) {
%s
  %safter() { return x; }
  %slast() {
  }
}%s
%s
"""
HEADS = {
    "A.java": ("class A {", "int ", "int ", "int a", "int ", "int ", "", ""),
    "a.cpp": ("class A : B {", "int ", "int ", "int a", "int ", "int ", ";", ""),
    "a.ts": ("class A {", "", "", "a: B", "", "private ", "", "function top() {}"),
    "a.js": ("class A {", "", "", "a", "", "static ", "", "function top() {}"),
    "a.php": ("<?php class A {", *["function "] * 2, "$a", *["function "] * 2, "", ""),
    "a.cs": ("class A {", "int ", "public int ", "int a", "int ", "int ", "", ""),
}
UNFINISHED = (
    "    if (a.",
    "    if (a) {\n      a.",
    "    foo(a,",
    "    foo(function() {",
    '    foo(a, "b',
    "    for (x = 0; x",
    "    x = a.\n  }",
    "    x = {",
    "    x = [1,\n  }",
    "    x =\n  }",
    "",
)


@pytest.mark.parametrize("body", UNFINISHED)
@pytest.mark.parametrize("path", HEADS)
def test_an_unfinished_method_leaves_the_others(path: str, body: str) -> None:
    if path == "a.php":
        body = body.replace("x = {", "x = [")
    head, one, two, argument, three, four, end, below = HEADS[path]
    text = BRACES % (head, one, two, argument, body, three, four, end, below)
    check(path, text, {"before", "after", "last", "A"} | ({"top"} if below else set()))


@pytest.mark.parametrize(
    "body",
    [
        "        x = a.",
        "        x = foo(a,",
        "        if a.b(",
        "        return [",
        '        x = "abc',
        "        for x in",
        "        with open(",
        "        x = {'a': ",
        "",
    ],
)
@pytest.mark.parametrize(
    "head", ["def broken(self):", "def broken(self, a: B", "def broken"]
)
def test_an_unfinished_method_leaves_the_others_in_python(head: str, body: str) -> None:
    text = f"""\
class A(B):
    def before(self):
        return 1

    {head}
{body}

    def after(self) -> int:
        return 2

    def last(self): pass
"""
    check("a.py", text, {"A", "before", "after", "last"})


@pytest.mark.parametrize(
    "body", ['  if [ -n "$x"', "  x=$(", "  for x in a", "  case $x in", "  echo ${x"]
)
def test_an_unfinished_function_leaves_the_others_in_bash(body: str) -> None:
    text = f"before() {{\n  echo\n}}\nbroken() {{\n{body}\n}}\nafter() {{\n  echo\n}}\n"
    check("a.sh", text, {"before"})
    text = f"broken() {{\n{body}\nafter() {{\n  echo\n}}\nlast() {{ echo; }}\n"
    check("a.sh", text, {"last"})


def check(path: str, text: str, expected: set[str]) -> None:
    language = language_of(path)
    assert language is not None
    document = Parsed.parse(split_lines(text), language)
    found = document.outline().definitions
    assert expected <= {one.name for one in found}
    lines = text.split("\n")
    for one in found:  # rows are those of the text as it stands
        assert one.name in "\n".join(lines[one.start : one.header_last + 1])
    for one in found:
        if one.name in {"before", "after", "last"} and "A" in expected:
            assert (one.kind, one.scope) == ("method", "A")


def test_an_outline_of_an_unfinished_file_mends_it_too() -> None:
    language = language_of("A.java")
    assert language is not None
    text = "class A {\n  int a() {\n    if (x\n  int b() { return 1; }\n}\n"
    assert [one.name for one in outline(text, language).definitions] == ["A", "a", "b"]


def test_brackets_in_strings_and_comments_are_no_brackets() -> None:
    language = language_of("a.ts")
    assert language is not None
    text = (
        "class A {\n  a() {\n    f('(', \"{\"); // ({\n    /* ({\n ( */\n  b() {}\n}\n"
    )
    assert [one.name for one in outline(text, language).definitions] == ["A", "a", "b"]
