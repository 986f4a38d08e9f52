"""What people are shown of what an action sent, in both forms."""

from dataclasses import replace

import pytest

from lsp_server.explain import Talk, markdown, page
from tests.unit.explain.test_html import HOSTILE, Read

TALK = Talk(
    title="Fix: b is\nnot defined",
    model="CodeLlama-7B-Instruct",
    prompts=("[INST] Fix `b`. [/INST]", "[INST] Again. [/INST]"),
    answers=("```\na\n```", ""),
)

PAGE = """\
# Fix: b is not defined

- model: `CodeLlama-7B-Instruct`

## The prompt

```text
[INST] Fix `b`. [/INST]
```

## The answer

````text
```
a
```
````

## The prompt

```text
[INST] Again. [/INST]
```

## The answer

(empty)
"""


def test_it_is_told_in_markdown() -> None:
    assert markdown(TALK) == PAGE


def test_it_is_told_in_a_page() -> None:
    read = Read.of(page(TALK))
    assert read.texts["h1"] == ["Fix: b is␊not defined"]
    assert read.texts["h2"] == ["The prompt", "The answer"] * 2
    assert [one.removeprefix("\n") for one in read.texts["pre"]] == [
        "[INST] Fix `b`. [/INST]",
        "```\na\n```",
        "[INST] Again. [/INST]",
        "nothing",
    ]


def test_of_a_long_prompt_the_end_is_folded() -> None:
    told = "".join(f"line {number}\n" for number in range(100))
    read = Read.of(page(replace(TALK, prompts=(told,), answers=("a",))))
    shown, folded, answer = (one.removeprefix("\n") for one in read.texts["pre"])
    assert read.texts["summary"] == ["76 lines after these"]
    assert shown + folded == told
    assert answer == "a"


@pytest.mark.parametrize("told", HOSTILE)
def test_hostile_text_is_text(told: str) -> None:
    read, plain = (
        Read.of(page(Talk(title=one, model=one, prompts=(one,), answers=(one,))))
        for one in (told, "plain")
    )
    assert read.tags == plain.tags
    assert read.attributes == plain.attributes
    assert read.texts["style"] == plain.texts["style"]
    assert (read.links, read.styles) == ([], [])
