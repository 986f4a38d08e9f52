"""What happens while an action runs: cancelling, typing, other actions, engines that end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.acting import (
    Page,
    audited,
    capable,
    chosen,
    entry,
    finding,
    here,
    put_in,
    resolved,
)
from tests.e2e.client import PLAIN, Editor, Message, launched
from tests.processes import command, descendants

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="function")]

TEXT = "A = 1\n\n\ndef add_up(items):\n    return max(items)\n\n\nB = 2\n"
AFTER = TEXT.replace("max", "sum")
ANSWER = "def add_up(items):\n    return sum(items)\n```\n"
SIMPLIFY = "refactor.rewrite.simplify"
CANCELLED = -32800
SLOW: Message = {
    "note_prompts": True,
    "first_piece_ms": 600,
    "answers": [{"contains": "def add_up", "text": ANSWER}],
}
NEVER: Message = {
    "answers": [{"text": "x = f(x) and some more of it,\n", "endless": True}],
    "first_piece_ms": 3_600_000,
}


@asynccontextmanager
async def editing(
    tmp_path: Path, script: Message, *, config: str = PLAIN, **capabilities: Any
) -> AsyncIterator[Editor]:
    async with launched(tmp_path, script, config=config) as editor:
        await editor.begin(capable(**capabilities))
        await editor.ready()
        yield editor
        assert await editor.leave() == 0


def stages(editor: Editor) -> list[str]:
    """Return what was said of how far actions are."""
    values = [params["value"] for params in editor.heard("$/progress")]
    return [value["message"] for value in values if value.get("message")]


async def begun(editor: Editor, title: str = "Code Llama: Simplify") -> Any:
    """Wait until the progress of an action is shown; return its token."""

    def look() -> Any:
        for params in editor.heard("$/progress"):
            if params["value"].get("title", "").startswith(title):
                return params["token"]
        return None

    return await editor.until(look)


async def test_what_takes_long_is_shown_and_can_be_cancelled_there(
    tmp_path: Path,
) -> None:
    async with editing(tmp_path, NEVER) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        number = editor.request("codeAction/resolve", action)
        token = await begun(editor)
        (begin,) = [
            one["value"]
            for one in editor.heard("$/progress")
            if one["token"] == token and one["value"]["kind"] == "begin"
        ]
        assert begin["cancellable"] is True
        await editor.until(lambda: any("tokens" in one for one in stages(editor)))
        editor.notify("window/workDoneProgress/cancel", {"token": token})
        answer = await editor.answer(number)
        assert "edit" not in answer["result"]
        await editor.engine_was("aborted")
        await editor.until(lambda: editor.progress("Code Llama: Simplify")[-1] == "end")
        lines = await audited(editor, lambda lines: lines)
        assert [line.outcome for line in lines] == ["cancelled"]


async def test_a_cancelled_request_is_aborted_in_the_engine(tmp_path: Path) -> None:
    async with editing(tmp_path, NEVER) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        number = editor.request("codeAction/resolve", action)
        await begun(editor)
        await editor.engine_was("asked")
        editor.cancel(number)
        assert await editor.error_code(number) == CANCELLED
        await editor.engine_was("aborted")


async def test_the_clients_own_token_is_used_for_a_command(tmp_path: Path) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        wanted = {"action": "simplify", "uri": uri, "range": here(editor, uri, "max")}
        await editor.ask(
            "workspace/executeCommand",
            {
                "command": "codellama.action",
                "arguments": [wanted],
                "workDoneToken": "mine",
            },
        )
        await editor.until(
            lambda: (
                [
                    one["value"]["kind"]
                    for one in editor.heard("$/progress")
                    if one["token"] == "mine"  # noqa: S105 - a name
                ][-1:]
                == ["end"]
            )
        )


async def test_what_is_quick_shows_no_progress(tmp_path: Path) -> None:
    script = {**SLOW, "first_piece_ms": 0}
    async with editing(tmp_path, script) as editor:
        uri = editor.open(TEXT)
        for _ in range(2):  # the first one reads how the model is talked with
            known = len(editor.progress("Code Llama: Simplify"))
            await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        assert len(editor.progress("Code Llama: Simplify")) == known


async def test_an_edit_moves_with_what_is_typed_elsewhere(tmp_path: Path) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        number = editor.request("codeAction/resolve", action)
        await editor.engine_was("asked")
        editor.replace(uri, "A = 1\n", "A = 1\nC = 3‸\n")
        editor.replace(uri, "B = 2", "B = 22‸")
        answer = await editor.answer(number)
        after = put_in(editor, uri, answer["result"]["edit"])
        assert after == AFTER.replace("A = 1\n", "A = 1\nC = 3\n").replace("2", "22")


async def test_what_is_typed_right_behind_the_choice_moves_the_edit(
    tmp_path: Path,
) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        with editor.together():
            number = editor.request("codeAction/resolve", action)
            editor.replace(uri, "A = 1\n", "A = 1\nC = 3\n‸")
        answer = await editor.answer(number)
        after = put_in(editor, uri, answer["result"]["edit"])
        assert after == AFTER.replace("A = 1\n", "A = 1\nC = 3\n")


async def test_lines_that_are_edited_right_behind_the_choice_are_left_alone(
    tmp_path: Path,
) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        with editor.together():
            number = editor.request("codeAction/resolve", action)
            editor.replace(uri, "max", "min‸")
        answer = await editor.answer(number)
        assert "edit" not in answer["result"]
        assert "edited meanwhile" in editor.shown_messages()[-1]


async def test_a_choice_that_is_cancelled_at_once_is_written_down(
    tmp_path: Path,
) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        with editor.together():
            number = editor.request("codeAction/resolve", action)
            editor.cancel(number)
        assert await editor.error_code(number) == CANCELLED
        lines = await audited(editor, lambda lines: lines)
        assert [line.outcome for line in lines] == ["cancelled"]
        assert editor.journal("asked") == []


async def test_lines_that_are_edited_meanwhile_are_left_alone(tmp_path: Path) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        number = editor.request("codeAction/resolve", action)
        await editor.engine_was("asked")
        editor.replace(uri, "max", "min‸")
        answer = await editor.answer(number)
        assert "edit" not in answer["result"]
        assert "edited meanwhile" in editor.shown_messages()[-1]


async def test_a_menu_that_was_opened_before_an_edit_still_counts(
    tmp_path: Path,
) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        editor.replace(uri, "A = 1\n", "A = 1\nC = 3‸\n")
        answer = await resolved(editor, action)
        after = put_in(editor, uri, answer["edit"])
        assert after == AFTER.replace("A = 1\n", "A = 1\nC = 3\n")
        editor.replace(uri, "max", "min‸")
        assert "edit" not in await resolved(editor, action)
        assert "edited meanwhile" in editor.shown_messages()[-1]


async def test_a_version_that_nobody_remembers_is_refused(tmp_path: Path) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        action["data"]["version"] = 77
        assert "edit" not in await resolved(editor, action)
        assert "Open the menu again" in editor.shown_messages()[-1]
        assert editor.journal("asked") == []
        lines = await audited(editor, lambda lines: lines)
        assert [line.outcome for line in lines] == ["refused"]


async def test_a_document_that_is_closed_meanwhile_is_left_alone(
    tmp_path: Path,
) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        number = editor.request("codeAction/resolve", action)
        await editor.engine_was("asked")
        editor.close(uri)
        answer = await editor.answer(number)
        assert "edit" not in answer["result"]
        assert "was closed meanwhile" in editor.shown_messages()[-1]


async def test_a_second_action_waits_and_says_for_what(tmp_path: Path) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        range_ = here(editor, uri, "max")
        first = await entry(editor, uri, range_, SIMPLIFY)
        second = await entry(editor, uri, range_, "refactor.rewrite.types")
        one = editor.request("codeAction/resolve", first)
        await editor.engine_was("asked")
        two = editor.request("codeAction/resolve", second)
        await editor.until(lambda: "waits for: Simplify" in stages(editor))
        assert "edit" in (await editor.answer(one))["result"]
        await editor.answer(two)
        assert len(editor.journal("asked")) >= 2


async def test_the_same_action_again_takes_the_place_of_the_first(
    tmp_path: Path,
) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        one = editor.request("codeAction/resolve", action)
        await editor.engine_was("asked")
        two = editor.request("codeAction/resolve", action)
        assert "edit" not in (await editor.answer(one))["result"]
        assert "edit" in (await editor.answer(two))["result"]
        await editor.engine_was("aborted", "finished")
        told = "Simplify: ended, as the same was asked for again."
        assert told in editor.shown_messages()


async def test_ghost_text_goes_on_while_an_action_runs(tmp_path: Path) -> None:
    script = {
        "answers": [
            {"contains": "value = ▁<SUF>", "text": "1"},
            {"text": "y = 1\n", "endless": True},
        ],
        "piece_ms": 50,
    }
    async with editing(tmp_path, script) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        number = editor.request("codeAction/resolve", action)
        await editor.engine_was("asked")
        other = editor.open("value = ‸")
        assert await editor.shown(other) == "1"
        editor.cancel(number)
        await editor.answer(number)


async def test_a_wrong_answer_is_told_why_and_asked_again(tmp_path: Path) -> None:
    script = {
        "note_prompts": True,
        "answers": [
            {
                "contains": "def add_up",
                "text": "def add_up(items:\n    return sum(items\n```\n",
                "once": True,
            },
            {"contains": "def add_up", "text": ANSWER},
        ],
    }
    async with editing(tmp_path, script) as editor:
        uri = editor.open(TEXT)
        action = await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        assert put_in(editor, uri, action["edit"]) == AFTER
        first, second = (one["prompt"] for one in editor.journal("asked"))
        assert "return sum(items\n" in second
        assert len(second) > len(first)


@pytest.mark.parametrize(
    "text",
    ["", "```\n", "def add_up(items:\n    return (\n```\n", "Je ne sais pas.\n"],
    ids=["nothing", "an empty block", "what does not parse", "another language"],
)
async def test_an_answer_that_is_wrong_twice_changes_nothing(
    tmp_path: Path, text: str
) -> None:
    script = {"answers": [{"text": text}]}
    async with editing(tmp_path, script) as editor:
        uri = editor.open(TEXT)
        action = await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        assert "edit" not in action
        assert (
            "Simplify: What the model wrote cannot be used"
            in (editor.shown_messages()[-1])
        )
        assert len(editor.journal("asked")) == 2


async def test_an_answer_that_never_ends_is_stopped(tmp_path: Path) -> None:
    script = {"answers": [{"text": "    x = f(x)\n", "endless": True}]}
    async with editing(tmp_path, script) as editor:
        uri = editor.open(TEXT)
        action = await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        assert "edit" not in action
        assert set(editor.fates()) == {"aborted"}


async def test_an_engine_that_fails_in_the_middle_is_told(tmp_path: Path) -> None:
    script = {**SLOW, "first_piece_ms": 0, "fail_after": 3}
    async with editing(tmp_path, script) as editor:
        uri = editor.open(TEXT)
        action = await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        assert "edit" not in action
        said = "\n".join(editor.shown_messages())
        assert "the engine fails here. Nothing was changed." in said
        lines = await audited(editor, lambda lines: lines)
        assert [line.outcome for line in lines] == ["failed"]


async def test_an_engine_that_did_not_start_is_told(tmp_path: Path) -> None:
    async with launched(tmp_path, {"fail_start": "No such luck."}) as editor:
        await editor.begin(capable())
        await editor.ready()
        await editor.until(editor.shown_messages)
        uri = editor.open(TEXT)
        action = await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        assert "edit" not in action
        assert "No such luck." in editor.shown_messages()[-1]
        assert editor.shown_messages()[-1].startswith("Simplify: ")
        assert await editor.leave() == 0


async def test_an_action_waits_for_an_engine_that_is_being_started(
    tmp_path: Path,
) -> None:
    script = {**SLOW, "first_piece_ms": 0, "start_ms": 1_500}
    async with launched(tmp_path, script) as editor:
        await editor.begin(capable())
        uri = editor.open(TEXT)
        action = await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        assert put_in(editor, uri, action["edit"]) == AFTER
        assert "waiting for the engine" in stages(editor)
        assert await editor.leave() == 0


async def test_a_window_that_is_too_small_is_told(tmp_path: Path) -> None:
    long = "".join(f"    x_{number} = items[{number}]\n" for number in range(200))
    script = {**SLOW, "first_piece_ms": 0, "window_tokens": 1024}
    async with editing(tmp_path, script) as editor:
        uri = editor.open(f"def add_up(items):\n{long}    return max(items)\n")
        action = await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        assert "edit" not in action
        assert "tokens" in "\n".join(editor.shown_messages())
        assert editor.journal("asked") == []


async def test_an_explanation_that_is_cancelled_says_so_on_its_page(
    tmp_path: Path,
) -> None:
    script = {
        "answers": [{"text": "It counts: a, b, c and so on.\n\n", "endless": True}],
        "piece_ms": 30,
    }
    async with editing(tmp_path, script) as editor:
        page = Page(editor)
        uri = editor.open(TEXT)
        wanted = {"action": "explain", "uri": uri, "range": here(editor, uri, "max")}
        number = editor.request(
            "workspace/executeCommand",
            {"command": "codellama.action", "arguments": [wanted]},
        )
        await editor.until(lambda: page.edits)
        editor.cancel(number)
        assert await editor.error_code(number) == CANCELLED
        await editor.engine_was("aborted")
        await editor.until(lambda: "stopped here" in page.text)


@pytest.mark.parametrize("method", ["window/showDocument", "workspace/applyEdit"])
@pytest.mark.parametrize("cancelled", [True, False], ids=["cancelled", "to the end"])
async def test_an_editor_that_never_answers_is_not_waited_for(
    tmp_path: Path, method: str, *, cancelled: bool
) -> None:
    script = {
        "answers": [
            {"contains": "def add_up", "text": "It adds.\n\n", "endless": cancelled},
            {"contains": "def other", "text": "It does nothing.\n"},
        ],
        "piece_ms": 5,
    }
    async with editing(tmp_path, script) as editor:
        Page(editor)
        editor.silent = frozenset({method})
        uri = editor.open(TEXT + "\n\ndef other():\n    pass\n")
        number = editor.request(
            "workspace/executeCommand", explain(editor, uri, "max(items)")
        )
        await editor.until(lambda: editor.heard(method))
        if cancelled:
            editor.cancel(number)
        else:
            told = (await editor.answer(number))["result"]
            page = Path(told["uri"].removeprefix("file://"))
            assert page.read_text() == told["text"]
        editor.silent = frozenset()
        next_one = explain(editor, uri, "pass")
        told = (await editor.ask("workspace/executeCommand", next_one))["result"]
        assert "It does nothing." in told["text"]


def explain(editor: Editor, uri: str, text: str) -> Message:
    """Return the command's params that have the definition around a text explained."""
    wanted = {"action": "explain", "uri": uri, "range": here(editor, uri, text)}
    return {"command": "codellama.action", "arguments": [wanted]}


async def test_a_slow_editor_gets_fewer_and_longer_edits(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(400))
    script = {"answers": [{"text": words}], "piece_ms": 1}
    async with editing(tmp_path, script) as editor:
        page = Page(editor)
        uri = editor.open(TEXT)
        told = await editor.command(
            "codellama.action",
            {"action": "explain", "uri": uri, "range": here(editor, uri, "max")},
        )
        assert words in page.text == told["text"]
        assert page.edits < len(words) / 4


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"action": "destroy"}, "action: one of fix, explain"),
        ({"uri": 7}, "uri: a text"),
        ({"range": {}}, "required field missing"),
        ({"version": "1"}, "version: a whole number"),
        ({"words": 7}, "words: a text"),
        ({"diagnostics": [7]}, "expected Diagnostic"),
        ({"uri": "file:///nowhere.py"}, "is not open"),
    ],
)
async def test_data_that_is_not_ours_is_an_error(
    tmp_path: Path, change: Message, expected: str
) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        action["data"] |= change
        answer = await editor.ask("codeAction/resolve", action)
        assert answer["error"]["code"] == -32602
        assert expected in answer["error"]["message"]
        told = {"command": "codellama.action", "arguments": [action["data"]]}
        answer = await editor.ask("workspace/executeCommand", told)
        assert expected in answer["error"]["message"]


async def test_a_diagnostic_that_is_older_than_the_text_is_told(tmp_path: Path) -> None:
    async with editing(tmp_path, SLOW) as editor:
        uri = editor.open(TEXT)
        problem = finding(editor, uri, "max", "wrong")
        for end in ("start", "end"):
            problem["range"][end]["line"] = 900
        wanted = {
            "action": "fix",
            "uri": uri,
            "range": here(editor, uri, "max"),
            "diagnostics": [problem],
        }
        told = await editor.command("codellama.action", wanted)
        assert told["outcome"] == "refused"
        assert "older than the text" in told["message"]


async def test_actions_can_be_switched_off(tmp_path: Path) -> None:
    config = f"{PLAIN}actions.enabled = false\n"
    async with editing(tmp_path, SLOW, config=config) as editor:
        uri = editor.open(TEXT)
        params = {
            "textDocument": {"uri": uri},
            "range": here(editor, uri, "max"),
            "context": {"diagnostics": []},
        }
        assert await editor.ask("textDocument/codeAction", params) == {"result": []}


async def test_no_process_is_left_of_a_check_that_is_cancelled(tmp_path: Path) -> None:
    config = f'{PLAIN}check = ["sleep", "1234.5"]\n'
    script = {**SLOW, "first_piece_ms": 0}

    def sleepers(editor: Editor) -> list[int]:
        below = descendants(editor.process.pid)
        return [pid for pid in below if "1234.5" in command(pid)]

    async with editing(tmp_path, script, config=config) as editor:
        file = tmp_path / "workspace" / "a.py"
        (file.parent / ".git").mkdir()
        file.write_text(TEXT)
        uri = editor.open(TEXT, uri=file.as_uri())
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        number = editor.request("codeAction/resolve", action)
        async with asyncio.timeout(60):
            while not sleepers(editor):  # noqa: ASYNC110 - a process of another
                await asyncio.sleep(0.02)
        editor.cancel(number)
        assert await editor.error_code(number) == CANCELLED
        async with asyncio.timeout(60):
            while sleepers(editor):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)


async def test_a_licence_is_shown_once_for_each_model(tmp_path: Path) -> None:
    async with editing(tmp_path, {**SLOW, "first_piece_ms": 0}) as editor:
        uri = editor.open(TEXT)
        for _ in range(2):
            await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        (said,) = editor.licences()
        assert "Apache-2.0" in said
    async with editing(tmp_path, {**SLOW, "first_piece_ms": 0}) as editor:
        uri = editor.open(TEXT)
        await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        await editor.settle()
        assert editor.licences() == []


async def test_what_runs_at_the_end_of_the_session_is_written_down(
    tmp_path: Path,
) -> None:
    async with launched(tmp_path, NEVER) as editor:
        await editor.begin(capable())
        await editor.ready()
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        editor.request("codeAction/resolve", action)
        await editor.engine_was("asked")
        assert await editor.leave() == 0
        lines = await audited(editor, lambda lines: lines)
        assert [line.outcome for line in lines] == ["cancelled"]
