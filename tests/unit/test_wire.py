"""Positions and content changes against a model that walks the text unit by unit."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol.converters import get_converter
from lsprotocol.types import (
    ClientCapabilities,
    DidChangeConfigurationClientCapabilities,
    DidChangeTextDocumentParams,
    DidChangeWatchedFilesClientCapabilities,
    GeneralClientCapabilities,
    InitializeParams,
    Position,
    PositionEncodingKind,
    Range,
    SelectedCompletionInfo,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangePartial,
    TextDocumentContentChangeWholeDocument,
    WorkspaceClientCapabilities,
    WorkspaceFolder,
    WorkspaceFoldersChangeEvent,
)

from lsp_server import wire
from lsp_server.documents import Documents
from lsp_server.features.query import Chosen
from lsp_server.record import Choice
from retrieval.source import Cursor, Document, split_lines
from tests.unit.test_documents import URI, as_json, naive_lines, opened, texts

UTF8, UTF16, UTF32 = PositionEncodingKind
CONVERTER = get_converter()
encodings = st.sampled_from(PositionEncodingKind)
positions = st.builds(Position, line=st.integers(0, 9), character=st.integers(0, 20))


def changed(
    text: str, *changes: TextDocumentContentChangeEvent, encoding: PositionEncodingKind
) -> Document:
    documents = Documents()
    documents.open(URI, "python", 1, text)
    documents.change(URI, 2, wire.edits(changes, encoding))
    document = documents.get(URI)
    assert document is not None
    return document


def partial(
    start: Position, end: Position, text: str
) -> TextDocumentContentChangePartial:
    return TextDocumentContentChangePartial(range=Range(start, end), text=text)


def naive_width(character: str, encoding: PositionEncodingKind) -> int:
    code = ord(character)
    if encoding == UTF8:
        return 1 + (code > 0x7F) + (code > 0x7FF) + (code > 0xFFFF)
    return 1 + (encoding == UTF16 and code > 0xFFFF)


def naive_offset(text: str, position: Position, encoding: PositionEncodingKind) -> int:
    """Walk to the position; stay before a character that would lead past it."""
    lines = naive_lines(text)
    offset = sum(map(len, lines[: position.line]))
    left = position.character if position.line < len(lines) else 0
    for character in text[offset:]:
        left -= naive_width(character, encoding)
        if left < 0 or character in "\r\n":
            break
        offset += 1
    return offset


@settings(deadline=None)
@given(text=texts, encoding=encodings, data=st.data())
def test_changes_equal_the_model(
    text: str, encoding: PositionEncodingKind, data: st.DataObject
) -> None:
    model, changes = text, []
    for _ in range(data.draw(st.integers(1, 5))):
        start, end = data.draw(positions), data.draw(positions)
        new = data.draw(texts)
        changes.append(partial(start, end, new))
        first, last = sorted(naive_offset(model, p, encoding) for p in (start, end))
        model = as_json(model[:first] + new + model[last:])
    document = changed(text, *changes, encoding=encoding)
    assert document.text == model
    assert document.lines == split_lines(model)


CODECS = {UTF8: ("utf-8", 1), UTF16: ("utf-16-le", 2), UTF32: ("utf-32-le", 4)}


@settings(deadline=None)
@given(text=texts, encoding=encodings, position=positions)
def test_a_position_counts_units_of_the_encoded_text(
    text: str, encoding: PositionEncodingKind, position: Position
) -> None:
    codec, unit_bytes = CODECS[encoding]
    document = opened(text)
    cursor = wire.cursor(document, position, encoding)
    clamped = wire.position(document, cursor.line, cursor.column, encoding)
    encoded = document.lines[cursor.line].encode(codec, "surrogatepass")
    before = encoded[: clamped.character * unit_bytes]
    assert before.decode(codec, "surrogatepass") == cursor.before
    assert wire.cursor(document, clamped, encoding) == cursor


@pytest.mark.parametrize("encoding", PositionEncodingKind)
@pytest.mark.parametrize(
    ("text", "line", "character", "expected"),
    [
        ("abc", 0, 1, "a‸bc"),
        ("abc", 0, 3, "abc‸"),
        ("abc", 0, 9, "abc‸"),
        ("abc\r\nd", 0, 4, "abc‸"),
        ("abc\r\nd", 0, 2**31 - 1, "abc‸"),
        ("abc\rd", 0, 4, "abc‸"),
        ("abc\nd", 1, 0, "‸d"),
        ("abc\nd", 2, 0, "d‸"),
        ("abc\nd\n", 2, 5, "‸"),
        ("abc\nd", 2**31 - 1, 2**31 - 1, "d‸"),
        ("語\x0c語\u2028\x85語", 0, 99, "語\x0c語\u2028\x85語‸"),
        ("", 0, 1, "‸"),
    ],
)
def test_a_position_is_clamped_to_its_line(
    text: str, line: int, character: int, expected: str, encoding: PositionEncodingKind
) -> None:
    cursor = wire.cursor(opened(text), Position(line, character), encoding)
    assert f"{cursor.before}‸{cursor.after}" == expected


@pytest.mark.parametrize(
    ("line", "encoding", "columns"),
    [
        ("a😀b\n", UTF32, [0, 1, 2, 3, 3]),
        ("a😀b\n", UTF16, [0, 1, 1, 2, 3, 3]),
        ("a😀b\n", UTF8, [0, 1, 1, 1, 1, 2, 3, 3]),
        ("é語\n", UTF8, [0, 0, 1, 1, 1, 2, 2]),
        ("é語\n", UTF16, [0, 1, 2, 2]),
        ("e\u0301\n", UTF16, [0, 1, 2, 2]),
        ("\ud83d\n", UTF16, [0, 1, 1]),
        ("\ude00b\n", UTF8, [0, 0, 0, 1, 2, 2]),
    ],
)
def test_an_offset_inside_a_character_is_its_start(
    line: str, encoding: PositionEncodingKind, columns: list[int]
) -> None:
    found = [wire.column(line, units, encoding) for units in range(len(columns))]
    assert found == columns


@pytest.mark.parametrize(
    ("encoding", "widths"),
    [
        (UTF32, [0, 1, 2, 3, 4, 5]),
        (UTF16, [0, 1, 3, 4, 5, 6]),
        (UTF8, [0, 1, 5, 8, 11, 12]),
    ],
)
def test_units_are_those_of_the_encoding(
    encoding: PositionEncodingKind, widths: list[int]
) -> None:
    line = "a😀語\ud83db"
    assert [wire.units(line, column, encoding) for column in range(6)] == widths


def test_a_range_turned_round_is_the_same_range() -> None:
    backwards = partial(Position(1, 1), Position(0, 1), "-")
    assert changed("ab\ncd", backwards, encoding=UTF16).text == "a-d"


def test_each_change_counts_in_what_the_earlier_ones_made() -> None:
    document = changed(
        "a",
        partial(Position(0, 1), Position(0, 1), "\n😀"),
        partial(Position(1, 2), Position(1, 2), "b"),
        encoding=UTF16,
    )
    assert document.lines == ("a\n", "😀b")


def test_a_change_without_a_range_is_the_whole_text() -> None:
    whole = TextDocumentContentChangeWholeDocument(text="x\r\ny")
    end = partial(Position(1, 1), Position(1, 1), "z")
    assert changed("a\nb", whole, end, encoding=UTF8).lines == ("x\r\n", "yz")


def test_half_an_emoji_from_the_wire_is_kept_until_the_other_half_comes() -> None:
    def sent(character: int, text: str) -> TextDocumentContentChangeEvent:
        at = f'{{"line": 0, "character": {character}}}'
        params = f"""{{"textDocument": {{"uri": "{URI}", "version": 2}}, "contentChanges":
            [{{"range": {{"start": {at}, "end": {at}}}, "text": "{text}"}}]}}"""
        structured = CONVERTER.structure(
            json.loads(params), DidChangeTextDocumentParams
        )
        return structured.content_changes[0]

    half, other = sent(1, "\\ud83d"), sent(2, "\\ude00")
    assert changed("ab", half, encoding=UTF16).text == "a\ud83db"
    assert changed("ab", half, other, encoding=UTF16).text == "a😀b"


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, UTF16),
        ([], UTF16),
        (["utf-8", "utf-16"], UTF8),
        (["utf-16", "utf-8"], UTF16),
        (["utf-7", "utf-32", "utf-8"], UTF32),
        (["utf-7"], UTF16),
    ],
)
def test_the_encoding_is_the_first_of_the_clients_that_we_know(
    offered: list[str] | None, chosen: PositionEncodingKind
) -> None:
    general = GeneralClientCapabilities(position_encodings=offered)
    assert wire.encoding_of(ClientCapabilities(general=general)) is chosen


def test_a_client_without_general_capabilities_counts_utf16() -> None:
    assert wire.encoding_of(ClientCapabilities()) is UTF16


def test_the_answer_has_lf_an_empty_range_and_tells_acceptance() -> None:
    document = opened("a\r\n😀 = b\r\n")
    answer = wire.inline_completion_list(
        Cursor(document, 1, 2), [Choice(id="offer-7", text="x\r\ny\rz\n\x0c")], UTF16
    )
    assert CONVERTER.unstructure(answer) == {
        "items": [
            {
                "insertText": "x\ny\nz\n\x0c",
                "range": {
                    "start": {"line": 1, "character": 3},
                    "end": {"line": 1, "character": 3},
                },
                "command": {
                    "title": "Completion accepted",
                    "command": "codellama.accepted",
                    "arguments": ["offer-7"],
                },
            }
        ]
    }


def test_each_choice_is_an_item_of_its_own() -> None:
    choices = [Choice(id="1", text="a"), Choice(id="2", text="b")]
    answer = wire.inline_completion_list(Cursor(opened("x"), 0, 1), choices, UTF16)
    assert [item.insert_text for item in answer.items] == ["a", "b"]


def test_what_the_pop_up_menu_has_chosen_is_replaced_and_begins_the_item() -> None:
    document = opened("😀.le")
    info = SelectedCompletionInfo(
        range=Range(Position(0, 3), Position(0, 5)), text="length"
    )
    chosen = wire.chosen(document, info, UTF16)
    assert chosen == Chosen(start=(0, 2), end=(0, 4), text="length")
    answer = wire.inline_completion_list(
        Cursor(document, 0, 4), [Choice(id="1", text="()\r\nx")], UTF16, chosen
    )
    (item,) = answer.items
    assert item.insert_text == "length()\nx"
    assert item.range == info.range


@pytest.mark.parametrize(
    "uri",
    [
        "file:///home/me/a.py",
        "FILE:///C:/a.py",
        "file://",
        "untitled:Untitled-1",
        "vscode-notebook-cell:/home/me/a.ipynb#W0sZmlsZQ%3D%3D",
        "vscode-remote://wsl+debian/home/me/a.py",
        "vscode-vfs://github/o/r/a.py",
        "buffer:12",
    ],
)
def test_text_that_users_write_is_completed(uri: str) -> None:
    assert wire.completable(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "git:/home/me/a.py?%7B%22ref%22%3A%22~%22%7D",
        "output:extension-output-1",
        "diff://a/b.py",
        "vscode-scm:git/scm0/input?rootUri",
        "debug:replinput",
        "walkThrough:/a",
        "fugitive:///home/me/.git//0/a.py",
        "gitsigns:///home/me/a.py",
        "term://~//12:bash",
        "comment://1/a",
        "files:///a.py",
        "C:\\a.py",
        "file",
        "/home/me/a.py",
        "",
    ],
)
def test_virtual_documents_are_not_completed(uri: str) -> None:
    assert not wire.completable(uri)


# The workspace


def folder(path: str) -> WorkspaceFolder:
    return WorkspaceFolder(uri=path, name=path)


@pytest.mark.parametrize(
    ("folders", "root", "expected"),
    [
        (None, None, []),
        (None, "file:///a", ["/a"]),
        ([], "file:///a", []),
        ([folder("file:///a%20b"), folder("vscode-vfs://x/c")], None, ["/a b"]),
        ([folder("file:///a"), folder("file:///b")], "file:///a", ["/a", "/b"]),
    ],
)
def test_the_workspaces_folders_are_those_in_the_file_system(
    folders: list[WorkspaceFolder] | None, root: str | None, expected: list[str]
) -> None:
    params = InitializeParams(
        capabilities=ClientCapabilities(), root_uri=root, workspace_folders=folders
    )
    assert wire.folders(params) == tuple(map(Path, expected))


def test_folders_that_come_and_go_are_counted_once() -> None:
    event = WorkspaceFoldersChangeEvent(
        added=[folder("file:///c"), folder("file:///b")], removed=[folder("file:///a")]
    )
    after = wire.folders_after([Path("/a"), Path("/b")], event)
    assert after == (Path("/b"), Path("/c"))


@pytest.mark.parametrize(
    ("configuration", "files", "registered"),
    [
        (True, True, ["configuration", "files"]),
        (False, True, ["files"]),
        (None, False, []),
    ],
)
def test_only_what_a_client_can_is_registered_with_it(
    *, configuration: bool | None, files: bool | None, registered: list[str]
) -> None:
    workspace = WorkspaceClientCapabilities(
        did_change_configuration=DidChangeConfigurationClientCapabilities(
            dynamic_registration=configuration
        ),
        did_change_watched_files=DidChangeWatchedFilesClientCapabilities(
            dynamic_registration=files
        ),
    )
    for can, expected in (
        (ClientCapabilities(workspace=workspace), registered),
        (ClientCapabilities(workspace=WorkspaceClientCapabilities()), []),
        (ClientCapabilities(), []),
    ):
        assert [each.id for each in wire.registrations(can)] == expected
