"""What people are shown of one suggestion, in Markdown."""

from dataclasses import replace

import pytest

from lsp_server.explain import Kind, Section, Timeline, markdown
from tests.unit.explain.data import TRACE

PAGE = """\
# `src/a.py:12:5`

- model: `CodeLlama-7B`, layout PSM: lines 1 to 20 of 20
- answered by the engine, for this request
- prompt: 1,012 tokens; 500 of them cached, 512 computed
- answer: 6 tokens generated, 4 of 7 characters shown, it was ended as soon as the \
suggestion was decided
- taken back out of the prompt, so that it does not end in half a token: `\\ty`

## Milliseconds: this request

| step                | ms      |                          |
|---------------------|---------|--------------------------|
| waiting for context | 0.3     | █                        |
| to the first piece  | 1,079.0 | ██████████████████████   |
| whole request       | 1,200.0 | ████████████████████████ |

## The prompt, in its order

| section                      | what it is                  | tokens | cached        |
|------------------------------|-----------------------------|--------|---------------|
| src/b\\|c.py                  | similar code and definition | 8      | all           |
| this file, before the cursor | lines 1 to 12               | 1,000  | the first 490 |
| this file, after the cursor  |                             | 1      | none          |
| marks of the model           |                             | 3      |               |

### src/b|c.py: 8 tokens, cached: all

similar code and definition, lines 3 to 7: like the lines at the cursor: b

```text
# src/b.py
def b(): ...
```

### this file, before the cursor: 1,000 tokens, cached: the first 490

```text
x = `a`
\ty
```

### this file, after the cursor: 1 token, cached: none

(empty)

## The answer

Generated:

```text
ield


```

Shown:

```text
ield
```
"""


def test_a_suggestion_is_explained_section_by_section() -> None:
    assert markdown(TRACE) == PAGE


def test_an_engine_that_does_not_tell_of_its_cache() -> None:
    said = markdown(replace(TRACE, cached_tokens=None))
    assert "the engine does not tell how many of them were cached" in said
    assert said.count("cached: not known") == 3


@pytest.mark.parametrize(
    ("cached", "said"),
    [
        (0, ["none", "none", "none"]),
        (9, ["the first 7", "none", "none"]),
        (10, ["all", "none", "none"]),
        (1011, ["all", "all", "none"]),
        (1012, ["all", "all", "all"]),
    ],
)
def test_the_cache_covers_a_prompt_from_its_beginning(
    cached: int, said: list[str]
) -> None:
    """Marks of the model are tokens, too, though they have no section of their own."""
    lines = markdown(replace(TRACE, cached_tokens=cached)).splitlines()
    heads = [line for line in lines if line.startswith("### ")]
    assert [line.partition(", cached: ")[2] for line in heads] == said


@pytest.mark.parametrize("text", ["```\n", "a ```` b", "~~~\n`````text\n"])
def test_no_text_closes_its_fence(text: str) -> None:
    section = Section(kind=Kind.BEFORE, text=text, tokens=1)
    said = markdown(replace(TRACE, sections=(section,))).splitlines()
    head = said.index("### this file, before the cursor: 1 token, cached: all")
    opening = said[head + 2]
    ticks = opening.removesuffix("text")
    closing = said.index(ticks, head + 3)
    assert "\n".join(said[head + 3 : closing]) == text.removesuffix("\n")


def test_what_was_shown_as_it_was_generated_is_printed_once() -> None:
    said = markdown(replace(TRACE, answer=replace(TRACE.answer, raw="ield")))
    assert "Shown as it was generated:" in said
    assert "Generated:" not in said.replace("Shown as it was generated:", "")


def test_what_was_not_shown_is_said() -> None:
    said = markdown(replace(TRACE, answer=replace(TRACE.answer, text="")))
    assert "Generated, and nothing of it shown:" in said


def test_without_times_there_is_no_table_of_them() -> None:
    assert "Milliseconds" not in markdown(replace(TRACE, timelines=()))
    still = replace(TRACE, timelines=(Timeline("this request", ()),))
    assert "| step | ms |" in markdown(still)


@pytest.mark.parametrize(
    ("source", "said"),
    [("memory", "from memory"), ("running", "ran already"), ("ahead", "ahead")],
)
def test_the_source_is_told_in_words(source: str, said: str) -> None:
    answer = replace(TRACE.answer, source=source)
    line = markdown(replace(TRACE, answer=answer)).splitlines()[3]
    assert line.startswith("- answered ")
    assert said in line


def test_a_path_of_any_name_is_one_line() -> None:
    title = markdown(replace(TRACE, path="a`b\nc.py")).splitlines()[0]
    assert title == "# ``a`b\\nc.py:12:5``"
