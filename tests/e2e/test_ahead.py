"""What the engine does before anybody asks, and what may be chosen."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from lsp_server.stats.store import FILE
from lsp_server.stats.summary import by_language, read
from tests.e2e.client import PATIENCE_S, Editor, answer, eventually, launched

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

CONFIG = 'inline.layout = "psm"\n'
SCRIPT = {
    "note_prompts": True,
    "piece_ms": 1,
    "answers": [
        answer("def first():\n    ‸\n", "one = 1"),
        answer("one = 1‸\n", "\n    return one"),
        answer("slow = ‸\n", "+".join(f"item{n:03}" for n in range(300))),
        answer("quick = ‸\n", "1"),
        answer("quick = 1‸\n", "+".join(f"item{n:03}" for n in range(300))),
        answer("closed = ‸\n", "1"),
        answer("x.‸\n", "WRONG"),
        answer("x.length‸\n", "() + 1"),
    ],
}
LONG = "".join(f"value_{number} = compute({number})\n" for number in range(400))


async def asked(editor: Editor, count: int) -> list[dict[str, Any]]:
    """Wait until the engine was asked so often."""
    return await eventually(
        lambda: found if len(found := editor.journal("asked")) >= count else None
    )


async def warm_ups(editor: Editor, count: int) -> list[dict[str, Any]]:
    """Wait until the engine was asked so often for one token, to have the prompt."""

    def look() -> list[dict[str, Any]] | None:
        found = [one for one in editor.journal("asked") if one["max_tokens"] == 1]
        return found if len(found) >= count else None

    return await eventually(look)


async def test_what_comes_after_an_accepted_suggestion_is_there(
    editor: Editor,
) -> None:
    uri = editor.open("def first():\n    ‸\n")
    assert await editor.shown(uri) == "one = 1"
    first, ahead = await asked(editor, 2)
    assert ahead["priority"] > first["priority"]
    await editor.engine_was("finished", "finished")
    editor.type(uri, "one = 1")
    assert await editor.shown(uri) == "\n    return one"
    editor.type(uri, "\n    ")
    assert await editor.shown(uri) == "return one"
    (_, second, *more) = await editor.command("codellama.lastRequests")
    assert (second["source"], more) == ("ahead", [])


async def test_what_runs_ahead_is_not_begun_anew_at_each_key(tmp_path: Path) -> None:
    async with launched(tmp_path, SCRIPT | {"piece_ms": 30}, config=CONFIG) as editor:
        await editor.begin()
        await editor.ready()
        uri = editor.open("def first():\n    ‸\n")
        assert await editor.shown(uri) == "one = 1"
        await asked(editor, 2)
        for key in "one = ":
            editor.type(uri, key)
            await editor.shown(uri)
            await editor.settle()
        assert len(editor.journal("asked")) == 2
        assert await editor.leave() == 0


async def test_nothing_runs_ahead_in_a_document_that_was_closed(editor: Editor) -> None:
    uri = editor.open("closed = ‸\n")
    assert await editor.shown(uri) == "1"
    editor.close(uri)
    await asyncio.sleep(0.4)  # longer than a suggestion is read
    assert editor.fates() == ["finished"]


@pytest.mark.parametrize(
    ("lines", "then"), [("line", None), ("block", "\n    return one")]
)
async def test_no_more_lines_come_after_one_than_are_wanted(
    tmp_path: Path, lines: str, then: str | None
) -> None:
    config = f'{CONFIG}inline.lines = "{lines}"\n'
    async with launched(tmp_path, SCRIPT, config=config) as editor:
        await editor.begin()
        await editor.ready()
        uri = editor.open("def first():\n    ‸\n")
        assert await editor.shown(uri) == "one = 1"
        await asked(editor, 2)
        await eventually(lambda: "asked" not in editor.fates())
        editor.type(uri, "one = 1")
        assert await editor.shown(uri) == then
        assert await editor.leave() == 0


async def test_a_request_is_not_held_up_by_what_runs_ahead(editor: Editor) -> None:
    uri = editor.open("quick = ‸\n")
    assert await editor.shown(uri) == "1"
    await asked(editor, 2)
    other = editor.open("def first():\n    ‸\n")
    assert await editor.shown(other) == "one = 1"
    assert editor.fates()[:3] == ["finished", "aborted", "finished"]


async def test_the_prompt_is_prepared_where_the_cursor_rests(editor: Editor) -> None:
    uri = editor.open(f"{LONG}‸\n")
    editor.tell_cursor(uri)
    (warm_up,) = await warm_ups(editor, 1)
    await editor.shown(uri)
    assert editor.journal("asked")[-1]["prompt"] == warm_up["prompt"]
    editor.tell_cursor(uri)  # it is warm
    await asyncio.sleep(0.3)
    assert len(await warm_ups(editor, 1)) == 1


async def test_an_edit_without_a_request_prepares_the_prompt(editor: Editor) -> None:
    uri = editor.open(f"{LONG}‸\n")
    await editor.settle()
    editor.type(uri, "pasted = 1\n" * 60)
    await warm_ups(editor, 1)


async def test_whoever_asks_by_hand_may_choose(editor: Editor) -> None:
    """The scripted engine says the same whatever the chance, so there is one choice."""
    uri = editor.open("def first():\n    ‸\n")
    assert await editor.choices(uri, triggerKind=1) == ["one = 1"]
    heats = [each["temperature"] for each in editor.journal("asked")]
    assert heats[:3] == [0.0, 0.8, 0.8]


async def test_the_text_continues_what_the_pop_up_menu_has_chosen(
    editor: Editor,
) -> None:
    uri = editor.open("x.le‸\n")
    span = {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 4}}
    info = {"range": span, "text": "length"}
    offered = await editor.answer(editor.complete(uri, selectedCompletionInfo=info))
    (item,) = offered["result"]["items"]
    assert item["insertText"] == "length() + 1"
    assert item["range"] == span


async def test_what_was_sent_can_be_seen(editor: Editor) -> None:
    uri = editor.open("def first():\n    ‸\n", uri="file:///seen.py")
    await editor.shown(uri)
    page = await editor.command("codellama.showPrompt")
    assert "/seen.py:2:5" in page
    assert "def first():" in page
    assert "one = 1" in page


# Where it is off


@pytest.mark.parametrize(
    ("config", "uri", "language"),
    [
        ("inline.automatic = false", "file:///a.py", "python"),
        ('inline.disabled_languages = ["Python"]', "file:///a.py", "python"),
        ('inline.disabled_files = ["*.py"]', "file:///deep/a.py", "other"),
        ('inline.disabled_files = ["/deep/"]', "file:///deep/er/a.py", "python"),
    ],
)
async def test_where_it_is_off_nothing_is_asked(
    tmp_path: Path, config: str, uri: str, language: str
) -> None:
    async with launched(tmp_path, SCRIPT, config=f"{CONFIG}{config}\n") as editor:
        await editor.begin()
        await editor.ready()
        editor.open("def first():\n    ‸\n", uri=uri, language=language)
        assert await editor.shown(uri) is None
        editor.tell_cursor(uri)
        await editor.settle()
        assert editor.journal("asked") == []
        by_hand = await editor.choices(uri, triggerKind=1)
        assert by_hand == (["one = 1"] if "automatic" in config else [])
        assert await editor.leave() == 0


async def test_nothing_is_completed_in_what_the_repository_ignores(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "workspace"
    (folder / ".git").mkdir(parents=True)
    (folder / ".gitignore").write_text("out/\n")
    async with launched(tmp_path, SCRIPT, config=CONFIG) as editor:
        await editor.begin(folder=folder)
        await editor.ready()
        ignored = (folder / "out" / "a.py").as_uri()
        editor.open("def first():\n    ‸\n", uri=ignored)
        assert await editor.shown(ignored) is None
        taken = (folder / "src.py").as_uri()
        editor.open("def first():\n    ‸\n", uri=taken)
        assert await editor.shown(taken) == "one = 1"
        (folder / ".gitignore").write_text("")
        change = {"uri": (folder / ".gitignore").as_uri(), "type": 2}
        editor.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
        async with asyncio.timeout(PATIENCE_S):
            assert await editor.shown(ignored) == "one = 1"
        assert await editor.leave() == 0


async def test_use_is_counted(tmp_path: Path) -> None:
    async with launched(tmp_path, SCRIPT, config=CONFIG) as editor:
        await editor.begin()
        await editor.ready()
        uri = editor.open("def first():\n    ‸\n")
        offered = await editor.offer(uri)
        assert offered is not None
        editor.type(uri, "one = 1")
        told = offered["command"]
        await editor.command(told["command"], *told["arguments"])
        assert await editor.leave() == 0
    file = tmp_path / "home" / "codellama-lsp" / FILE
    recorded = read(file, 0.0)
    (figures,) = by_language(recorded).values()
    assert (figures.offered, figures.accepted) == (1, 1)
