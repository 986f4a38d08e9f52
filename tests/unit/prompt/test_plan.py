import dataclasses
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.prompt.cut import _steadiest
from lsp_server.prompt.families import QWEN_CODER, Layout
from lsp_server.prompt.infill import Infiller, infill, load
from lsp_server.prompt.plan import Budget, Plan, plan
from lsp_server.prompt.spans import Kind
from retrieval.source import Cursor
from tests.marked import at
from tests.unit.prompt.folders import other_family
from tests.unit.prompt.meta import Meta, clean
from tests.unit.prompt.texts import cursor, cursors

ROOMY = Budget(
    window_tokens=16_384, prefix_tokens=8_192, suffix_tokens=2_048, answer_tokens=256
)
TYPICAL = Budget(
    window_tokens=8_192, prefix_tokens=4_096, suffix_tokens=256, answer_tokens=64
)
FILE = "".join(f"    value_{line} = compute({line})\n" for line in range(10_000))

budgets = st.builds(
    Budget,
    window_tokens=st.integers(16, 200),
    prefix_tokens=st.integers(0, 60),
    suffix_tokens=st.integers(0, 40),
    answer_tokens=st.integers(1, 100),
    context_tokens=st.integers(0, 80),
)
layouts = st.sampled_from(Layout)


def parts(planned: Plan) -> tuple[list[int], list[int]]:
    """Return the ids of prefix and suffix, found by the counts that the plan tells."""
    ids, prefix, suffix = (
        list(planned.prompt_ids),
        planned.prefix_tokens,
        planned.suffix_tokens,
    )
    if planned.layout is Layout.PSM:
        return ids[2 : 2 + prefix], ids[3 + prefix : 3 + prefix + suffix]
    return ids[4 + suffix :], ids[3 : 3 + suffix]


def texts(cursor: Cursor, layout: Layout) -> tuple[str, str]:
    """Return what stands before and after the cursor, as it is encoded.

    In SPM what only closes the line is left out.
    """
    before = "".join(cursor.document.lines[: cursor.line]) + cursor.before
    whole = clean(cursor.document.text)
    after = whole[len(clean(before)) :]
    closing = clean(cursor.after) if layout is Layout.SPM and cursor.at_end else ""
    return clean(before), after.removeprefix(closing)


def type_at(cursor: Cursor, text: str) -> Cursor:
    """Return the cursor after ``text`` was typed, as an editor's edit makes it."""
    lines = list(cursor.document.lines)
    line = lines[cursor.line]
    *done, last = (line[: cursor.column] + text).split("\n")
    lines[cursor.line : cursor.line + 1] = [
        *(f"{one}\n" for one in done),
        last + line[cursor.column :],
    ]
    document = dataclasses.replace(cursor.document, lines=tuple(lines))
    return Cursor(document, cursor.line + len(done), len(last))


@given(cursor=cursors, layout=layouts)
def test_a_file_that_fits_is_taken_whole(
    model: Infiller, meta: Meta, cursor: Cursor, layout: Layout
) -> None:
    planned = plan(cursor, model, ROOMY, layout, heal=False)
    prefix, suffix = texts(cursor, layout)
    expected = meta.psm if layout is Layout.PSM else meta.spm
    assert list(planned.prompt_ids) == expected(prefix, suffix)
    assert planned.first_line == 0
    assert planned.last_line == len(cursor.document.lines) - 1


@given(cursor=cursors, budget=budgets, layout=layouts)
def test_what_was_cut_is_encoded_as_meta_would(
    model: Infiller, meta: Meta, cursor: Cursor, budget: Budget, layout: Layout
) -> None:
    planned = plan(cursor, model, budget, layout, heal=False)
    prefix_ids, suffix_ids = parts(planned)
    prefix = meta.decode_infilling(prefix_ids).removeprefix(" ")
    suffix = meta.decode_infilling(suffix_ids)
    before, after = (text.replace("▁", " ") for text in texts(cursor, layout))
    assert before.endswith(prefix)
    assert after.startswith(suffix)
    expected = meta.psm if layout is Layout.PSM else meta.spm
    assert list(planned.prompt_ids) == expected(prefix, suffix)


@given(cursor=cursors, budget=budgets)
def test_what_is_taken_back_is_the_end_of_the_prefix(
    model: Infiller, cursor: Cursor, budget: Budget
) -> None:
    planned = plan(cursor, model, budget, Layout.SPM)
    whole = plan(cursor, model, budget, Layout.SPM, heal=False)
    kept, _ = parts(planned)
    all_of_it, _ = parts(whole)
    assert list(whole.prompt_ids[: len(planned.prompt_ids)]) == list(planned.prompt_ids)
    decode = model.encoder.decode
    assert decode(kept) + planned.begin == decode(all_of_it)
    assert clean(cursor.before).replace("▁", " ").endswith(planned.begin)
    count = len(all_of_it) - len(kept)
    assert planned.max_tokens == whole.max_tokens + count
    assert count <= 8
    assert bool(count) == bool(planned.begin)
    assert kept or not all_of_it


@given(cursor=cursors, budget=budgets)
def test_psm_is_not_healed(model: Infiller, cursor: Cursor, budget: Budget) -> None:
    planned = plan(cursor, model, budget, Layout.PSM)
    assert planned == plan(cursor, model, budget, Layout.PSM, heal=False)
    assert planned.begin == ""


@given(cursor=cursors, budget=budgets, layout=layouts, heal=st.booleans())
def test_prompt_and_answer_fit_the_window_and_parts_their_budgets(
    model: Infiller, cursor: Cursor, budget: Budget, layout: Layout, *, heal: bool
) -> None:
    planned = plan(cursor, model, budget, layout, heal=heal)
    begin_tokens = len(
        plan(cursor, model, budget, layout, heal=False).prompt_ids
    ) - len(planned.prompt_ids)
    assert planned.snippets == planned.context_tokens == 0
    assert len(planned.prompt_ids) + planned.max_tokens <= budget.window_tokens
    assert 1 <= planned.max_tokens - begin_tokens <= budget.answer_tokens
    assert planned.prefix_tokens <= budget.prefix_tokens
    assert planned.suffix_tokens <= budget.suffix_tokens
    assert planned.first_line <= cursor.line <= planned.last_line


@given(cursor=cursors, budget=budgets, layout=layouts)
def test_the_same_place_gives_the_same_prompt(
    model: Infiller, cursor: Cursor, budget: Budget, layout: Layout
) -> None:
    first = plan(cursor, model, budget, layout)
    model.encoder._recent.clear()
    model.encoder._older.clear()
    assert plan(cursor, model, budget, layout) == first


def test_only_whole_lines_are_taken(model: Infiller) -> None:
    middle = cursor(FILE, 5_000, 7)
    planned = plan(middle, model, TYPICAL, Layout.PSM)
    lines = middle.document.lines
    prefix = "".join(lines[planned.first_line : 5_000]) + middle.before
    suffix = lines[5_000][7:] + "".join(lines[5_001 : planned.last_line + 1])
    assert planned.prompt_ids == infill(model, prefix, suffix, Layout.PSM)
    assert planned.stop_ids == model.stop_ids
    assert planned.max_tokens == 64


def test_most_of_the_budget_is_used(model: Infiller) -> None:
    planned = plan(cursor(FILE, 5_000, 7), model, TYPICAL, Layout.PSM)
    assert planned.prefix_tokens > 4_096 * 0.7
    assert planned.suffix_tokens > 256 - 20


def test_crlf_gives_the_prompt_of_lf(model: Infiller) -> None:
    drawn = "\tif (x) {\n\t\tre‸turn;\n\t}\n"
    unix = plan(at(drawn), model, TYPICAL, Layout.PSM)
    for end in ("\r\n", "\r"):
        dos = plan(at(drawn.replace("\n", end)), model, TYPICAL, Layout.PSM)
        assert dos == unix


def test_the_left_edge_holds_still_while_lines_are_written(model: Infiller) -> None:
    """Of 80 lines some 30 fit: an edge without steps would move 80 times and back.

    It would move back because a word that is typed takes now three tokens and now one.
    """
    here = cursor(FILE, 5_000, 0)
    budget = dataclasses.replace(TYPICAL, prefix_tokens=512)
    edges = []
    for line in range(80):
        for char in f"    number_{line} = compute(alphabet)\n":
            here = type_at(here, char)
            edges.append(plan(here, model, budget, Layout.PSM).first_line)
    assert edges == sorted(edges)
    assert len({*edges}) < 16


@pytest.mark.parametrize("layout", Layout)
def test_a_keystroke_in_a_long_file_encodes_one_line(
    fresh: Infiller, layout: Layout
) -> None:
    here = type_at(cursor(FILE, 5_000, 0), "\n    ")
    plan(here, fresh, TYPICAL, layout)
    for char in "value_of_all = total":
        here = type_at(here, char)
        before = fresh.encoder.encoded_lines
        plan(here, fresh, TYPICAL, layout)
        assert fresh.encoder.encoded_lines == before + 1


def test_a_new_line_encodes_only_what_it_changed(fresh: Infiller) -> None:
    here = type_at(cursor(FILE, 5_000, 0), "x = 1")
    plan(here, fresh, TYPICAL, Layout.PSM)
    before = fresh.encoder.encoded_lines
    here = type_at(here, "\n")
    plan(here, fresh, TYPICAL, Layout.PSM)
    assert fresh.encoder.encoded_lines <= before + 2


def test_a_line_of_five_megabytes_is_cut_around_the_cursor(model: Infiller) -> None:
    line = "a=b+(c*2);" * 500_000
    planned = plan(cursor(line, 0, 2_500_005), model, TYPICAL, Layout.PSM)
    prefix, suffix = parts(planned)
    assert 4_096 // 4 < planned.prefix_tokens <= 4_096
    assert 256 // 2 < planned.suffix_tokens <= 256
    assert model.encoder.decode(prefix).endswith(line[2_500_000:2_500_005])
    assert model.encoder.decode(suffix).startswith(line[2_500_005:2_500_020])


def test_inside_a_long_line_the_left_edge_holds_still_too(model: Infiller) -> None:
    here = cursor("a=b+(c*2);" * 50_000, 0, 250_000)
    starts = set()
    for _ in range(100):
        here = type_at(here, "xyz=1;")
        planned = plan(here, model, TYPICAL, Layout.PSM)
        starts.add(planned.prompt_ids[:100])
    assert len(starts) <= 3


def test_a_long_line_above_ends_the_prefix(model: Infiller) -> None:
    text = "first\n" + "a=b;" * 1_000_000 + "\nlast = "
    planned = plan(cursor(text, 2, 7), model, TYPICAL, Layout.PSM)
    assert (planned.first_line, planned.last_line) == (2, 2)


def test_a_long_line_below_ends_the_suffix(model: Infiller) -> None:
    text = "x = \ny = 1\n" + "a=b;" * 1_000_000 + "\nlast\n"
    planned = plan(cursor(text, 0, 4), model, TYPICAL, Layout.PSM)
    assert (planned.first_line, planned.last_line) == (0, 1)


def test_the_prefix_gets_what_the_suffix_leaves(model: Infiller) -> None:
    tight = Budget(
        window_tokens=512, prefix_tokens=4_096, suffix_tokens=4_096, answer_tokens=64
    )
    middle = plan(cursor(FILE, 5_000, 7), model, tight, Layout.PSM)
    end = plan(cursor(FILE, 9_999, 7), model, tight, Layout.PSM)
    assert middle.suffix_tokens <= (512 - 4 - 64) // 2
    assert end.prefix_tokens > middle.prefix_tokens
    assert middle.max_tokens == end.max_tokens == 64


def test_lines_of_many_tokens_stay_within_their_budgets(model: Infiller) -> None:
    line = "😀" * 30  # 120 bytes, each a token
    budget = dataclasses.replace(TYPICAL, prefix_tokens=50, suffix_tokens=50)
    planned = plan(at(f"{line}‸{line}"), model, budget, Layout.PSM)
    assert 20 < planned.prefix_tokens <= 50
    assert 20 < planned.suffix_tokens <= 50


def test_a_family_that_is_not_line_exact_keeps_to_its_budgets(tmp_path: Path) -> None:
    """Its whole text takes more tokens here than its lines by themselves."""
    model = load(other_family(tmp_path / "Qwen2.5-Coder-7B", QWEN_CODER))
    encoder, text = model.encoder, "  \n    y\n" * 500
    by_line = sum(len(encoder.line(line)) for line in text.splitlines(keepends=True))
    assert len(encoder.encode(text)) > by_line * 1.1
    budget = dataclasses.replace(TYPICAL, prefix_tokens=400)
    for line in range(500, 560):
        here = cursor(text, line, 2)
        planned = plan(here, model, budget, Layout.SPM)
        assert planned.layout is Layout.PSM
        assert 250 < planned.prefix_tokens <= 400
        assert 200 < planned.suffix_tokens <= 256
        lines = here.document.lines
        prefix = "".join(lines[planned.first_line : line]) + here.before
        suffix = lines[line][2:] + "".join(lines[line + 1 : planned.last_line + 1])
        assert planned.prompt_ids == infill(model, prefix, suffix, Layout.PSM)


def test_why_tells_what_was_taken(model: Infiller) -> None:
    planned = plan(at("x = 1\ny = ‸\n"), model, TYPICAL, Layout.SPM)
    assert planned.why == (
        f"lines 1 to 3 of 3: {planned.prefix_tokens} tokens before the cursor, "
        f"{planned.suffix_tokens} after it, SPM, 1 more taken back"
    )


@pytest.mark.parametrize(
    ("window", "prefix", "suffix", "answer"),
    [(15, 8, 8, 1), (100, -1, 8, 1), (100, 8, -1, 1), (100, 8, 8, 0)],
)
def test_an_impossible_budget_is_refused(
    window: int, prefix: int, suffix: int, answer: int
) -> None:
    with pytest.raises(ValueError, match=r"budget|room"):
        Budget(
            window_tokens=window,
            prefix_tokens=prefix,
            suffix_tokens=suffix,
            answer_tokens=answer,
        )


@given(low=st.integers(0, 500), width=st.integers(0, 200))
def test_the_steadiest_number_has_the_largest_power_of_two(
    low: int, width: int
) -> None:
    high = low + width
    powers = {number: number & -number or 1 << 20 for number in range(low, high + 1)}
    assert _steadiest(low, high) == max(powers, key=powers.__getitem__)


# The edge that is held


def jumped(model: Infiller, line: int, held: int | None) -> Plan:
    return plan(cursor(FILE, line, 7), model, TYPICAL, Layout.PSM, held=held)


def test_a_jump_within_the_window_finds_its_prefix(model: Infiller) -> None:
    """What is not common with the prompt before is the way between, and the suffix."""
    before = jumped(model, 5_000, None)
    edge = before.first_line
    for line in range(edge + 60, 5_000, 20):
        after = jumped(model, line, edge)
        assert after.first_line == edge
        pairs = zip(before.prompt_ids, after.prompt_ids, strict=False)
        common = len([*takewhile(lambda pair: pair[0] == pair[1], pairs)])
        assert len(after.prompt_ids) - common <= after.suffix_tokens + 2 + 10
    assert jumped(model, 4_900, None).first_line != edge


@pytest.mark.parametrize("line", [0, 100, 9_000])
def test_an_edge_that_does_not_fit_is_not_held(model: Infiller, line: int) -> None:
    assert jumped(model, line, 4_900) == jumped(model, line, None)


def test_an_edge_with_little_behind_it_is_not_held(model: Infiller) -> None:
    few, many = jumped(model, 5_010, 5_000), jumped(model, 5_060, 5_000)
    assert few == jumped(model, 5_010, None)
    assert many.first_line == 5_000


# The suffix that holds still


@pytest.mark.parametrize(
    "drawn",
    [
        "f(‸)\ng()\n",
        "f(a, ‸)\ng()\n",
        'f("‸")\ng()\n',
        "f()‸\ng()\n",
        "f()\n    ‸\ng()\n",
        "f(‸)   \r\ng()\r\n",
    ],
)
def test_in_spm_closers_come_and_go_without_a_new_suffix(
    model: Infiller, meta: Meta, drawn: str
) -> None:
    planned = plan(at(drawn), model, TYPICAL, Layout.SPM)
    assert meta.decode_infilling(parts(planned)[1]) == "\ng()\n"


def test_in_spm_code_to_the_right_is_in_the_suffix(model: Infiller, meta: Meta) -> None:
    planned = plan(at("f(‸, b)\ng()\n"), model, TYPICAL, Layout.SPM)
    assert meta.decode_infilling(parts(planned)[1]) == ", b)\ng()\n"


# What it consists of


@given(cursor=cursors, budget=budgets, layout=layouts)
def test_the_spans_are_the_prompt(
    model: Infiller, cursor: Cursor, budget: Budget, layout: Layout
) -> None:
    planned = plan(cursor, model, budget, layout)
    tokens = {span.kind: span.tokens for span in planned.spans}
    assert sum(span.tokens for span in planned.spans) == len(planned.prompt_ids)
    assert tokens[Kind.PREFIX] == planned.prefix_tokens
    assert tokens[Kind.SUFFIX] == planned.suffix_tokens
    kinds = [span.kind for span in planned.spans if span.kind is not Kind.PIECES]
    inner = [Kind.PREFIX, Kind.SUFFIX]
    assert kinds == (inner if layout is Layout.PSM else inner[::-1])
