"""Which tokens may say a text, and what an answer holds after it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.engine.base import RequestRefused
from lsp_server.engine.beginning import TokenBytes, after

EOT, SPACE = 0, 1
WORDS = ("re", "ret", "return", "returns", "turn", " r", " return", "ab", "\xff\xff")
TOKENS = (
    *(b"<EOT>", b" ", b"  "),
    *(word.encode("latin-1") for word in WORDS),
    *(bytes([byte]) for byte in range(256)),
    b"",  # a logit that no token has
)
VOCABULARY = TokenBytes(TOKENS, {EOT})


def allowed(rest: bytes) -> set[bytes]:
    return {TOKENS[id_] for id_ in VOCABULARY.allowed(rest)}


@pytest.mark.parametrize(
    ("rest", "tokens"),
    [
        (b"ret", {b"r", b"re", b"ret", b"return", b"returns"}),
        (b" ", {b" ", b"  ", b" r", b" return"}),
        (b" re", {b" ", b" r", b" return"}),
        (b"returned", {b"r", b"re", b"ret", b"return"}),
        (b"<EOT>", {b"<"}),
        (b"\xff", {b"\xff", b"\xff\xff"}),
        (b"\xff\xff\xff", {b"\xff", b"\xff\xff"}),
        (b"\xe6\x97\xa5", {b"\xe6"}),
    ],
)
def test_a_token_says_a_beginning_of_the_rest_or_all_of_it(
    rest: bytes, tokens: set[bytes]
) -> None:
    assert allowed(rest) == tokens


def test_of_tokens_with_the_same_bytes_all_are_allowed() -> None:
    ids = VOCABULARY.allowed(b" ")
    assert len(ids) == len({*ids}) == 5
    assert SPACE in ids


@given(rest=st.binary(min_size=1, max_size=9) | st.sampled_from(TOKENS[1:-1]))
def test_they_are_those_that_a_look_at_each_token_finds(rest: bytes) -> None:
    expected = [
        id_
        for id_, token in enumerate(TOKENS)
        if token and id_ != EOT and (token.startswith(rest) or rest.startswith(token))
    ]
    assert sorted(VOCABULARY.allowed(rest)) == expected


@given(begin=st.binary(min_size=1, max_size=12), data=st.data())
def test_whoever_says_allowed_tokens_says_the_beginning(
    begin: bytes, data: st.DataObject
) -> None:
    said: list[int] = []
    while rest := VOCABULARY.rest(begin, said):
        said.append(data.draw(st.sampled_from(VOCABULARY.allowed(rest))))
    assert b"".join(TOKENS[id_] for id_ in said).startswith(begin)
    assert VOCABULARY.rest(begin, [*said, EOT]) == b""


@pytest.mark.parametrize(
    ("text", "rest"), [("", None), ("re", None), ("ret", ""), ("return", "urn")]
)
def test_what_comes_after_the_beginning_is_shown(text: str, rest: str | None) -> None:
    assert after("ret", text, ended=False) == rest


@pytest.mark.parametrize(
    ("text", "ended"), [("x", False), ("rexx", False), ("re", True), ("", True)]
)
def test_an_answer_that_begins_otherwise_is_an_error(text: str, *, ended: bool) -> None:
    with pytest.raises(RequestRefused, match="does not begin") as raised:
        after("ret", text, ended=ended)
    assert "ret" not in str(raised.value)
