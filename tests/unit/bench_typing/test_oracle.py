"""The oracle finds where in the true text a prompt stands, and goes on as it does."""

import json
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from lsp_server.engine.base import Finish, GenerationRequest
from lsp_server.engine.models import find_model
from lsp_server.engine.oracle import Saying, before_and_after, place_of, saying
from lsp_server.engine.scripted import Script, ScriptedEngine
from lsp_server.prompt.families import Layout
from lsp_server.prompt.infill import Infiller, infill, load
from tests.marked import MARK

TRUTH = """\
def first(a):
    value = a + 1
    return value

def second(b):
    value = b * 2
    return value
"""


def spell(ids: Sequence[int]) -> str:
    return "".join(map(chr, ids))


def request(prompt: str, begin: str = "", most: int = 128) -> GenerationRequest:
    ids = tuple(map(ord, prompt))
    return GenerationRequest(prompt_ids=ids, begin=begin, max_tokens=most)


def said(
    drawn: str, *, accuracy: float = 1.0, seed: int = 0, most: int = 999
) -> Saying:
    before, after = drawn.split(MARK)
    return saying(before, after, [TRUTH], accuracy=accuracy, seed=seed, most_chars=most)


@pytest.mark.parametrize(
    "prompt",
    [
        "<s>▁<PRE> a▁<SUF>b▁<MID>",
        "<s>▁<PRE>▁<SUF>b▁<MID> a",
        "<fim_prefix> a<fim_suffix>b<fim_middle>",
        "<|repo_name|>r\n<|file_sep|>x\n<|fim_prefix|> a<|fim_suffix|>b<|fim_middle|>",
    ],
)
def test_both_layouts_are_read(prompt: str) -> None:
    before, after = before_and_after(request(prompt), spell)
    assert before.endswith(" a")
    assert after == "b"


@pytest.mark.parametrize(
    "prompt", ["<s>▁<PRE>▁<SUF>b▁<MID>x = re", "▁<PRE>x = re▁<SUF>b▁<MID>", "x = re"]
)
def test_what_the_answer_begins_with_is_before_the_cursor(prompt: str) -> None:
    assert before_and_after(request(prompt, begin="tur"), spell)[0].endswith(
        "x = retur"
    )


@pytest.mark.parametrize("layout", [*Layout])
@pytest.mark.parametrize("length", [10, 2_000])
def test_real_prompts_are_read_however_long(layout: Layout, length: int) -> None:
    model: Infiller = load(find_model("demo"))
    before = "x = 1\n" * length + TRUTH[:60]
    ids = infill(model, before, "\nafter\n", layout)
    asked = GenerationRequest(prompt_ids=ids, max_tokens=9)
    found, after = before_and_after(asked, model.encoder.decode)
    assert found.endswith(TRUTH[:60])
    assert after == "\nafter\n"
    assert place_of(found, after, before + TRUTH[60:]) == len(before)


@pytest.mark.parametrize(
    "drawn",
    [
        "‸def first(a):\n",
        "def first(‸",
        "def first(‸)",
        "def first(a):\n    value = ‸",
        "def first(a):\n    ‸",
        "def first(a):\n‸",
        "    value = a + 1\n    return ‸",
        "    value = b * 2\n    return ‸",
        "# other.py\n# code\ndef fi‸",
        "irst(a):\n    va‸",
    ],
)
def test_a_place_is_found(drawn: str) -> None:
    before, after = drawn.split(MARK)
    found = place_of(before, after, TRUTH)
    assert found is not None
    line = before.rpartition("\n")[2].strip()
    if line:
        assert TRUTH[:found].endswith(before.removeprefix("# other.py\n# code\n"))
    answer = said(drawn)
    assert TRUTH[answer.place :].startswith(answer.text)
    assert (before.removeprefix("# other.py\n# code\n") + answer.text) in TRUTH


def test_a_line_that_is_cut_at_its_left_is_found_inside_a_line() -> None:
    assert place_of("irst(", "", TRUTH) == 10


def test_of_places_that_look_alike_the_one_before_what_follows_is_taken() -> None:
    truth = "x\nsame\none\nx\nsame\ntwo\n"
    for after, at in (("\none\n", 6), ("\ntwo\n", 17)):
        assert place_of("x\nsame", after, truth) == at


@pytest.mark.parametrize(
    "drawn",
    [
        "def first(a):\n    valye‸",
        "def first(a):\n    vr‸",
        "def first(a):\n        value‸".replace("value", "vslue"),
        "def third(a):\n    value = ‸",
    ],
)
def test_after_a_typing_error_it_says_something_short_and_wrong(drawn: str) -> None:
    before, _ = drawn.split(MARK)
    answer = said(drawn)
    assert answer.place is None
    assert answer.right == 0
    assert len(answer.text.split()) <= 2
    assert before + answer.text not in TRUTH


def test_missing_indentation_is_said_and_too_much_is_an_error() -> None:
    assert said("def first(a):\n  ‸").text.startswith("  value = a")
    assert said("    return value\n\n    ‸").place is None


def test_it_goes_on_past_lines_until_it_may_not() -> None:
    assert (
        said("def first(‸").text == TRUTH[10:].rstrip("\n")
        or said("def first(‸").text == TRUTH[10:]
    )
    cut = said("def first(‸", most=8)
    assert (cut.text, cut.length) == ("a):\n    ", True)
    long = "".join(f"line {number}\n" for number in range(99))
    answer = saying("line", "", [long], accuracy=1, seed=0, most_chars=9_999)
    assert answer.text.count("\n") == 39
    assert not answer.length


def test_mistakes_are_the_seeds_and_gone_when_they_are_corrected() -> None:
    whole = [said("def first(‸", accuracy=0.0, seed=seed) for seed in range(8)]
    assert all(TRUTH[10 : 10 + one.right] == one.text[: one.right] for one in whole)
    assert all(not TRUTH[10:].startswith(one.text) for one in whole)
    assert len({one.text for one in whole}) > 1
    assert whole[0] == said("def first(‸", accuracy=0.0, seed=0)
    wrong = 10 + whole[0].right
    later = said(TRUTH[: wrong + 1] + MARK, accuracy=0.0, seed=0)
    assert later.place == wrong + 1
    assert later.right > 0


def test_accuracy_is_the_share_of_lines_that_are_known() -> None:
    lines = [f"alpha{number} = beta{number}" for number in range(400)]
    truth = "\n".join(lines)
    right = 0
    at = 0
    for line in lines:
        answer = saying(
            truth[:at], "", [truth], accuracy=0.7, seed=3, most_chars=len(line)
        )
        right += answer.right == len(line)
        at += len(line) + 1
    assert 0.6 < right / len(lines) < 0.8


async def test_the_scripted_engine_speaks_for_it_and_notes_what_was_said(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal"
    engine = ScriptedEngine(Script(truths=[TRUTH]), spell, path)
    prompt = "▁<PRE>▁<SUF>▁<MID>def fir"
    async with aclosing(engine.stream(request(prompt, begin="st(", most=4))) as pieces:
        got = [piece async for piece in pieces]
    assert [piece.text for piece in got] == ["a):\n", "    ", "valu"]
    assert got[-1].finish is Finish.LENGTH
    stream = engine.stream(request(prompt, begin="st("))
    await anext(stream)
    await stream.aclose()
    await engine.close()
    events = [json.loads(line) for line in path.read_text().splitlines()]
    ended = [event for event in events if event["event"] != "asked"]
    assert [
        (e["event"], e["tokens"], e["text"], e["truth"], e["place"]) for e in ended
    ] == [
        ("finished", 3, "a):\n    valu", 0, 10),
        ("aborted", 1, "a):\n", 0, 10),
    ]
    assert {"max_tokens": 4, "priority": 0}.items() <= events[0].items()


BLOCK = "def f(a):\n    b = g(a, 1)\n    c = b\n\n    return c\n"


@pytest.mark.parametrize(
    ("drawn", "middle"),
    [
        pytest.param(
            "def f(a):\n    ‸\n\n    return c\n", "b = g(a, 1)\n    c = b\n", id="below"
        ),
        pytest.param("def f(a):\n    b = g(a‸, 1)\n    c = b\n", "", id="beside"),
        pytest.param("def f(a):\n    b = ‸\n    c = b\n", "g(a, 1)", id="a line"),
        pytest.param("def f(a):\n    ‸", BLOCK[14:], id="nothing below"),
    ],
)
def test_it_ends_where_what_stands_after_the_cursor_begins(
    drawn: str, middle: str
) -> None:
    before, after = drawn.split(MARK)
    answer = saying(before, after, [BLOCK], accuracy=1, seed=0, most_chars=999)
    assert answer.text == middle
    on = saying(
        before, after, [BLOCK], accuracy=1, seed=0, most_chars=999, runs_on=True
    )
    assert BLOCK.endswith(on.text)
    assert on.text.startswith(middle)


def test_a_long_suffix_before_a_short_prefix_is_read_from_its_beginning() -> None:
    suffix = "first\n" + "more\n" * 400
    prompt = f"<s>▁<PRE>▁<SUF>{suffix}▁<MID> a"
    assert before_and_after(request(prompt), spell) == (" a", suffix)


def test_a_suffix_before_a_long_prefix_is_read() -> None:
    prefix = "a = 1\n" * 400
    prompt = f"<s>▁<PRE>▁<SUF>behind▁<MID>{prefix}"
    assert before_and_after(request(prompt), spell) == (prefix, "behind")
