"""Training examples: the exact ids, and what they are drawn from."""

import random

import pytest

from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.prompt.families import Layout
from lsp_server.prompt.infill import infill, load
from tools.demo_model.corpus import File
from tools.demo_model.examples import (
    MIDDLE_WEIGHT,
    Example,
    Examples,
    any_span,
    example,
    psm_prompt,
    short_span,
    spm_ids,
    window,
)
from tools.demo_model.tokenizer import Tokenizer

TEXT = "def add(a, b):\n    return a + b\n\n\nprint(add(1, 2))\n"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(DEMO_FOLDER / "tokenizer.model")


def files() -> list[File]:
    bodies = {
        name: "".join(f"{name}_{n} = compute_{name}({n})\n" for n in range(60))
        for name in ("alpha", "beta", "gamma")
    }
    return [File("pack", f"{name}.py", "python", body) for name, body in bodies.items()]


def test_prompts_are_the_servers(tokenizer: Tokenizer) -> None:
    model = load(DEMO_FOLDER)
    for cut in range(len(TEXT)):
        prefix, suffix = TEXT[:cut], TEXT[cut:]
        assert tuple(psm_prompt(prefix, suffix, tokenizer)) == infill(model, prefix, suffix, Layout.PSM)  # fmt: skip
        assert tuple(spm_ids(prefix, suffix, tokenizer)) == infill(model, prefix, suffix, Layout.SPM)  # fmt: skip


def test_an_example_is_the_whole_text_in_one_of_three_orders(
    tokenizer: Tokenizer,
) -> None:
    seen = set()
    for seed in range(200):
        drawn = example(TEXT, True, tokenizer, random.Random(seed))
        ids = drawn.ids
        assert ids[0] == tokenizer.bos
        if tokenizer.mid not in ids:
            assert tokenizer.decode(ids[1:-1]) == TEXT
            assert drawn.middle == len(ids)
            seen.add("left to right")
            continue
        suf, mid = ids.index(tokenizer.suf), ids.index(tokenizer.mid)
        assert ids[-1] == tokenizer.eot
        suffix = tokenizer.decode_infilling(ids[suf + 1 : mid])
        if suf == 2:
            assert TEXT.startswith(tokenizer.decode(ids[mid + 1 : -1]) + suffix)
            assert mid <= drawn.middle < len(ids)
            seen.add("SPM")
        else:
            middle = tokenizer.decode_infilling(ids[mid + 1 : -1])
            assert TEXT.startswith(tokenizer.decode(ids[2:suf]) + middle + suffix)
            assert drawn.middle == mid + 1
            seen.add("PSM")
    assert seen == {"left to right", "PSM", "SPM"}


def test_context_stands_before_the_prefix_and_is_never_asked_for(
    tokenizer: Tokenizer,
) -> None:
    context = "# other.py\n# def sub(a, b):\n"
    for seed in range(100):
        ids = example(TEXT, True, tokenizer, random.Random(seed), context).ids
        if tokenizer.mid in ids and ids[2] != tokenizer.suf:
            prefix = tokenizer.decode(ids[2 : ids.index(tokenizer.suf)])
            assert prefix.startswith(context)


def test_what_no_text_foretells_is_not_learnt_and_answers_weigh_more(
    tokenizer: Tokenizer,
) -> None:
    t = tokenizer
    drawn = Example([t.bos, t.pre, 9, t.suf, 8, t.mid, 7, 6, t.eot], 6)
    more = MIDDLE_WEIGHT
    assert drawn.weights(t) == [0, 0, 1, 0, 1, 0, more, more, more]


@pytest.mark.parametrize("seed", range(20))
def test_the_answer_in_spm_begins_with_a_token_that_the_cursor_cuts(
    tokenizer: Tokenizer, seed: int
) -> None:
    rng = random.Random(seed)
    drawn = next(
        found
        for _ in range(1_000)
        if (found := example(TEXT, True, tokenizer, rng)).ids[2] == tokenizer.suf
    )
    mid = drawn.ids.index(tokenizer.mid)
    suffix = tokenizer.decode_infilling(drawn.ids[3:mid])
    kept = tokenizer.decode(drawn.ids[mid + 1 : drawn.middle])
    answer = tokenizer.decode(drawn.ids[mid + 1 : -1])[len(kept) :]
    assert TEXT.startswith(kept + answer + suffix)


@pytest.mark.parametrize("span", [any_span, short_span])
def test_a_span_lies_in_the_text(span: type) -> None:
    for seed in range(300):
        start, end = span(TEXT, random.Random(seed))
        assert 0 <= start <= end <= len(TEXT)


def test_a_short_span_ends_with_a_line() -> None:
    for seed in range(100):
        _, end = short_span(TEXT, random.Random(seed))
        assert end == len(TEXT) or TEXT[end] == "\n"


def test_a_window_has_whole_lines() -> None:
    text = "".join(f"line {n}\n" for n in range(200))
    for seed in range(100):
        part, ends = window(text, 200, random.Random(seed))
        assert part in text
        assert part.endswith("\n")
        assert part.startswith("line")
        assert ends == text.endswith(part)


def test_rows_are_full_and_the_same_for_the_same_chance(tokenizer: Tokenizer) -> None:
    examples = Examples(files(), tokenizer)
    source, again = (examples.rows(513, random.Random(1)) for _ in range(2))
    for _ in range(20):
        ids, weights = row = next(source)
        assert len(ids) == len(weights) == 513
        assert ids[0] == tokenizer.bos
        assert row == next(again)


def test_long_rows_have_other_files_of_the_package_as_comments(
    tokenizer: Tokenizer,
) -> None:
    examples = Examples(files(), tokenizer)
    rng = random.Random(2)
    drawn = [tokenizer.decode(examples.draw(1_024, rng).ids[1:]) for _ in range(120)]
    with_context = [text for text in drawn if "a.py\n# " in text]
    assert 20 <= len(with_context) <= 60
    short = [tokenizer.decode(examples.draw(256, rng).ids[1:]) for _ in range(60)]
    assert not any("a.py\n# " in text for text in short)


def test_languages_come_in_their_shares(tokenizer: Tokenizer) -> None:
    known = [
        File("a", "a.py", "python", "python = 1\n" * 2_000),
        File("b", "b.sh", "bash", "bash=1\n" * 20_000),
    ]
    examples = Examples(known, tokenizer)
    rng = random.Random(3)
    drawn = [tokenizer.decode(examples.draw(256, rng).ids[1:]) for _ in range(300)]
    bash = sum("bash" in text for text in drawn)
    assert 5 <= bash <= 40  # 3 parts of 53
