"""Pages of explanations: what they link to, and how many stay."""

import os
from pathlib import Path

import pytest

from lsp_server.actions.explanation import ending, heading, new_page
from lsp_server.actions.outcome import Sources
from retrieval.source import Document, Snippet


def sources(path: str = "src/a.py", uri: str = "file:///p/src/a.py") -> Sources:
    return Sources(
        document=Document(uri=uri, language="python", version=1, lines=("",)),
        first=2,
        last=9,
        path=path,
        root=Path("/p"),
        snippets=(snippet("far_off.py", 1, 1), snippet("src/near (1).py", 4, 7)),
    )


def snippet(path: str, first: int, last: int) -> Snippet:
    return Snippet(
        path=path,
        start_line=first,
        end_line=last,
        text="",
        tokens=1,
        score=1.0,
        why="it calls [f]",
    )


def test_the_heading_links_to_what_is_explained_and_names_the_model() -> None:
    first, _, second, *_ = heading(sources(), "a/Code*Llama").split("\n")
    assert first == "# [src/a.py, lines 3 to 10](file:///p/src/a.py#L3)"
    assert second.startswith(r"*Written by a/Code\*Llama, which may be wrong")


def test_the_ending_links_to_what_was_read_the_best_first() -> None:
    assert ending(sources(), "text") == (
        "\n\n## What it rests on\n\n"
        "- [src/a.py, lines 3 to 10](file:///p/src/a.py#L3)\n"
        "- [src/near (1).py, lines 5 to 8]"
        r"(file:///p/src/near%20%281%29.py#L5) (it calls \[f\])"
        "\n"
        r"- [far\_off.py, line 2](file:///p/far_off.py#L2) (it calls \[f\])"
        "\n"
    )


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("text", "\n\n##"),
        ("text\n", "\n##"),
        ("text\n\n\n", "##"),
        ("a\n```py\nb", "\n```\n\n##"),
        ("a\n```py\nb\n", "\n```\n\n##"),
        ("a\n```py\nb\n```\nc", "\n\n##"),
        ("a\n~~~\n```\nb", "\n~~~\n\n##"),
        ("- a\n  ````\n  ```\n", "\n  ````\n\n##"),
        ("a ``` b", "\n\n##"),
    ],
)
def test_the_ending_begins_where_the_text_ends(text: str, begins: str) -> None:
    assert ending(sources(), text).startswith(f"{begins} What it rests on\n")


def test_an_untitled_document_is_linked_by_its_own_uri() -> None:
    told = heading(sources("Untitled-1", "untitled:Untitled-1"), "demo")
    assert "](untitled:Untitled-1#L3)" in told


def test_pages_have_names_of_their_own_and_old_ones_go(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    for number in range(25):
        page = new_page(folder, sources())
        page = page.with_name(f"{number:02}-{page.name}")
        page.write_text("")
        os.utime(page, (number, number))
    names = sorted(page.name[:2] for page in folder.iterdir())
    assert names == [f"{number:02}" for number in range(5, 25)]
    assert new_page(folder, sources("ä b/c$.py")).name.startswith("c_.py-3-")
