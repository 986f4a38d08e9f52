"""What is left of Markdown that a model wrote: nothing that does anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.actions.harmless import Harmless, open_fence


def shown(text: str) -> str:
    safe = Harmless()
    return safe.feed(text) + safe.end()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("![x](https://evil.example/p?q=1)", "!\\[x](https://evil.example/p?q=1)"),
        ("[run me](command:workbench.x)", "\\[run me](command:workbench.x)"),
        ("[here](https://evil.example)", "\\[here](https://evil.example)"),
        ("[r]\n\n[r]: command:x", "\\[r]\n\n\\[r]: command:x"),
        ("<img src=x onerror=y>", "\\<img src=x onerror=y>"),
        ("<https://evil.example>", "\\<https://evil.example>"),
        ("\\<b>", "\\<b>"),
        ("\\\\<b>", "\\\\\\<b>"),
        ("| `a | <b>` |", "| \\`a | \\<b>\\` |"),
        ("| `a | b` `<b>` |", "| `a | b` \\`\\<b>\\` |"),
        ("a ` b\n`<b>`", "a \\` b\n`<b>`"),
        ("``<b>` ``", "``<b>` ``"),
        ("- a\n  ```\n  <b>\n<b>", "- a\n  ```\n  <b>\n  ```\n\\<b>"),
        ("```\n<b>\n    ```\n<b>", "```\n<b>\n```\n\\<b>"),
        ("text\n    ```\n    <b>", "text\n    \\`\\`\\`\n    \\<b>"),
        ("```a|<b>\n|-|-|\n<b>", "\\`\\`\\`a|\\<b>\n|-|-|\n\\<b>"),
        ("```\r<b>", "\\`\\`\\`\\<b>"),
        ("a\u202eb\u2028c\u2066", "abc"),
    ],
)
def test_pictures_links_and_html_are_text(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n\nIt *adds* `a[0]` and `<b>`, **twice**: see a.py\n",
        "```html\n<b>[a](b)</b>\n```\n",
        "~~~\n![a](b)\n```\n~~~\n",
        "1. One:\n   ```python\n   a[0] < b\n\n   c\n   ```\n2. Two\n",
        "1. One:\n\n    ```python\n    a[0] < b\n    ```\n",
        "- One:\n    ```python\n    a[0] < b\n    ```\n",
        "| a | b |\n|---|---|\n| `x[0]` | `int | None` |\n",
        "`` a ` b[0] `` and `c",
    ],
)
def test_what_is_harmless_stays(text: str) -> None:
    assert shown(text) == text.replace(" `c", " \\`c")


PARTS = [
    *("`", "``", "```", "~~~", "<b>", "[a](b)", "\n", "\n\n", "  ", "    ", "- "),
    *("1. ", "2. ", "|", "\\", "a", "\t", "\n```\n"),
]


@given(st.lists(st.sampled_from(PARTS), max_size=16), st.data())
def test_it_is_the_same_however_it_comes(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    safe, said, at = Harmless(), "", 0
    while at < len(text):
        size = data.draw(st.integers(1, 4))
        said += safe.feed(text[at : at + size])
        at += size
    assert said + safe.end() == shown(text)


def test_prose_is_shown_as_it_comes_and_code_when_it_ends() -> None:
    safe = Harmless()
    assert safe.feed("It is") == "It is"
    assert safe.feed(" `a[") == " "
    assert safe.feed("0]` and") == "`a[0]` and"
    assert safe.feed("\n```py") == "\n"
    assert safe.feed("thon\nx = ") == "```python\nx = "


@pytest.mark.parametrize(
    ("text", "fence"),
    [
        ("a", ""),
        ("```\na", "```"),
        ("```\na\n```", ""),
        ("  ~~~~\n  ~~~", "  ~~~~"),
        ("```\n~~~\n```\n", ""),
    ],
)
def test_the_fence_that_is_open_is_known(text: str, fence: str) -> None:
    assert open_fence(text) == fence
