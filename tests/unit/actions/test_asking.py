"""Prompts of actions: what has room in a window, and what is left out first."""

from collections.abc import Sequence
from typing import Literal

import pytest

from lsp_server.actions.asking import (
    Room,
    answer_tokens,
    context_tokens,
    prompt_again,
    prompt_for,
)
from lsp_server.actions.catalogue import Name
from lsp_server.actions.instruction import Ask
from lsp_server.actions.refused import ActionRefused
from lsp_server.actions.region import Region
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.prompt.chat import Chat, chat_for
from retrieval.source import Document, Snippet, split_lines


@pytest.fixture(scope="module")
def chat() -> Chat:
    return chat_for(DEMO_FOLDER, "demo")


def room(window: int, most: int = 4096) -> Room:
    return Room(window_tokens=window, most_answer_tokens=most)


@pytest.mark.parametrize(
    ("name", "wanted", "window", "expected"),
    [
        (Name.EXPLAIN, "auto", 100_000, 75_000),
        (Name.FIX, "auto", 100_000, 75_000),
        (Name.FIX, "auto", 16_384, 12_288),
        (Name.SIMPLIFY, "auto", 100_000, 8_192),
        (Name.TESTS, "auto", 4_096, 3_072),
        (Name.EXPLAIN, 4_000, 100_000, 4_000),
        (Name.TESTS, 20_000, 100_000, 20_000),
        (Name.TESTS, 20_000, 16_384, 12_288),
        (Name.EXPLAIN, 0, 100_000, 0),
    ],
)
def test_what_explains_and_fixes_sees_as_much_as_the_window_has_room_for(
    name: Name, wanted: int | Literal["auto"], window: int, expected: int
) -> None:
    assert context_tokens(name, wanted, window) == expected


def snippet(name: str, words: int) -> Snippet:
    return Snippet(
        path=f"{name}.py",
        start_line=0,
        end_line=0,
        text=f"{name} = 1\n" * words,
        tokens=6 * words,
        score=1.0,
        why="",
    )


def ask(snippets: Sequence[Snippet]) -> Ask:
    text = "".join(one.text for one in snippets)
    return Ask(system="Do it.", user=f"{text}Now!", begin="```python\n")


def document(lines: int) -> Document:
    text = "".join(f"name_{number} = {number}\n" for number in range(lines))
    return Document(uri="u", language="python", version=1, lines=split_lines(text))


def region(last: int, *, insert: bool = False) -> Region:
    return Region(
        first=0, last=last, insert=insert, indent="", shown_first=0, shown_last=last
    )


SNIPPETS = (snippet("worst", 50), snippet("middle", 50), snippet("best", 50))


@pytest.mark.parametrize("kept", [3, 2, 1, 0])
def test_the_worst_snippets_are_left_out_first(chat: Chat, kept: int) -> None:
    best = SNIPPETS[len(SNIPPETS) - kept :]
    window = len(prompt_for(chat, room(4096), 50, ask, best).ids) + 50
    found = prompt_for(chat, room(window), 50, ask, SNIPPETS)
    assert found.snippets == best
    assert len(found.ids) + found.answer_tokens == window


def test_what_does_not_fit_without_any_is_refused(chat: Chat) -> None:
    with pytest.raises(ActionRefused, match="more than the 60 of the model's window"):
        prompt_for(chat, room(60), 50, ask, SNIPPETS)


def test_a_retry_has_the_answer_and_what_was_wrong_with_it(chat: Chat) -> None:
    prompt = prompt_for(chat, room(4096), 50, ask, ())
    again = prompt_again(chat, room(4096), prompt, "x = (", ["it does not parse"])
    assert again is not None
    text = chat.decode(again.ids)
    assert text.index("Now!") < text.index("x = (") < text.index("it does not parse")


def test_a_retry_without_room_is_none(chat: Chat) -> None:
    prompt = prompt_for(chat, room(110), 50, ask, ())
    assert prompt_again(chat, room(110), prompt, "x = 1\n" * 100, ["no"]) is None


def test_an_answer_may_be_somewhat_longer_than_what_it_replaces(chat: Chat) -> None:
    lines = document(40)
    tokens = chat.count(lines.text)
    allowed = answer_tokens(Name.SIMPLIFY, lines, region(40), chat, room(16_384))
    assert 1.5 * tokens < allowed < 3 * tokens + 300


@pytest.mark.parametrize(
    ("name", "insert", "window", "allowed"),
    [
        (Name.DOCUMENT, True, 16_384, 1024),
        (Name.DOCUMENT, True, 2048, 512),
        (Name.EXPLAIN, False, 16_384, 4096),
        (Name.EXPLAIN, False, 4096, 1024),
        (Name.TESTS, True, 16_384, 4096),
    ],
)
def test_an_answer_leaves_most_of_the_window_to_the_question(
    chat: Chat, name: Name, insert: bool, window: int, allowed: int
) -> None:
    found = answer_tokens(
        name, document(4), region(3, insert=insert), chat, room(window)
    )
    assert found == allowed


def test_more_than_can_be_written_anew_is_refused(chat: Chat) -> None:
    with pytest.raises(ActionRefused, match=r"401 lines are [0-9,]+ tokens"):
        answer_tokens(Name.SIMPLIFY, document(400), region(400), chat, room(2048))
