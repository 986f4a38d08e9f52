"""From the first byte to the exit code, with an engine that loads, fails or chatters."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.client import CAPABLE, Editor, answer, frame, launched
from tests.unit.engine.fake_vllm import FakeVllm, running

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

HELLO = {"answers": [answer("hello ‸", "world")]}
ENDLESS = {"piece_ms": 20, "answers": [answer("hello ‸", "on and " * 10_000)]}
AN_HOUR_MS = 3_600_000

STRAY = 'Content-Length: 3\r\n\r\n{"a"\n'
SCRIPT = HELLO | {"stray_output": STRAY}
"""Of the shared ``editor``; each test that needs a start or an end has its own server."""


SHOWS_STATUS = CAPABLE | {"experimental": {"codellama/status": True}}

# The start


async def test_the_server_announces_what_it_can(editor: Editor) -> None:
    announced = editor.announced
    assert announced["inlineCompletionProvider"] == {}
    assert {*announced["executeCommandProvider"]["commands"]} == {
        "codellama.accepted",
        "codellama.action",
        "codellama.freeGpu",
        "codellama.lastRequests",
        "codellama.restart",
        "codellama.showPrompt",
    }
    assert announced["codeActionProvider"]
    assert announced["hoverProvider"]
    assert announced["positionEncoding"] == "utf-16"
    incremental = 2
    assert announced["textDocumentSync"]["openClose"] is True
    assert announced["textDocumentSync"]["change"] == incremental
    (selector,) = announced["notebookDocumentSync"]["notebookSelector"]
    assert selector == {"notebook": "*", "cells": [{"language": "*"}]}


async def test_the_server_answers_while_its_engine_loads(tmp_path: Path) -> None:
    async with launched(tmp_path, HELLO | {"start_ms": AN_HOUR_MS}) as editor:
        await editor.begin()
        await editor.until(lambda: "report" in editor.progress())
        uri = editor.open("hello ‸")
        assert await editor.answer(editor.complete(uri)) == {"result": {"items": []}}
        assert await editor.leave() == 0
        assert editor.shown_messages() == []
        assert editor.progress() == ["begin", "report"]


async def test_loading_shows_as_progress(editor: Editor) -> None:
    begin, *reports, end = editor.progress()
    assert (begin, {*reports}, end) == ("begin", {"report"}, "end")
    (created,) = editor.heard("window/workDoneProgress/create")
    tokens = {told["token"] for told in editor.heard("$/progress")}
    assert tokens == {created["token"]}


@pytest.mark.parametrize("refuses", [True, False])
async def test_no_progress_for_who_does_not_show_it(
    tmp_path: Path, *, refuses: bool
) -> None:
    async with launched(tmp_path, HELLO) as editor:
        if refuses:
            editor.refused = frozenset({"window/workDoneProgress/create"})
        await editor.begin(CAPABLE if refuses else {})
        uri = editor.open("hello ‸")
        while await editor.shown(uri) is None:
            assert editor.shown_messages() == []  # it loads
        assert await editor.leave() == 0
        asked = editor.heard("window/workDoneProgress/create")
        assert len(asked) == (1 if refuses else 0)
        assert editor.progress() == []


async def test_initialized_twice_starts_one_engine(editor: Editor) -> None:
    editor.notify("initialized", {})
    assert await editor.shown(editor.open("hello ‸")) == "world"
    await editor.settle()
    assert len(editor.heard("window/workDoneProgress/create")) == 1


# The engine's faults


async def test_an_engine_that_does_not_start_is_one_message(tmp_path: Path) -> None:
    script = HELLO | {"fail_start": "The graphics card is on holiday."}
    async with launched(tmp_path, script) as editor:
        await editor.begin()
        await editor.ready()
        uri = editor.open("hello ‸")
        assert await editor.shown(uri) is None
        assert await editor.shown(uri) is None
        assert await editor.leave() == 0
        (message,) = editor.shown_messages()
        assert "The graphics card is on holiday." in message


async def test_an_engine_that_breaks_off_is_one_message(tmp_path: Path) -> None:
    async with launched(tmp_path, HELLO | {"fail_after": 1}) as editor:
        await editor.begin()
        await editor.ready()
        uri = editor.open("hello ‸")
        assert await editor.answer(editor.complete(uri)) == {"result": None}
        assert await editor.answer(editor.complete(uri)) == {"result": None}
        assert editor.fates() == ["aborted", "aborted"]
        assert await editor.leave() == 0
        (message,) = editor.shown_messages()
        assert "The script says" in message


async def test_what_an_engine_prints_does_not_reach_the_editor(editor: Editor) -> None:
    assert await editor.shown(editor.open("hello ‸")) == "world"
    assert STRAY.splitlines()[-1] in editor.stderr()
    # That each byte of stdout belongs to a frame, the client sees to.


# The end


async def test_a_request_before_or_after_the_session_has_its_error(
    tmp_path: Path,
) -> None:
    async with launched(tmp_path, ENDLESS) as editor:
        editor.write(frame(b"no json"))
        for method in ("textDocument/inlineCompletion", "shutdown", "no/method"):
            assert await editor.error_code(editor.request(method)) == -32002
        assert [told["error"]["code"] for told in editor.answers(None)] == [-32700]

        await editor.begin()
        await editor.ready()
        uri = editor.open("hello ‸")
        running = editor.complete(uri)
        await editor.engine_was("asked")

        assert await editor.ask("shutdown") == {"result": None}
        assert await editor.error_code(running) == -32800
        for method in ("textDocument/inlineCompletion", "shutdown", "no/method"):
            assert await editor.error_code(editor.request(method)) == -32600
        editor.notify("exit")
        assert await editor.gone() == 0
        assert editor.fates() == ["aborted"]


def say_exit(editor: Editor) -> None:
    editor.notify("exit")


def hang_up(editor: Editor) -> None:
    editor.hang_up()


@pytest.mark.parametrize("leave", [say_exit, hang_up])
async def test_an_end_without_shutdown_is_clean_and_told(
    tmp_path: Path, leave: Callable[[Editor], None]
) -> None:
    async with launched(tmp_path, ENDLESS) as editor:
        await editor.begin()
        await editor.ready()
        running = editor.complete(editor.open("hello ‸"))
        await editor.engine_was("asked")
        leave(editor)
        assert await editor.gone() == 1
        assert await editor.error_code(running) == -32800
        assert editor.fates() == ["aborted"]


async def test_an_end_before_the_start_is_an_end(tmp_path: Path) -> None:
    async with launched(tmp_path, HELLO) as editor:
        editor.hang_up()
        assert await editor.gone() == 1


# TCP


async def test_tcp_serves_one_client_and_ends_with_it(tmp_path: Path) -> None:
    async with launched(tmp_path, HELLO, tcp=True) as editor:
        await editor.begin()
        await editor.ready()
        for _ in range(20):
            uri = editor.open("say ‸")
            with editor.together():  # a request meets the text of its time
                editor.replace(uri, "say ", "hello ‸")
                number = editor.complete(uri)
                editor.replace(uri, "hello ", "bye ‸")
            editor.replace(uri, "bye ", "hello ‸")
            assert await editor.shown(uri, number) == "world"
        assert await editor.leave() == 0
        assert editor.process.stdout is not None
        assert await editor.process.stdout.read() == b""


async def test_tcp_ends_with_a_client_that_hangs_up(tmp_path: Path) -> None:
    async with launched(tmp_path, HELLO, tcp=True) as editor:
        await editor.begin()
        editor.hang_up()
        assert await editor.gone() == 1


@pytest.mark.parametrize("tcp", [True, False])
async def test_a_terminated_server_ends_in_order(tmp_path: Path, *, tcp: bool) -> None:
    async with launched(tmp_path, HELLO, tcp=tcp) as editor:
        await editor.begin()
        await editor.ready()
        editor.process.terminate()
        assert await editor.gone() == 128 + signal.SIGTERM


async def test_a_server_terminated_before_anybody_came_ends(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "lsp_server", "--tcp", "0"),
        cwd=tmp_path,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    assert b"listening" in await process.stderr.readline()
    process.terminate()
    assert await process.wait() == 128 + signal.SIGTERM


async def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "lsp_server", "--tcp", f"{port}"),
            cwd=tmp_path,
            stderr=asyncio.subprocess.PIPE,
        )
        _, stderr = await process.communicate()
    assert process.returncode == 1
    assert f"Cannot serve on 127.0.0.1:{port}".encode() in stderr
    assert b"Traceback" not in stderr


async def test_an_engine_that_ends_is_told_once_and_comes_back_by_itself(
    tmp_path: Path,
) -> None:
    async with launched(tmp_path, HELLO | {"lost_after": 2}) as editor:
        await editor.begin(SHOWS_STATUS)
        await editor.ready()
        uri = editor.open("hello ‸")
        assert await editor.shown(uri) == "world"
        editor.replace(uri, "hello ", "well\nhello ‸")
        assert await editor.shown(uri) == "world"
        (told,) = await editor.until(editor.shown_messages)
        assert told == (
            "No completions: The script says: the engine ends here. "
            "It is started again."
        )
        await editor.until(lambda: states(editor)[-2:] == ["loading", "ready"])
        editor.replace(uri, "well", "very well")
        editor.replace(uri, "hello ", "so\nhello ‸")
        assert await editor.shown(uri) == "world"
        assert await editor.leave() == 0
        assert editor.shown_messages() == [told]
        assert states(editor) == ["loading", "ready", "down", "loading", "ready"]


async def test_the_status_is_for_editors_that_want_it(tmp_path: Path) -> None:
    async with launched(tmp_path, HELLO) as editor:
        await editor.begin()
        await editor.ready()
        assert await editor.shown(editor.open("hello ‸")) == "world"
        assert editor.heard("codellama/status") == []
        assert await editor.leave() == 0


async def test_who_waits_long_sees_that_the_engine_thinks(tmp_path: Path) -> None:
    script = {"first_piece_ms": 600, "answers": [answer("hello ‸", "world")]}
    async with launched(tmp_path, script) as editor:
        await editor.begin(SHOWS_STATUS)
        await editor.ready()
        assert await editor.shown(editor.open("hello ‸")) == "world"
        assert states(editor) == ["loading", "ready", "busy", "ready"]
        assert await editor.leave() == 0


async def test_an_engine_is_begun_anew_when_the_user_asks(tmp_path: Path) -> None:
    async with launched(tmp_path, HELLO) as editor:
        await editor.begin(SHOWS_STATUS)
        await editor.ready()
        await editor.command("codellama.restart")
        await editor.until(lambda: states(editor) == ["loading", "ready"] * 2)
        assert await editor.shown(editor.open("hello ‸")) == "world"
        assert await editor.leave() == 0


async def test_who_asks_twice_for_an_engine_gets_one(tmp_path: Path) -> None:
    async with launched(tmp_path, HELLO) as editor:
        await editor.begin(SHOWS_STATUS)
        await editor.ready()
        with editor.together():
            asked = [restart(editor) for _ in range(3)]
        for number in asked:
            assert await editor.answer(number) == {"result": None}
        await editor.until(lambda: states(editor) == ["loading", "ready"] * 2)
        await asyncio.sleep(1.5)  # two that fight do so once a second
        assert await editor.shown(editor.open("hello ‸")) == "world"
        assert await editor.leave() == 0
        assert states(editor) == ["loading", "ready"] * 2
        assert editor.shown_messages() == []


async def test_an_engine_that_is_begun_anew_at_the_end_ends(tmp_path: Path) -> None:
    async with launched(tmp_path, HELLO) as editor:
        await editor.begin()
        await editor.ready()
        with editor.together():
            restart(editor)
            editor.request("shutdown")
            editor.notify("exit")
        assert await editor.process.wait() == 0
        assert "Warning" not in editor.stderr()
        assert "Traceback" not in editor.stderr()


async def test_what_memory_answers_does_not_end_an_outage(tmp_path: Path) -> None:
    answers = [answer("hello ‸", "you"), answer("bye ‸", "to all of you")]
    script = {"fail_after": 1, "answers": answers}
    async with launched(tmp_path, script) as editor:
        await editor.begin()
        await editor.ready()
        known = editor.open("hello ‸")
        assert await editor.shown(known) == "you"
        unknown = editor.open("bye ‸")
        for _ in range(3):
            assert await editor.answer(editor.complete(unknown)) == {"result": None}
            assert await editor.shown(known) == "you"
        assert await editor.leave() == 0
        assert len(editor.shown_messages()) == 1


async def test_an_endpoint_that_needs_the_user_is_said_to(tmp_path: Path) -> None:
    async with running(FakeVllm(key="sesame")) as server:
        address = ("--engine", "vllm", "--endpoint", server.endpoint)
        async with launched(tmp_path, HELLO, *address) as editor:
            await editor.begin()
            (told,) = await editor.until(editor.shown_messages)
            assert "asks for an API key" in told
            assert told.endswith("It is asked again every minute until that is mended.")
            assert await editor.leave() == 0


async def test_an_endpoint_that_is_away_is_said_to_be_asked_again(
    tmp_path: Path,
) -> None:
    async with running(FakeVllm()) as server:
        address = ("--engine", "vllm", "--endpoint", server.endpoint)
    async with launched(tmp_path, HELLO, *address) as editor:
        await editor.begin()
        (told,) = await editor.until(editor.shown_messages)
        assert told.endswith(
            "cannot be reached: Connection refused. It is asked again."
        )
        assert await editor.leave() == 0


async def test_there_is_no_memory_to_give_back_where_no_model_is(
    tmp_path: Path,
) -> None:
    async with launched(tmp_path, HELLO) as editor:
        await editor.begin()
        await editor.ready()
        assert await editor.command("codellama.freeGpu") is False
        (told,) = await editor.until(editor.shown_messages)
        assert told == "No model of ours is on this machine."
        assert await editor.leave() == 0


async def test_the_licence_of_what_completes_is_said_with_its_first_suggestion(
    tmp_path: Path,
) -> None:
    async with launched(tmp_path, HELLO) as editor:
        await editor.begin()
        await editor.ready()
        for text in (None, "world", "world"):
            uri = editor.open("hello ‸" if text else "else‸")
            assert editor.licences() == [] or text
            assert await editor.shown(uri) == text
        (said,) = await editor.until(editor.licences)
        assert said.startswith("demo: its weights are under Apache-2.0")
        await editor.settle()
        assert editor.licences() == [said]
        assert await editor.leave() == 0
    async with launched(tmp_path, HELLO) as editor:
        await editor.begin()
        await editor.ready()
        assert await editor.shown(editor.open("hello ‸")) == "world"
        await editor.settle()
        assert editor.licences() == []
        assert await editor.leave() == 0


def restart(editor: Editor) -> int:
    command = {"command": "codellama.restart", "arguments": []}
    return editor.request("workspace/executeCommand", command)


def states(editor: Editor) -> list[str]:
    return [status["state"] for status in editor.heard("codellama/status")]
