"""What people are shown of one suggestion."""

from dataclasses import replace

import pytest

from lsp_server.explain import Section, Trace, explained

TRACE = Trace(
    path="src/a.py",
    line=11,
    column=4,
    model="CodeLlama-7B",
    layout="psm",
    why="lines 1 to 20 of 20",
    sections=(
        Section(
            name="context: src/b|c.py", text="# src/b.py\ndef b(): ...\n", tokens=8
        ),
        Section(name="before the cursor", text="x = `a`\n\ty", tokens=1000),
        Section(name="after the cursor", text="", tokens=1),
    ),
    prompt_tokens=1012,
    cached_tokens=500,
    begin="\ty",
    steps=(("context", 0.31), ("to the first piece", 1080.0)),
    source="engine",
    generated_tokens=6,
    raw="ield\n\n\n",
    text="ield",
    finish="decided",
)

PAGE = """\
# `src/a.py:12:5`

- model: `CodeLlama-7B`, layout PSM: lines 1 to 20 of 20
- answered by the engine, for this request
- prompt: 1,012 tokens; 500 of them cached, 512 computed
- answer: 6 tokens generated, 4 of 7 characters shown, ended by decided
- taken back out of the prompt, so that it does not end in half a token: `\\ty`

## Milliseconds

| step               | ms      |
|--------------------|---------|
| context            | 0.3     |
| to the first piece | 1,080.0 |

## The prompt, in its order

| section              | tokens | cached        |
|----------------------|--------|---------------|
| context: src/b\\|c.py | 8      | all           |
| before the cursor    | 1,000  | the first 492 |
| after the cursor     | 1      | none          |
| marks of the model   | 3      |               |

### context: src/b|c.py: 8 tokens, cached: all

```text
# src/b.py
def b(): ...
```

### before the cursor: 1,000 tokens, cached: the first 492

```text
x = `a`
\ty
```

### after the cursor: 1 token, cached: none

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
    assert explained(TRACE) == PAGE


def test_an_engine_that_does_not_tell_of_its_cache() -> None:
    said = explained(replace(TRACE, cached_tokens=None))
    assert "the engine does not tell how many of them were cached" in said
    assert said.count("cached: not known") == 3


@pytest.mark.parametrize(
    ("cached", "said"),
    [
        (0, ["none", "none", "none"]),
        (7, ["the first 7", "none", "none"]),
        (8, ["all", "none", "none"]),
        (1008, ["all", "all", "none"]),
        (1012, ["all", "all", "all"]),
    ],
)
def test_the_cache_covers_a_prompt_from_its_beginning(
    cached: int, said: list[str]
) -> None:
    lines = explained(replace(TRACE, cached_tokens=cached)).splitlines()
    heads = [line for line in lines if line.startswith("### ")]
    assert [line.partition(", cached: ")[2] for line in heads] == said


@pytest.mark.parametrize("text", ["```\n", "a ```` b", "~~~\n`````text\n"])
def test_no_text_closes_its_fence(text: str) -> None:
    section = Section(name="before the cursor", text=text, tokens=1)
    said = explained(replace(TRACE, sections=(section,))).splitlines()
    before = said.index("### before the cursor: 1 token, cached: all")
    opening = said[before + 2]
    ticks = opening.removesuffix("text")
    closing = said.index(ticks, before + 3)
    assert "\n".join(said[before + 3 : closing]) == text.removesuffix("\n")


def test_what_was_shown_as_it_was_generated_is_printed_once() -> None:
    said = explained(replace(TRACE, raw="ield"))
    assert "Shown as it was generated:" in said
    assert "Generated:" not in said.replace("Shown as it was generated:", "")


def test_what_was_not_shown_is_said() -> None:
    assert "Generated, and nothing of it shown:" in explained(replace(TRACE, text=""))


@pytest.mark.parametrize(
    ("source", "said"),
    [("memory", "from memory"), ("running", "ran already"), ("ahead", "ahead")],
)
def test_the_source_is_told_in_words(source: str, said: str) -> None:
    line = explained(replace(TRACE, source=source)).splitlines()[3]
    assert line.startswith("- answered ")
    assert said in line


def test_a_path_of_any_name_is_one_line() -> None:
    title = explained(replace(TRACE, path="a`b\nc.py")).splitlines()[0]
    assert title == "# ``a`b\\nc.py:12:5``"
