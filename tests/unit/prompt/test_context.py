"""Prompts with other files in them: in each family's own form, within each window."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.prompt.families import (
    CODE_GEMMA,
    DEEPSEEK_CODER,
    QWEN_CODER,
    STARCODER2,
    Family,
    Layout,
)
from lsp_server.prompt.infill import Infiller, load
from lsp_server.prompt.plan import Budget, Plan, plan
from lsp_server.prompt.snippets import Own, commented, cost
from lsp_server.prompt.spans import Kind
from retrieval.source import Cursor, Snippet
from tests.marked import at
from tests.unit.prompt.folders import other_family
from tests.unit.prompt.meta import Meta, clean
from tests.unit.prompt.test_infill import BEGIN, FOLDERS
from tests.unit.prompt.test_plan import FILE, budgets, layouts, type_at
from tests.unit.prompt.texts import awkward, cursor, cursors

ROOMY = Budget(
    window_tokens=16_384,
    prefix_tokens=4_096,
    suffix_tokens=256,
    answer_tokens=64,
    context_tokens=2_048,
)
OWN = Own(path="src/main.py", repository="shop")


def snippet(path: str, text: str) -> Snippet:
    return Snippet(
        path=path, start_line=0, end_line=0, text=text, tokens=0, score=1.0, why=""
    )


TWO = (
    snippet("src/a.py", "a = 1"),
    snippet("src/b.py", "\ndef b():\n\n    return 2\n"),
)
TWO_COMMENTED = "# src/a.py\n# a = 1\n# src/b.py\n# def b():\n#\n#     return 2\n"

paths = st.text("abc/._é \u2028", min_size=1, max_size=12)
snippets = st.lists(st.builds(snippet, paths, awkward), max_size=4).map(tuple)


def planned_at(
    drawn: str, model: Infiller, context: Sequence[Snippet], layout: Layout
) -> Plan:
    return plan(at(drawn), model, ROOMY, layout, heal=False, context=context, own=OWN)


@pytest.mark.parametrize("layout", Layout)
def test_code_llama_sees_other_files_as_comments_before_the_prefix(
    model: Infiller, meta: Meta, layout: Layout
) -> None:
    planned = planned_at("x = ‸\ny\n", model, TWO, layout)
    expected = meta.psm if layout is Layout.PSM else meta.spm
    assert list(planned.prompt_ids) == expected(f"{TWO_COMMENTED}x = ", "\ny\n")
    assert planned.snippets == 2
    assert planned.context_tokens == len(meta.encode(TWO_COMMENTED))
    assert planned.why.endswith(
        f", 2 snippets of other files in {planned.context_tokens} tokens"
    )
    spans = [span for span in planned.spans if span.kind is Kind.SNIPPET]
    assert tuple(span.snippet for span in spans) == TWO
    assert sum(span.tokens for span in spans) == planned.context_tokens


def test_comments_are_those_of_the_documents_language(model: Infiller) -> None:
    here = at("x‸", language="java", uri="file:///A.java")
    planned = plan(here, model, ROOMY, Layout.PSM, context=TWO)
    assert "// src/a.py\n// a = 1\n" in model.encoder.decode(planned.prompt_ids)


@pytest.mark.parametrize(
    ("family", "prompt"),
    [
        (
            QWEN_CODER,
            (
                "<|repo_name|>shop\n<|file_sep|>src/a.py\na = 1\n<|file_sep|>src/b.py\n"
                "def b():\n\n    return 2\n<|file_sep|>src/main.py\n<|fim_prefix|>x = "
                "<|fim_suffix|>\ny\n<|fim_middle|>"
            ),
        ),
        (
            STARCODER2,
            (
                "<repo_name>shop<file_sep>src/a.py\na = 1\n<file_sep>src/b.py\n"
                "def b():\n\n    return 2\n<file_sep><fim_prefix>src/main.py\nx = "
                "<fim_suffix>\ny\n<fim_middle>"
            ),
        ),
        (
            CODE_GEMMA,
            (
                "<bos>src/a.py\na = 1\n<|file_separator|>src/b.py\n"
                "def b():\n\n    return 2\n<|file_separator|>src/main.py\n<|fim_prefix|>x = "
                "<|fim_suffix|>\ny\n<|fim_middle|>"
            ),
        ),
        (
            DEEPSEEK_CODER,
            (
                f"{BEGIN}<｜fim▁begin｜>{TWO_COMMENTED}x = "  # noqa: RUF001 - its own bars
                "<｜fim▁hole｜>\ny\n<｜fim▁end｜>"  # noqa: RUF001 - its own bars
            ),
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Family) else "",
)
def test_other_families_see_other_files_in_their_own_form(
    tmp_path: Path, family: Family, prompt: str
) -> None:
    model = load(other_family(tmp_path / FOLDERS[family], family))
    planned = planned_at("x = ‸\ny\n", model, TWO, Layout.PSM)
    assert model.encoder.decode(planned.prompt_ids) == prompt
    without = planned_at("x = ‸\ny\n", model, (), Layout.PSM)
    more = len(planned.prompt_ids) - len(without.prompt_ids)
    assert planned.context_tokens == more
    assert sum(span.tokens for span in planned.spans) == len(planned.prompt_ids)
    assert tuple(span.snippet for span in planned.spans if span.snippet) == TWO


def test_special_pieces_in_other_files_stay_text(tmp_path: Path) -> None:
    model = load(other_family(tmp_path / FOLDERS[QWEN_CODER], QWEN_CODER))
    evil = (snippet("<|file_sep|>", "<|fim_middle|>"),)
    planned = planned_at("‸", model, evil, Layout.PSM)
    plain = planned_at("‸", model, (snippet("a", "b"),), Layout.PSM)
    specials = {*model.stop_ids}
    assert [i for i in planned.prompt_ids if i in specials] == [
        i for i in plain.prompt_ids if i in specials
    ]


def test_a_tokenizer_without_the_pieces_for_files_sees_comments(tmp_path: Path) -> None:
    folder = other_family(tmp_path / FOLDERS[QWEN_CODER], QWEN_CODER)
    vocabulary = load(folder).encoder
    file = (folder / "tokenizer.json").read_text()
    assert "<|repo_name|>" in file
    (folder / "tokenizer.json").write_text(file.replace("<|repo_name|>", "<|other|>"))
    model = load(folder)
    assert model.among is None
    planned = planned_at("‸", model, TWO, Layout.PSM)
    assert TWO_COMMENTED in vocabulary.decode(planned.prompt_ids)


@given(cursor=cursors, budget=budgets, layout=layouts, context=snippets)
def test_prompt_and_answer_fit_the_window_with_other_files_too(
    model: Infiller,
    cursor: Cursor,
    budget: Budget,
    layout: Layout,
    context: Sequence[Snippet],
) -> None:
    planned = plan(cursor, model, budget, layout, heal=False, context=context)
    assert len(planned.prompt_ids) + planned.max_tokens <= budget.window_tokens
    assert planned.context_tokens <= budget.context_tokens
    assert planned.prefix_tokens <= budget.prefix_tokens
    assert planned.suffix_tokens <= budget.suffix_tokens
    assert planned.snippets <= len(context)
    assert bool(planned.snippets) == bool(planned.context_tokens)


@given(cursor=cursors, budget=budgets, layout=layouts)
def test_without_other_files_the_prompt_is_as_without_room_for_them(
    model: Infiller, cursor: Cursor, budget: Budget, layout: Layout
) -> None:
    none = dataclasses.replace(budget, context_tokens=0)
    assert plan(cursor, model, budget, layout) == plan(cursor, model, none, layout)
    context = TWO
    assert plan(cursor, model, none, layout, context=context) == plan(
        cursor, model, none, layout
    )


@given(context=snippets, text=awkward)
def test_context_and_prefix_are_encoded_as_one_text(
    model: Infiller, meta: Meta, context: Sequence[Snippet], text: str
) -> None:
    here = cursor(text, 1_000, 1_000)
    roomy = dataclasses.replace(ROOMY, context_tokens=4_096)
    planned = plan(here, model, roomy, Layout.PSM, heal=False, context=context)
    blocks = "".join(commented(one.path, one.text, "#") for one in context)
    before = "".join(here.document.lines[: here.line]) + here.before
    assert list(planned.prompt_ids) == meta.psm(clean(blocks) + clean(before), "")


def test_the_worst_snippets_are_left_out_whole(model: Infiller) -> None:
    three = [snippet(f"{name}.py", f"{name} = {'x' * 40}") for name in "abc"]
    tokens = cost(model, "#")
    for room in range(200):
        budget = dataclasses.replace(ROOMY, context_tokens=room)
        planned = plan(at("‸"), model, budget, Layout.PSM, context=three)
        text = model.encoder.decode(planned.prompt_ids)
        shown = [one.path for one in three if f"# {one.path}\n" in text]
        assert shown == ["a.py", "b.py", "c.py"][3 - planned.snippets :]
        sizes = [tokens(one.path, one.text) for one in three[3 - planned.snippets :]]
        assert planned.context_tokens in {sum(sizes), sum(sizes) + 1}
        assert planned.snippets < 3 or room >= planned.context_tokens
    assert planned.snippets == 3


def test_a_short_window_is_shared_with_the_file_itself(model: Infiller) -> None:
    many = [snippet(f"{n}.py", "value = compute(total)\n" * 10) for n in range(40)]
    short = dataclasses.replace(ROOMY, window_tokens=1_024)
    planned = plan(cursor(FILE, 5_000, 7), model, short, Layout.PSM, context=many)
    left = 1_024 - 4 - 64 - 256
    assert left // 2 - 100 < planned.context_tokens <= left // 2
    assert planned.prefix_tokens > left // 4
    small = plan(at("x = ‸\n"), model, short, Layout.PSM, context=many)
    assert small.context_tokens == planned.context_tokens


@pytest.mark.parametrize("layout", Layout)
def test_other_files_are_encoded_once(fresh: Infiller, layout: Layout) -> None:
    here = type_at(cursor(FILE, 5_000, 0), "\n    ")
    plan(here, fresh, ROOMY, layout, context=TWO)
    for char in "value = x":
        here = type_at(here, char)
        before = fresh.encoder.encoded_lines
        plan(here, fresh, ROOMY, layout, context=TWO)
        assert fresh.encoder.encoded_lines == before + 1


def test_what_a_snippet_costs_is_what_it_takes(tmp_path: Path, model: Infiller) -> None:
    qwen = load(other_family(tmp_path / FOLDERS[QWEN_CODER], QWEN_CODER))
    for one in (model, qwen):
        tokens, context = cost(one, "#"), [*TWO, snippet("c.py", "c = 3")]
        more = planned_at("‸", one, context, Layout.PSM).context_tokens
        less = planned_at("‸", one, context[:2], Layout.PSM).context_tokens
        assert more - less == tokens("c.py", "c = 3")
