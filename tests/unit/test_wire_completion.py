"""What an item of the pop-up menu is to each kind of editor."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import (
    ClientCapabilities,
    ClientCompletionItemInsertTextModeOptions,
    ClientCompletionItemOptions,
    ClientInfo,
    CompletionClientCapabilities,
    CompletionItem,
    InlineCompletionClientCapabilities,
    InsertTextFormat,
    InsertTextMode,
    MarkupContent,
    MarkupKind,
    PositionEncodingKind,
    TextDocumentClientCapabilities,
    TextEdit,
)

from lsp_server import wire
from lsp_server.record import Choice
from lsp_server.wire.completion import word_before
from retrieval.source import Cursor
from tests.marked import MARK, at

AS_IS = wire.ItemForm(as_is=True)
INDENTS = wire.ItemForm(indents=True)
SAYS_NOTHING = wire.ItemForm()


def item(
    cursor: Cursor,
    text: str,
    form: wire.ItemForm = SAYS_NOTHING,
    encoding: PositionEncodingKind = PositionEncodingKind.Utf32,
) -> CompletionItem:
    told = wire.completion_list(cursor, Choice(id="7", text=text), encoding, form)
    assert told.is_incomplete
    (only,) = told.items
    return only


def edit_of(one: CompletionItem) -> TextEdit:
    assert isinstance(one.text_edit, TextEdit)
    return one.text_edit


# The item


@pytest.mark.parametrize(
    ("drawn", "text", "label", "filter_text"),
    [
        ("ret‸", "urn x", "return x", "return x"),
        ("x = ‸", "1", "1", "1"),
        ("x =‸", " 1", "1", "1"),
        ("x‸", " = 1", "x = 1", "x = 1"),
        ("f(‸)", "a, b", "a, b", "a, b"),
        ("    ‸", "a = 1\n    b = 2", "a = 1…", "a = 1"),
        ("naïve_été‸", "s", "naïve_étés", "naïve_étés"),
        ("‸", "x" * 99, "x" * 60 + "…", "x" * 60),
        ("a-b‸", "c", "bc", "bc"),
    ],
)
def test_it_is_called_and_filtered_by_the_word_and_the_first_line(
    drawn: str, text: str, label: str, filter_text: str
) -> None:
    found = item(at(drawn), text)
    assert (found.label, found.filter_text) == (label, filter_text)
    assert found.insert_text is None


@pytest.mark.parametrize(
    ("language", "drawn", "word"),
    [
        ("python", "a.b_2‸", "b_2"),
        ("python", "$x‸", "x"),
        ("javascript", "a.$x‸", "$x"),
        ("css", "  font-si‸", "font-si"),
        ("python", "漢字‸", "漢字"),
        ("python", "(‸", ""),
        ("python", "a ‸b", ""),
        ("python", "a‸b", "a"),
    ],
)
def test_a_word_is_what_the_language_has(language: str, drawn: str, word: str) -> None:
    assert word_before(at(drawn, language=language)) == word


def test_taking_it_is_told_by_its_id() -> None:
    command = item(at("‸"), "x").command
    assert command is not None
    assert (command.command, command.arguments) == ("codellama.accepted", ["7"])


texts = st.text("ab_ é🎉\t(\n$\\}`", min_size=1)


@given(before=st.text("ab_ é🎉\t(\n"), after=st.text("a)\n"), text=texts)
def test_its_range_is_the_word_and_taking_it_puts_in_the_text(
    before: str, after: str, text: str
) -> None:
    cursor = at(before + MARK + after)
    for form in (SAYS_NOTHING, AS_IS):
        found = item(cursor, text, form)
        edit = edit_of(found)
        start, end = edit.range.start, edit.range.end
        assert (end.line, end.character) == (cursor.line, cursor.column)
        assert start.line == end.line
        line = cursor.document.lines[cursor.line]
        word = line[start.character : end.character]
        assert line[: start.character] + edit.new_text == cursor.before + text
        assert found.label.startswith(found.filter_text or "")
        assert (found.filter_text or word).startswith(word)
        assert found.insert_text_format is InsertTextFormat.PlainText


def expanded(snippet: str, indent: str) -> str:
    """Return what an editor makes of a snippet in a line of so much indentation."""
    text = re.sub(r"\\([\\$}])", r"\1", snippet)
    first, *others = text.split("\n")
    return "\n".join([first, *(indent + line if line else "" for line in others)])


@given(
    indent=st.sampled_from(["", "    ", "\t", "\t  "]),
    begin=st.text("ab(", max_size=3),
    lines=st.lists(st.text("a b$\\}{`1", max_size=6), min_size=1, max_size=5),
    more=st.lists(st.sampled_from(["", "    ", "\t"]), min_size=5, max_size=5),
)
def test_who_indents_by_itself_gets_lines_without(
    indent: str, begin: str, lines: list[str], more: list[str]
) -> None:
    first, *others = lines
    told = [
        first,
        *(
            indent + add + line if line.strip() else ""
            for add, line in zip(more, others, strict=False)
        ),
    ]
    while len(told) > 1 and not told[-1]:
        told.pop()
    cursor = at(f"{indent}{begin}{MARK}")
    found = item(cursor, "\n".join(told), INDENTS)
    edit = edit_of(found)
    text = edit.new_text
    if found.insert_text_format is InsertTextFormat.Snippet:
        text = expanded(text, indent)
    kept = cursor.before[: edit.range.start.character]
    assert kept + text == cursor.before + "\n".join(told)


def test_a_text_that_leaves_the_block_ends_there_for_who_indents_by_itself() -> None:
    found = item(at("        ‸"), "a()\n        b()\n    return", INDENTS)
    assert edit_of(found).new_text == "a()\nb()"
    found = item(at("        ‸"), "a()\n    return", INDENTS)
    assert edit_of(found).new_text == "a()"


# Its documentation


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        (None, "x = f(\n    1)"),
        (
            MarkupKind.PlainText,
            MarkupContent(MarkupKind.PlainText, "x = f(\n    1)"),
        ),
        (
            MarkupKind.Markdown,
            MarkupContent(MarkupKind.Markdown, "```python\nx = f(\n    1)\n```"),
        ),
    ],
)
def test_the_whole_is_its_documentation(markup: MarkupKind | None, shown: Any) -> None:
    form = wire.ItemForm(markup=markup)
    assert item(at("  x = f‸"), "(\n      1)", form).documentation == shown


def test_no_text_closes_its_fence_and_no_language_opens_another() -> None:
    form = wire.ItemForm(markup=MarkupKind.Markdown)
    found = item(at("‸", language="a b`\n"), "a = '```'\nb", form).documentation
    assert isinstance(found, MarkupContent)
    assert found.value == "````\na = '```'\nb\n````"


# What an editor can


def capable(**more: Any) -> ClientCapabilities:
    options = ClientCompletionItemOptions(**more)
    popup = CompletionClientCapabilities(completion_item=options)
    return ClientCapabilities(
        text_document=TextDocumentClientCapabilities(completion=popup)
    )


def modes(*found: InsertTextMode) -> dict[str, Any]:
    options = ClientCompletionItemInsertTextModeOptions(value_set=[*found])
    return {"insert_text_mode_support": options}


NEOVIM = ClientInfo(name="Neovim")
MARKDOWN = {"documentation_format": [MarkupKind.Markdown, MarkupKind.PlainText]}
ADJUST, EXACT = InsertTextMode.AdjustIndentation, InsertTextMode.AsIs


@pytest.mark.parametrize(
    ("capabilities", "client", "form"),
    [
        pytest.param(ClientCapabilities(), None, SAYS_NOTHING, id="nothing"),
        pytest.param(capable(), None, SAYS_NOTHING, id="eglot, Helix, Kate"),
        pytest.param(
            capable(snippet_support=True), None, SAYS_NOTHING, id="eglot with snippets"
        ),
        pytest.param(capable(**modes(EXACT, ADJUST)), None, AS_IS, id="VS Code, Zed"),
        pytest.param(
            capable(**modes(ADJUST), snippet_support=True), None, INDENTS, id="Sublime"
        ),
        pytest.param(capable(**modes(ADJUST)), None, SAYS_NOTHING, id="no snippets"),
        pytest.param(capable(snippet_support=True), NEOVIM, INDENTS, id="Neovim"),
        pytest.param(
            capable(**modes(EXACT, ADJUST), snippet_support=True),
            NEOVIM,
            AS_IS,
            id="Neovim with a plugin",
        ),
        pytest.param(
            capable(**MARKDOWN),
            None,
            wire.ItemForm(markup=MarkupKind.Markdown),
            id="the first format",
        ),
    ],
)
def test_the_form_is_what_the_editor_can(
    capabilities: ClientCapabilities, client: ClientInfo | None, form: wire.ItemForm
) -> None:
    assert wire.item_form(capabilities, client) == form


def test_who_shows_ghost_text_says_so() -> None:
    assert not wire.has_ghost_text(ClientCapabilities())
    assert not wire.has_ghost_text(capable())
    ghost = InlineCompletionClientCapabilities()
    document = TextDocumentClientCapabilities(inline_completion=ghost)
    assert wire.has_ghost_text(ClientCapabilities(text_document=document))
