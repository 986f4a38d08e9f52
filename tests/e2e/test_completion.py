"""The pop-up menu: one complete item, in time, for editors that show no ghost text."""

import copy
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from lsp_server.stats.store import FILE
from lsp_server.stats.summary import by_language, read
from tests.e2e.client import (
    CAPABLE,
    PLAIN,
    Editor,
    Message,
    answer,
    eventually,
    launched,
)

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

BLOCK = "total = 0\n    for each in items:\n        total += each\n    return total"
SLOW = "+".join(f"item{number:03}" for number in range(40))
SCRIPT = {
    "piece_ms": 20,
    "answers": [
        answer("def add(a, b):\n    ret‸\n", "urn a + b"),
        answer("def total(items):\n    ‸\n", BLOCK),
        answer("slow = ‸\n", SLOW),
        answer("slow = else‸\n", "where()"),
        answer("grüße = gr‸\n", "üße(漢字, '🎉')"),
        answer("below:‸\n", "\n    return 1"),
        answer("blank ‸\n", "  \n"),
        answer("std::‸\n", "vector"),
        answer("if x:‸\n", " return"),
        answer("class Dog { get ‸\n", "name()"),
        answer("accept = ‸\n", "taken()"),
    ],
}
NO_ITEM: Message = {"result": {"isIncomplete": True, "items": []}}
IMPATIENT = f"{PLAIN}popup.patience_ms = 60\n"
PATIENT = f"{PLAIN}popup.patience_ms = 10000\n"


def without_ghost_text(**item: Any) -> Message:
    """Return what an editor can that has a pop-up menu only."""
    capable = copy.deepcopy(CAPABLE)
    del capable["textDocument"]["inlineCompletion"]
    capable["textDocument"]["completion"] = {"completionItem": item}
    return capable


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    folder = tmp_path_factory.mktemp("server")
    async with launched(folder, SCRIPT, config=PATIENT) as editor:
        await editor.begin(without_ghost_text())
        await editor.ready()
        yield editor
        assert await editor.leave() == 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def quick(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    folder = tmp_path_factory.mktemp("impatient")
    async with launched(folder, SCRIPT, config=IMPATIENT) as editor:
        await editor.begin(without_ghost_text())
        await editor.ready()
        yield editor
        assert await editor.leave() == 0


@pytest.fixture
def impatient(quick: Editor) -> Editor:
    """A server that has little patience."""
    quick.forget_journal()
    return quick


def ask(editor: Editor, uri: str, character: str = "", kind: int = 0) -> int:
    here = editor._here(uri)
    context: Message = {"triggerKind": kind or (2 if character else 1)}
    if character:
        context["triggerCharacter"] = character
    params = here | {"context": context}
    return editor.request("textDocument/completion", params)


async def item(editor: Editor, uri: str, number: int | None = None) -> Message | None:
    """Return the one item; None where there is none."""
    number = ask(editor, uri) if number is None else number
    told = (await editor.answer(number))["result"]
    assert told["isIncomplete"] is True
    if not told["items"]:
        return None
    (only,) = told["items"]
    found: Message = only
    return found


async def put_in(editor: Editor, uri: str) -> str | None:
    """Return what taking the item puts in for what."""
    found = await item(editor, uri)
    if found is None:
        return None
    edit = found["textEdit"]
    start, end = edit["range"]["start"], edit["range"]["end"]
    here = editor._here(uri)["position"]
    assert end == here
    assert start["line"] == here["line"]
    assert start["character"] <= here["character"]
    return f"{end['character'] - start['character']}:{edit['newText']}"


# The item


async def test_it_is_announced_to_an_editor_without_ghost_text(editor: Editor) -> None:
    announced = editor.announced["completionProvider"]
    assert {".", " ", "("} < {*announced["triggerCharacters"]}
    assert "resolveProvider" not in announced


async def test_the_suggestion_is_one_complete_item(editor: Editor) -> None:
    found = await item(editor, editor.open("def add(a, b):\n    ret‸\n"))
    assert found is not None
    command = found.pop("command")
    assert command["command"] == "codellama.accepted"
    assert found == {
        "label": "return a + b",
        "filterText": "return a + b",
        "sortText": "!",
        "kind": 1,
        "detail": "Code Llama",
        "documentation": "return a + b",
        "insertTextFormat": 1,
        "textEdit": {
            "range": {
                "start": {"line": 1, "character": 4},
                "end": {"line": 1, "character": 7},
            },
            "newText": "return a + b",
        },
    }


async def test_a_block_is_an_item_of_several_lines(editor: Editor) -> None:
    found = await item(editor, editor.open("def total(items):\n    ‸\n"))
    assert found is not None
    assert (found["label"], found["filterText"]) == ("total = 0…", "total = 0")
    assert found["textEdit"]["newText"] == BLOCK
    assert found["documentation"] == BLOCK.replace("\n    ", "\n")


async def test_columns_are_counted_as_agreed(editor: Editor) -> None:
    assert await put_in(editor, editor.open("grüße = gr‸\n")) == "2:grüße(漢字, '🎉')"


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param("blank ‸\n", id="nothing to show"),
        pytest.param("below:‸\n", id="it begins below"),
    ],
)
async def test_nothing_for_this_line_is_an_empty_list(
    editor: Editor, drawn: str
) -> None:
    uri = editor.open(drawn)
    assert await editor.answer(ask(editor, uri)) == NO_ITEM
    assert editor.journal("asked") != []


@pytest.mark.parametrize("uri", ["git:/project/a.py?ref", "file:///project/.env"])
async def test_what_is_not_completed_asks_no_engine(editor: Editor, uri: str) -> None:
    editor.open("accept = ‸\n", uri=uri)
    assert await editor.answer(ask(editor, uri)) == NO_ITEM
    assert editor.journal("asked") == []


@pytest.mark.parametrize(
    ("drawn", "character", "text"),
    [
        ("std::‸\n", ":", "0:vector"),
        ("if x:‸\n", ":", None),
        ("class Dog { get ‸\n", " ", "0:name()"),
    ],
)
async def test_a_colon_that_ends_a_line_asks_for_nothing(
    editor: Editor, drawn: str, character: str, text: str | None
) -> None:
    uri = editor.open(drawn)
    told = (await editor.answer(ask(editor, uri, character)))["result"]["items"]
    shown = [f"0:{one['textEdit']['newText']}" for one in told]
    assert shown == ([] if text is None else [text])


async def test_a_document_that_is_not_open_is_an_error(editor: Editor) -> None:
    editor.hold("file:///other.py", "‸")
    assert await editor.error_code(ask(editor, "file:///other.py")) == -32602


# Time


async def test_an_answer_that_takes_too_long_is_found_by_the_next_request(
    impatient: Editor,
) -> None:
    """Nobody waits for it, and it is generated all the same: once.

    It is no offer until then: it would count as one that nobody wanted.
    """
    uri = impatient.open("slow = ‸\n")
    assert await impatient.answer(ask(impatient, uri)) == NO_ITEM
    await impatient.engine_was("finished")
    assert await impatient.command("codellama.showPrompt") is None
    assert await put_in(impatient, uri) == f"0:{SLOW}"
    impatient.type(uri, "item0")
    assert await put_in(impatient, uri) == f"5:{SLOW}"
    await impatient.engine_was("finished")


async def test_one_that_runs_is_joined_by_the_next_key(impatient: Editor) -> None:
    uri = impatient.open("slow = ‸\n")
    assert await impatient.answer(ask(impatient, uri)) == NO_ITEM
    for key in "item":
        impatient.type(uri, key)
        told = await impatient.answer(ask(impatient, uri, kind=3))
        assert told["result"]["isIncomplete"] is True
    await impatient.engine_was("finished")
    assert await put_in(impatient, uri) == f"4:{SLOW}"
    await impatient.engine_was("finished")


async def test_one_that_runs_is_aborted_by_another_text(impatient: Editor) -> None:
    uri = impatient.open("slow = ‸\n")
    assert await impatient.answer(ask(impatient, uri)) == NO_ITEM
    impatient.type(uri, "else")
    await impatient.answer(ask(impatient, uri))
    await impatient.engine_was("aborted", "finished")
    assert await put_in(impatient, uri) == "4:elsewhere()"


async def test_a_newer_request_wins(editor: Editor) -> None:
    uri = editor.open("slow = ‸\n")
    older = ask(editor, uri)
    await eventually(lambda: editor.journal("asked"))
    editor.type(uri, "else")
    assert await put_in(editor, uri) == "4:elsewhere()"
    assert await editor.answer(older) == {"result": None}


# Ghost text and the pop-up menu


def both() -> Message:
    capable = copy.deepcopy(CAPABLE)
    capable["textDocument"]["completion"] = {"dynamicRegistration": True}
    return capable


@pytest.mark.parametrize("menu_first", [True, False])
async def test_two_requests_for_one_place_share_the_generation(
    tmp_path: Path, *, menu_first: bool
) -> None:
    config = f'{PATIENT}popup.show = "always"\n'
    async with launched(tmp_path, SCRIPT, config=config) as editor:
        await editor.begin(both())
        await editor.ready()
        assert "completionProvider" in editor.announced
        uri = editor.open("slow = ‸\n")
        first = ask(editor, uri) if menu_first else editor.complete(uri)
        second = editor.complete(uri) if menu_first else ask(editor, uri)
        ghost, menu = (second, first) if menu_first else (first, second)
        assert await editor.shown(uri, ghost) == SLOW
        found = await item(editor, uri, menu)
        assert found is not None
        assert found["textEdit"]["newText"] == SLOW
        await editor.engine_was("finished")
        assert await editor.leave() == 0


async def test_a_suggestion_that_is_offered_in_both_ways_counts_once(
    tmp_path: Path,
) -> None:
    """Also while it is typed along; and taken, the word that the item replaces is none of it."""
    config = f'{PATIENT}popup.show = "always"\n'
    async with launched(tmp_path, SCRIPT, config=config) as editor:
        await editor.begin(both())
        await editor.ready()
        uri = editor.open("def add(a, b):\n    ret‸\n")
        assert await put_in(editor, uri) == "3:return a + b"
        assert await editor.shown(uri) == "urn a + b"
        editor.type(uri, "u")
        found = await item(editor, uri)
        assert found is not None
        assert found["textEdit"]["newText"] == "return a + b"
        editor.replace(uri, "retu", "return a + b‸")
        told = found["command"]
        await editor.command(told["command"], *told["arguments"])
        assert await editor.leave() == 0
    file = tmp_path / "home" / "codellama-lsp" / FILE
    (figures,) = by_language(read(file, 0.0)).values()
    assert (figures.offered, figures.accepted) == (1, 1)


async def test_an_editor_with_ghost_text_gets_no_items(tmp_path: Path) -> None:
    async with launched(tmp_path, SCRIPT, config=PATIENT) as editor:
        await editor.begin(both())
        await editor.ready()
        assert "completionProvider" not in editor.announced
        uri = editor.open("accept = ‸\n")
        assert await editor.error_code(ask(editor, uri)) == -32601
        assert await editor.leave() == 0


async def test_an_editor_that_sets_it_later_is_told(tmp_path: Path) -> None:
    async with launched(tmp_path, SCRIPT, config=PATIENT) as editor:
        await editor.begin(both())
        await editor.ready()
        for show in ("always", "never", "always"):
            settings = {"codellama": {"popup": {"show": show}}}
            editor.notify("workspace/didChangeConfiguration", {"settings": settings})
            await editor.settle()
            uri = editor.open("accept = ‸\n")
            told = await put_in(editor, uri)
            assert told == ("0:taken()" if show == "always" else None)
        registered = [
            one
            for params in editor.heard("client/registerCapability")
            for one in params["registrations"]
            if one["method"] == "textDocument/completion"
        ]
        (only,) = registered
        assert " " in only["registerOptions"]["triggerCharacters"]
        assert await editor.leave() == 0


async def test_never_is_never(tmp_path: Path) -> None:
    config = f'{PATIENT}popup.show = "never"\n'
    async with launched(tmp_path, SCRIPT, config=config) as editor:
        await editor.begin(without_ghost_text())
        await editor.ready()
        assert "completionProvider" not in editor.announced
        assert await editor.leave() == 0


# What is set


@pytest.mark.parametrize(
    ("config", "kind", "text"),
    [
        pytest.param("inline.automatic = false", 1, "0:taken()", id="asked for"),
        pytest.param("inline.automatic = false", 3, None, id="not asked for"),
        pytest.param("inline.enabled = false", 1, None, id="off"),
    ],
)
async def test_what_is_set_for_ghost_text_is_set_for_items(
    tmp_path: Path, config: str, kind: int, text: str | None
) -> None:
    async with launched(tmp_path, SCRIPT, config=f"{PATIENT}{config}\n") as editor:
        await editor.begin(without_ghost_text())
        await editor.ready()
        uri = editor.open("accept = ‸\n")
        found = await item(editor, uri, ask(editor, uri, kind=kind))
        assert (f"0:{found['textEdit']['newText']}" if found else None) == text
        assert len(editor.journal("asked")) == (text is not None)
        assert await editor.leave() == 0


async def test_an_engine_that_fails_is_told_once(tmp_path: Path) -> None:
    async with launched(tmp_path, SCRIPT | {"fail_after": 0}, config=PATIENT) as editor:
        await editor.begin(without_ghost_text())
        await editor.ready()
        for _ in range(2):
            uri = editor.open("accept = ‸\n")
            assert await editor.answer(ask(editor, uri)) == {"result": None}
        assert len(editor.shown_messages()) == 1
        assert await editor.leave() == 0


async def test_before_the_engine_is_there_the_list_is_empty(tmp_path: Path) -> None:
    script = SCRIPT | {"start_ms": 3_600_000}
    async with launched(tmp_path, script, config=PATIENT) as editor:
        await editor.begin(without_ghost_text())
        assert await editor.answer(ask(editor, editor.open("x‸"))) == NO_ITEM
        assert await editor.leave() == 0
