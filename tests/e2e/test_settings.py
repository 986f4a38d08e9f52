"""Settings over LSP: the ways they come, what they change, and what they must not."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.client import (
    CAPABLE,
    PATIENCE_S,
    PLAIN,
    Editor,
    Message,
    answer,
    launched,
)

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

ALL = "1\n2\n3\n4"
SCRIPT = {"answers": [answer("lines\n‸\n", ALL)]}

OFF = {"inline": {"enabled": False}}
TWO_LINES = {"inline": {"maxLines": 2}}

URI = "file:///project/lines.py"

PULLS = CAPABLE
PUSHES = {"window": {"workDoneProgress": True}}


@pytest_asyncio.fixture
async def fresh(editor: Editor) -> AsyncIterator[Editor]:
    """Give the shared server a document to ask in, and no settings."""
    editor.open("lines\n‸\n", uri=URI)
    push(editor, {})
    yield editor
    editor.settings = None


def push(editor: Editor, settings: Any) -> None:
    told = {"settings": {"codellama": settings}}
    editor.notify("workspace/didChangeConfiguration", told)


async def check_becomes(editor: Editor, shown: str | None) -> None:
    """Ask until it is so: nothing tells when pulled settings have arrived."""
    async with asyncio.timeout(PATIENCE_S):
        while await editor.shown(URI) != shown:
            pass


async def started(editor: Editor, capabilities: Message, options: Any = None) -> None:
    await editor.begin(capabilities, options)
    await editor.ready()
    editor.open("lines\n‸\n", uri=URI)


# Where they come from


async def test_settings_are_pushed_and_count_from_the_next_message(
    fresh: Editor,
) -> None:
    with fresh.together():
        before = fresh.complete(URI)
        push(fresh, OFF)
        off = fresh.complete(URI)
    assert await fresh.answer(before) == {"result": None}  # superseded
    assert await fresh.answer(off) == {"result": {"items": []}}
    with fresh.together():
        push(fresh, TWO_LINES)
        two = fresh.complete(URI)
    assert await fresh.shown(URI, two) == "1\n2"
    push(fresh, {})
    assert await fresh.shown(URI) == ALL


async def test_settings_are_pulled_when_they_change(fresh: Editor) -> None:
    assert await fresh.shown(URI) == ALL
    fresh.settings = TWO_LINES
    fresh.notify("workspace/didChangeConfiguration", {"settings": None})
    await check_becomes(fresh, "1\n2")
    fresh.settings = OFF
    fresh.notify("workspace/didChangeConfiguration", {"settings": {}})
    await check_becomes(fresh, None)


async def test_settings_are_pulled_at_the_start(tmp_path: Path) -> None:
    async with launched(tmp_path, SCRIPT) as editor:
        editor.settings = TWO_LINES | {"colour": "red", "engine": "vllm"}
        await started(editor, PULLS)
        await check_becomes(editor, "1\n2")
        assert await editor.leave() == 0
        assert editor.heard("workspace/configuration") == [
            {"items": [{"section": "codellama"}]}
        ]
        (told,) = editor.heard("client/registerCapability")
        registered = [each["method"] for each in told["registrations"]]
        assert registered == [
            "workspace/didChangeConfiguration",
            "workspace/didChangeWatchedFiles",
        ]
        (message,) = editor.shown_messages()
        assert "colour" in message
        assert "codellama.engine" in message


@pytest.mark.parametrize(
    ("capabilities", "options"),
    [
        (PULLS, TWO_LINES | {"colour": "red", "model": "/nowhere"}),
        (PUSHES, {"codellama": TWO_LINES | {"colour": "red", "engine": "vllm"}}),
    ],
)
async def test_initialization_options_hold_until_they_are_changed(
    tmp_path: Path, capabilities: Message, options: Any
) -> None:
    async with launched(tmp_path, SCRIPT) as editor:
        await started(editor, capabilities, options)
        await editor.settle()
        assert await editor.shown(URI) == "1\n2"
        push(editor, {"inline": {"maxLines": 3}})
        assert await editor.shown(URI) == "1\n2\n3"
        assert await editor.leave() == 0
        (message,) = editor.shown_messages()
        assert "colour" in message


async def test_the_users_file_gives_the_defaults(tmp_path: Path) -> None:
    config = f"{PLAIN}inline.max_lines = 1\n"
    async with launched(tmp_path, SCRIPT, config=config) as editor:
        await started(editor, PUSHES)
        assert await editor.shown(URI) == "1"
        push(editor, TWO_LINES)
        assert await editor.shown(URI) == "1\n2"
        push(editor, {})
        assert await editor.shown(URI) == "1"
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        assert await editor.leave() == 0
        assert editor.heard("workspace/configuration") == []  # it cannot be asked
        assert editor.heard("client/registerCapability") == []
        assert editor.shown_messages() == []


# What is wrong in them


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({"inline": {"maxLines": 0, "layout": "zigzag"}, "colour": "red"}, ALL),
        ({"inline": {"maxLines": "many", "layout": 7}, "colour": None}, ALL),
        ({"inline": {"maxLines": 2, "layout": "zigzag"}, "colour": {}}, "1\n2"),
    ],
)
async def test_bad_settings_are_one_message_and_spare_the_good(
    fresh: Editor, settings: Any, shown: str
) -> None:
    known = len(fresh.shown_messages())
    push(fresh, settings)
    assert await fresh.shown(URI) == shown
    await fresh.settle()
    (message,) = fresh.shown_messages()[known:]
    assert "layout" in message
    assert "colour" in message


@pytest.mark.parametrize("settings", [7, "on", [OFF], {"inline": 7}])
async def test_settings_that_are_none_are_one_message(
    fresh: Editor, settings: Any
) -> None:
    known = len(fresh.shown_messages())
    push(fresh, settings)
    assert await fresh.shown(URI) == ALL
    assert len(fresh.shown_messages()) == known + 1


@pytest.mark.parametrize("key", ["engine", "model", "window_tokens", "script"])
async def test_what_only_the_user_may_set_is_refused(fresh: Editor, key: str) -> None:
    known = len(fresh.shown_messages())
    push(fresh, {key: "/tmp/evil"} | TWO_LINES)  # noqa: S108 - nothing is opened
    assert await fresh.shown(URI) == "1\n2"
    (message,) = fresh.shown_messages()[known:]
    assert f"codellama.{key}" in message
    assert "config.toml" in message


async def test_what_is_refused_is_told_once_however_often_it_is_sent(
    tmp_path: Path,
) -> None:
    refused = {"endpoint": "http://evil/v1"} | TWO_LINES
    async with launched(tmp_path, SCRIPT) as editor:
        editor.settings = refused
        await started(editor, PULLS, refused)
        assert await editor.shown(URI) == "1\n2"
        push(editor, refused)
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        push(editor, refused | {"colour": "red"})
        assert await editor.shown(URI) == "1\n2"
        assert await editor.leave() == 0
        first, second = editor.shown_messages()
        assert "codellama.endpoint" in first
        assert "colour" in second
        assert "endpoint" not in second


async def test_a_broken_file_of_the_user_is_one_message(tmp_path: Path) -> None:
    async with launched(tmp_path, SCRIPT, config="model = ") as editor:
        await started(editor, PUSHES, {"inline": {"layout": "psm"}})
        assert await editor.shown(URI) == ALL
        assert await editor.leave() == 0
        (message,) = editor.shown_messages()
        assert "config.toml cannot be read" in message
