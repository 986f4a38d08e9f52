import keyword
from importlib import import_module

import pytest

from retrieval.languages import LANGUAGES, PACK, comment_sign, language_of


@pytest.mark.parametrize(
    ("path", "first_line", "language_id", "name"),
    [
        ("a/b.py", "", "", "python"),
        ("a.h", "", "", "cpp"),
        ("A.H", "", "", "cpp"),
        ("a.tsx", "", "", "tsx"),
        ("x", "", "typescriptreact", "tsx"),
        ("a.py", "", "ruby", "ruby"),
        ("a.py", "", "nobody-knows", "python"),
        ("run", "#!/usr/bin/env python3", "", "python"),
        ("run", "#!/usr/bin/env -S FOO=1 python3.12 -u", "", "python"),
        ("run", "#! /bin/sh -e", "", "bash"),
        ("run.d", "", "", "d"),
        ("sub/Makefile", "", "", "make"),
        ("Dockerfile.dev", "", "", "dockerfile"),
        ("C:\\a\\Rakefile", "", "", "ruby"),
        ("notes", "hello", "", None),
        ("", "", "", None),
        (".bashrc", "", "", "bash"),
    ],
)
def test_a_file_is_recognised(
    path: str, first_line: str, language_id: str, name: str | None
) -> None:
    found = language_of(path, first_line, language_id)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("path", "language_id", "sign"),
    [
        ("a.py", "", "#"),
        ("a.ts", "", "//"),
        ("a.sql", "", "--"),
        ("a.html", "", "<!--"),
        ("untitled:1", "cpp", "//"),
        ("what.ever", "", "#"),
        ("", "nobody-knows", "#"),
    ],
)
def test_every_file_has_a_comment_sign(path: str, language_id: str, sign: str) -> None:
    assert comment_sign(path, language_id) == sign


def test_no_name_id_or_suffix_belongs_to_two_languages() -> None:
    for of in ("name", "ids", "suffixes", "filenames", "interpreters"):
        told = [getattr(language, of) for language in LANGUAGES]
        flat = told if of == "name" else [one for many in told for one in many]
        assert len(flat) == len(set(flat)), of


def test_the_thirteen_promised_languages_come_first_with_grammars() -> None:
    promised = (
        "python c cpp java php typescript tsx javascript csharp bash go rust ruby"
    )
    first = LANGUAGES[:13]
    assert [language.name for language in first] == promised.split()
    for language in first:
        assert language.grammar != PACK
        assert callable(getattr(import_module(language.grammar), language.grammar_name))


def test_long_tail_has_thirty_languages() -> None:
    assert len(LANGUAGES) >= 13 + 30


def test_keywords_hold_what_python_reserves() -> None:
    python = language_of("a.py")
    assert python is not None
    assert set(keyword.kwlist) <= python.keywords


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("a.c", "int void NULL sizeof"),
        ("a.cpp", "nullptr template bool"),
        ("a.java", "null boolean final"),
        ("a.php", "function null foreach"),
        ("a.ts", "undefined readonly string"),
        ("a.js", "null await"),
        ("a.cs", "string null async"),
        ("a.sh", "fi esac local"),
        ("a.go", "nil chan int"),
        ("a.rs", "Self mut i32"),
        ("a.rb", "nil end elsif"),
    ],
)
def test_keywords_hold_literals_and_primitive_types(path: str, words: str) -> None:
    language = language_of(path)
    assert language is not None
    assert set(words.split()) <= language.keywords


def test_no_language_reserves_words_that_people_name_things() -> None:
    for language in LANGUAGES[:13]:
        assert not {"name", "path", "result", "items", "Foo"} & language.keywords
