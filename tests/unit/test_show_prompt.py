"""From what was recorded to what people are shown."""

import pytest

from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.explain import Kind, Section, Step
from lsp_server.features.show_prompt import sections, timelines
from lsp_server.prompt.families import Layout
from lsp_server.prompt.infill import Infiller, load
from lsp_server.prompt.plan import Budget, plan
from lsp_server.record import Offer
from retrieval.source import Origin, Snippet
from tests.marked import at

BUDGET = Budget(
    window_tokens=4096,
    prefix_tokens=512,
    suffix_tokens=256,
    answer_tokens=64,
    context_tokens=512,
)


@pytest.fixture(scope="module")
def model() -> Infiller:
    return load(DEMO_FOLDER)


def snippet(path: str, *origins: Origin) -> Snippet:
    return Snippet(
        path=path,
        start_line=3,
        end_line=5,
        text="a = 1",
        tokens=0,
        score=1.0,
        why=f"why {path}",
        origins=origins,
    )


def shown(
    model: Infiller,
    drawn: str,
    *snippets: Snippet,
    cached: int | None = None,
    layout: Layout = Layout.PSM,
) -> list[Section]:
    planned = plan(at(drawn), model, BUDGET, layout, heal=False, context=snippets)
    found = sections(planned, model.encoder, cached)
    assert sum(one.tokens for one in found) == len(planned.prompt_ids)
    whole = model.encoder.decode(planned.prompt_ids)
    assert "".join(one.text for one in found) == whole
    return [one for one in found if one.kind is not Kind.MARKS]


@pytest.mark.parametrize("layout", Layout)
def test_the_parts_of_the_file_are_where_the_cursor_cuts_it(
    model: Infiller, layout: Layout
) -> None:
    found = {one.kind: one for one in shown(model, "a\nb = ‸c\nd\n", layout=layout)}
    before, after = found[Kind.BEFORE], found[Kind.AFTER]
    assert (before.text.removeprefix(" "), before.lines) == ("a\nb = ", (0, 1))
    assert (after.text, after.lines) == ("c\nd\n", (1, 3))


def test_a_snippet_is_what_it_was_found_by(model: Infiller) -> None:
    found = shown(
        model,
        "x = ‸\n",
        snippet("old.py"),
        snippet("both.py", Origin.SIMILAR, Origin.DEFINITION),
        snippet("edit.py", Origin.EDIT),
        snippet("whole.py", Origin.FILE),
    )
    assert [(one.path, one.kind, one.also) for one in found if one.path] == [
        ("old.py", Kind.OTHER, ()),
        ("both.py", Kind.SIMILAR, (Kind.DEFINITION,)),
        ("edit.py", Kind.EDIT, ()),
        ("whole.py", Kind.FILE, ()),
    ]
    assert [(one.why, one.lines) for one in found[:1]] == [("why old.py", (3, 5))]


def test_every_origin_has_a_colour(model: Infiller) -> None:
    kinds = [shown(model, "‸\n", snippet("a.py", one))[0].kind for one in Origin]
    assert len({*kinds}) == len(Origin)


def test_the_cache_ends_where_a_token_does(model: Infiller) -> None:
    drawn = "first = second + third\n‸\n"
    whole, *_ = shown(model, drawn)
    edges = set()
    for cached in range(whole.tokens + 5):
        before, after = shown(model, drawn, cached=cached)
        assert before.cached is not None
        edges.add(before.cached)
        assert after.cached == 0 or before.cached == len(before.text)
    assert edges == {0, *edges, len(whole.text)}
    assert len(edges) == whole.tokens + 1


def test_the_cache_may_end_within_a_character(model: Infiller) -> None:
    drawn = "x = '𝄞𝄢'‸\n"  # characters that the vocabulary has in bytes only
    whole, *_ = shown(model, drawn)
    for cached in range(whole.tokens + 5):
        before, _ = shown(model, drawn, cached=cached)
        assert before.cached is not None
        assert "\ufffd" not in before.text[: before.cached]
        assert before.cached <= len(before.text)


# Times


def offer(
    *,
    context_ms: float | None = None,
    began_ms: float | None = None,
    first_piece_ms: float = 50.0,
    total_ms: float = 80.0,
    milliseconds: float = 130.0,
) -> Offer:
    return Offer(
        id="1",
        cursor=at("‸"),
        text="x",
        name="demo",
        model="",
        finish="",
        prompt_tokens=1,
        cached_tokens=None,
        context_ms=context_ms,
        began_ms=began_ms,
        first_piece_ms=first_piece_ms,
        total_ms=total_ms,
        milliseconds=milliseconds,
    )


def test_the_steps_of_a_request_follow_one_another() -> None:
    (line,) = timelines(offer(context_ms=10.0, began_ms=40.0), 5.0)
    assert line.steps == (
        Step("waiting for context", 0.0, 10.0),
        Step("waiting for the next key", 10.0, 30.0),
        Step("planning the prompt", 40.0, 5.0),
        Step("to the first piece", 45.0, 45.0),
        Step("generating the rest", 90.0, 30.0),
        Step("whole request", 0.0, 130.0),
    )


def test_a_generation_that_was_there_has_times_of_its_own() -> None:
    request, generation = timelines(offer(milliseconds=0.4), 5.0)
    assert request.steps == (Step("whole request", 0.0, 0.4),)
    assert [step.start for step in generation.steps] == [0.0, 5.0, 50.0]


def test_a_generation_without_a_piece_ends_where_it_began() -> None:
    (line,) = timelines(offer(began_ms=0.5, first_piece_ms=0.0, total_ms=7.0), 9.0)
    assert [(step.name, step.milliseconds) for step in line.steps][1:3] == [
        ("to the first piece", 0),
        ("generating the rest", 0.0),
    ]
