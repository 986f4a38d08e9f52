"""Repository text in Markdown: signs mean nothing, lines stay where they are meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.features.markup import MARKDOWN, PLAIN


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plain words", "plain words"),
        ("__init__ and *all*", "\\_\\_init\\_\\_ and \\*all\\*"),
        ("<img src=x> [a](b)", "\\<img src=x\\> \\[a\\](b)"),
        ("![a](b)", "\\!\\[a\\](b)"),
        ("&lt;b&gt;", "\\&lt;b\\&gt;"),
        ("use `x_y` now", "use `x_y` now"),
        ("a ` alone", "a \\` alone"),
        ("# title", "\\# title"),
        ("1. one", "\\1. one"),
        ("---", ""),
        ("- x: one\n- y_z: two", "- x: one  \n- y\\_z: two"),
        ("Args:\n    x: one", "Args:  \nx: one"),
        ("one\ntwo", "one\ntwo"),
        ("https://a.b/c_d", "https://a.b/c_d"),
        (">>> f(1)\n2\n\nEnd", "```python\n>>> f(1)\n2\n```\n\nEnd"),
    ],
)
def test_text_is_escaped(said: str, shown: str) -> None:
    assert MARKDOWN.text(said) == shown
    assert PLAIN.text(said) == said


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("x", "`x`"),
        ("`x`", "`` `x` ``"),
        ("a ``` b", "````a ``` b````"),
        ("a\n  b", "`a b`"),
    ],
)
def test_a_code_span_holds_any_code(code: str, shown: str) -> None:
    assert MARKDOWN.code(code) == shown


def test_a_block_holds_fences() -> None:
    assert MARKDOWN.block("```\nx", "markdown") == "````markdown\n```\nx\n````"


def test_a_link_s_target_ends_where_it_should() -> None:
    link = MARKDOWN.link("a.py:1", "file:///a (1)/<b>.py#L1")
    assert link == "[`a.py:1`](file:///a%20%281%29/%3Cb%3E.py#L1)"


@given(st.text(alphabet="ab <>[]()!`*_#-\n&\\~", max_size=60))
def test_no_markup_comes_out_of_text(said: str) -> None:
    shown = MARKDOWN.text(said)
    unescaped = ""
    skip = code = False
    for sign in shown:
        if skip:
            skip = False
        elif sign == "\\" and not code:
            skip = True
        elif sign == "`":
            code = not code
        elif not code:
            unescaped += sign
    assert not set("<[!&~*_") & set(unescaped)
