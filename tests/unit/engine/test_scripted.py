"""The fake says what its script says, and writes down what it was asked."""

import asyncio
import dataclasses
import json
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from lsp_server.engine.base import (
    EngineDown,
    EngineError,
    Finish,
    GenerationRequest,
    Loaded,
    ModelUnusable,
    Piece,
)
from lsp_server.engine.scripted import (
    Script,
    ScriptedAnswer,
    ScriptedEngine,
    read_script,
)

NEVER_MS = 3_600_000.0


def spell(ids: Sequence[int]) -> str:
    return "".join(map(chr, ids))


def never_spell(ids: Sequence[int]) -> str:
    raise AssertionError(f"{ids} need not have been decoded")


def says(text: str, **settings: Any) -> Script:
    return Script(answers=[ScriptedAnswer(text=text)], **settings)


def request(prompt: str = "ab") -> GenerationRequest:
    return GenerationRequest(prompt_ids=tuple(map(ord, prompt)), max_tokens=9)


async def answer(engine: ScriptedEngine, prompt: str = "ab") -> list[Piece]:
    async with aclosing(engine.stream(request(prompt))) as pieces:
        return [piece async for piece in pieces]


def journal(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_the_answer_comes_in_pieces() -> None:
    engine = ScriptedEngine(says("abcdef", piece_characters=4), never_spell)
    assert await answer(engine) == [
        Piece(text="abcd", prompt_tokens=2, cached_tokens=0),
        Piece(text="ef", prompt_tokens=2, cached_tokens=0, finish=Finish.STOP),
    ]


async def test_the_script_says_what_comes_after_the_beginning() -> None:
    engine = ScriptedEngine(says("urn"), never_spell)
    asked = dataclasses.replace(request(), begin="ret")
    assert [piece.text async for piece in engine.stream(asked)] == ["urn"]


@pytest.mark.parametrize("script", [Script(), says("")])
async def test_no_text_is_one_empty_piece(script: Script) -> None:
    pieces = await answer(ScriptedEngine(script, never_spell))
    assert [(piece.text, piece.finish) for piece in pieces] == [("", Finish.STOP)]


@pytest.mark.parametrize(
    ("prompt", "text"), [("has b", "B"), ("has a and b", "A"), ("else", "")]
)
async def test_the_first_answer_that_fits_the_prompt_is_given(
    prompt: str, text: str
) -> None:
    answers = [ScriptedAnswer(text=text.upper(), contains=text) for text in ("a ", "b")]
    engine = ScriptedEngine(Script(answers=answers), spell)
    assert "".join(piece.text for piece in await answer(engine, prompt)).strip() == text


async def test_what_is_said_once_is_not_said_again() -> None:
    answers = [
        ScriptedAnswer(text="A", contains="a", once=True),
        ScriptedAnswer(text="B", contains="b", once=True),
        ScriptedAnswer(text="C"),
    ]
    engine = ScriptedEngine(Script(answers=answers), spell)
    said = [(await answer(engine, prompt))[0].text for prompt in ("ab", "ab", "ab")]
    assert said == ["A", "B", "C"]


async def test_an_endless_answer_ends_where_the_request_does() -> None:
    endless = Script(
        answers=[ScriptedAnswer(text="abc", endless=True)], piece_characters=2
    )
    pieces = await answer(ScriptedEngine(endless, spell))
    assert "".join(piece.text for piece in pieces) == "abc" * 6
    assert (len(pieces), pieces[-1].finish) == (9, Finish.LENGTH)


async def test_the_journal_tells_what_was_asked_and_how_it_ended(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal"
    engine = ScriptedEngine(says("abcdef"), never_spell, path)
    await answer(engine)
    stream = engine.stream(request("abc"))
    await anext(stream)
    await stream.aclose()
    await engine.close()
    lines = journal(path)
    assert [(line["event"], line["request"]) for line in lines] == [
        ("asked", 1),
        ("finished", 1),
        ("asked", 2),
        ("aborted", 2),
    ]
    assert [line["ns"] for line in lines] == sorted(line["ns"] for line in lines)
    asked = {"prompt_ids": 3, "max_tokens": 9, "temperature": 0.0}
    assert asked.items() <= lines[2].items()


async def test_the_journal_is_readable_while_the_engine_runs(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    engine = ScriptedEngine(says("abcdef"), never_spell, path)
    async with aclosing(engine.stream(request())) as pieces:
        await anext(pieces)
        assert [line["event"] for line in journal(path)] == ["asked"]
    await engine.close()


async def test_journals_are_continued(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    for _ in range(2):
        engine = ScriptedEngine(says("a"), never_spell, path)
        await answer(engine)
        await engine.close()
    assert len(journal(path)) == 4


def test_a_journal_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="journal cannot be written"):
        ScriptedEngine(Script(), never_spell, tmp_path / "no" / "journal")


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_a_stream_fails_after_so_many_pieces(tmp_path: Path, after: int) -> None:
    script = says("abcdef", piece_characters=2, fail_after=after)
    path = tmp_path / "journal"
    engine = ScriptedEngine(script, never_spell, path)
    stream = engine.stream(request())
    said = [(await anext(stream)).text for _ in range(after)]
    with pytest.raises(EngineDown):
        await anext(stream)
    await engine.close()
    assert said == ["ab", "cd", "ef"][:after]
    assert [line["event"] for line in journal(path)] == ["asked", "aborted"]


async def test_a_start_tells_what_was_loaded() -> None:
    stages: list[str] = []
    loaded = await ScriptedEngine(Script(window_tokens=512), spell).start(stages.append)
    assert loaded == Loaded(model="scripted", window_tokens=512, device="none")
    assert stages == ["reading the script"]


async def test_a_start_can_fail() -> None:
    engine = ScriptedEngine(Script(fail_start="no GPU today"), spell)
    with pytest.raises(EngineDown, match="no GPU today"):
        await engine.start(lambda _stage: None)


async def test_stray_output_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    engine = ScriptedEngine(Script(stray_output="careless"), spell)
    await engine.start(lambda _stage: None)
    assert capsys.readouterr().out == "careless\n"


@pytest.mark.parametrize("delay", ["first_piece_ms", "piece_ms"])
async def test_a_delayed_stream_can_be_aborted(tmp_path: Path, delay: str) -> None:
    path = tmp_path / "journal"
    engine = ScriptedEngine(says("abcdef", **{delay: NEVER_MS}), never_spell, path)
    first = asyncio.Event()

    async def ask() -> None:
        async with aclosing(engine.stream(request())) as pieces:
            async for _ in pieces:
                first.set()

    asking = asyncio.create_task(ask())
    if delay == "piece_ms":
        await first.wait()
    else:
        await asyncio.sleep(0)  # it has asked, and waits
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await engine.close()
    assert first.is_set() == (delay == "piece_ms")
    assert [line["event"] for line in journal(path)] == ["asked", "aborted"]


async def test_it_is_never_lost_and_may_be_closed_twice(tmp_path: Path) -> None:
    engine = ScriptedEngine(Script(), spell, tmp_path / "journal")
    lost = asyncio.create_task(engine.lost())
    await engine.close()
    await engine.close()
    assert not lost.done()
    lost.cancel()


def test_a_script_is_read_from_json(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text('{"answers": [{"text": "a", "contains": "b"}], "piece_ms": 1.5}')
    assert read_script(path) == Script(
        answers=[ScriptedAnswer(text="a", contains="b")], piece_ms=1.5
    )


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"answers": [{}]}',
        '{"piece_characters": 0}',
        '{"window_tokens": 10}',
        '{"piece_ms": "soon"}',
    ],
)
def test_what_is_no_script_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(content)
    with pytest.raises(ModelUnusable, match="is no script for the scripted engine"):
        read_script(path)


def test_a_script_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="is no script for the scripted engine"):
        read_script(tmp_path / "none.json")
