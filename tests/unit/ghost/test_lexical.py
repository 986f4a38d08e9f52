"""Brackets that are code, and what a text ends in, language by language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.ghost.lexical import Inside, Kind, signs_of

LANGUAGES = (
    *("python", "cpp", "java", "php", "typescript", "csharp", "shellscript"),
    *("go", "rust", "ruby", "lua", "haskell", "plaintext"),
)


@pytest.mark.parametrize(
    ("language", "text", "brackets"),
    [
        ("python", "f('(', \"[\")  # {", "()"),
        ("python", 'x = """(\n""" + (1)', "()"),
        ("python", "'\\'('[0]", "[]"),
        ("cpp", "f('(') /* [ */ // {", "()"),
        ("cpp", "1'000 + (2)", "()"),
        ("cpp", 'R"x()" )x" [0]', "[]"),
        ("java", '"""\n(\n""" + (1)', "()"),
        ("php", "f('a\n(') # [", "()"),
        ("php", "#[A]\n$a = <<<X\n(\nX;", "[]"),
        ("typescript", "`(${a}` + s.replace(/[(]/g, 1)", "()"),
        ("typescript", "(a / b) / [c]", "()[]"),
        ("csharp", '@"\\" + ("(")', "()"),
        ("shellscript", 'a ${#b} "(" ( c ) # {', "()"),
        ("shellscript", "cat <<X\n(\nX\n{", "{"),
        ("rust", "fn f<'a>(x: &'a str) { '(' }", "(){}"),
        ("go", "`(` + [1]", "[]"),
        ("lua", "f('(')", "()"),
    ],
)
def test_brackets_count_where_they_are_code(
    language: str, text: str, brackets: str
) -> None:
    seen = signs_of("file:///a", language).see(text)
    assert "".join(sign for _, sign in seen.marks) == brackets
    assert all(text[at] == sign for at, sign in seen.marks)


@pytest.mark.parametrize(
    ("language", "text", "end"),
    [
        ("python", "x = '", "'"),
        ("python", "x = 'a'", None),
        ("python", "x = 'a\\'", "'"),
        ("python", "x = 'a\n", None),
        ("python", 'x = """a\n', '"""'),
        ("python", 'x = """a"""', None),
        ("python", "# a", "\n"),
        ("cpp", "/* a\n", "*/"),
        ("cpp", "/*/", "*/"),
        ("cpp", 'R"x(a)"', ')x"'),
        ("csharp", '@"a""', '"'),
        ("csharp", '@"a\\"', None),
        ("typescript", "`a\n", "`"),
        ("typescript", "f(/[(", "/"),
        ("php", "<?php $a = <<<X\nb\n", "X"),
        ("php", "<?php $a = <<<X\nb\nX", None),
        ("shellscript", "echo 'a\n", "'"),
    ],
)
def test_a_text_may_end_in_a_string_or_comment(
    language: str, text: str, end: str | None
) -> None:
    inside = signs_of("file:///a", language).see(text).inside
    assert (inside.end if inside else None) == end


@pytest.mark.parametrize(
    ("inside", "text", "brackets"),
    [
        (Inside(Kind.STRING, '"""', long=True), '(\n" """ + []', "[]"),
        (Inside(Kind.STRING, "'"), "(' + []", "[]"),
        (Inside(Kind.STRING, "'"), "(\n[]", "[]"),
        (Inside(Kind.STRING, "'"), "\\'(' + []", "[]"),
        (Inside(Kind.COMMENT, "\n"), "(\n[]", "[]"),
        (Inside(Kind.COMMENT, "\n"), "(", ""),
    ],
)
def test_a_text_may_begin_in_one(inside: Inside, text: str, brackets: str) -> None:
    seen = signs_of("file:///a", "python").see(text, inside)
    assert "".join(sign for _, sign in seen.marks) == brackets


code = st.text(alphabet="ab(){}[]'\"`\\/*#<EOF \n", max_size=40)


@given(st.sampled_from(LANGUAGES), code)
def test_every_bracket_is_code_or_within_quotes(language: str, text: str) -> None:
    seen = signs_of("file:///a", language).see(text)
    for at, _ in seen.marks:
        assert seen.silent(at) is None
    assert [start for start, _, _ in seen.quiet] == sorted(s for s, _, _ in seen.quiet)
