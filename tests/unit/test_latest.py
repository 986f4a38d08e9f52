"""Who is answered by which generation; the fake stream says what the test puts into it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from dataclasses import dataclass, field

import pytest

from lsp_server.engine.base import EngineDown, Finish, Piece
from lsp_server.latest import Generation, Latest
from retrieval.source import Cursor
from tests.marked import at

NEVER_MS = 3_600_000.0
AT_ONCE_MS = 0.0
PATIENCE_S = 10.0  # a test that waits in vain fails

A, B = "file:///a.py", "file:///b.py"

Joined = tuple[Generation, str] | None


class Stream:
    """What an engine streams for one request; ``closed`` is set when that has ended."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.closed = asyncio.Event()
        self._said: asyncio.Queue[Piece | Exception] = asyncio.Queue()

    def say(self, text: str, finish: Finish | None = None) -> None:
        self._said.put_nowait(Piece(text=text, finish=finish))

    def fail(self, error: Exception) -> None:
        self._said.put_nowait(error)

    async def pieces(self) -> AsyncGenerator[Piece]:
        self.begun.set()
        try:
            while True:
                said = await self._said.get()
                if isinstance(said, Exception):
                    raise said
                yield said
                if said.finish is not None:
                    return
        finally:
            self.closed.set()


def at_semicolon(text: str) -> str | None:
    head, semicolon, _ = text.partition(";")
    return head if semicolon else None


@dataclass
class Editor:
    """Sends requests; each becomes a task, as in the server."""

    latest: Latest
    streams: list[Stream] = field(default_factory=list)
    requests: list[asyncio.Task[Joined]] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)

    def ask(
        self, drawn: str, uri: str = A, *, wait_ms: float = 0.0
    ) -> asyncio.Task[Joined]:
        return self.ask_at(at(drawn, uri=uri), wait_ms=wait_ms)

    def ask_at(
        self,
        cursor: Cursor,
        asker: str = "",
        *,
        wait_ms: float = 0.0,
        patience_ms: float | None = None,
    ) -> asyncio.Task[Joined]:
        turn = self.latest.turn(cursor.document.uri, cursor, asker)
        joining = self.latest.join(
            turn,
            cursor,
            lambda: self._start(cursor),
            wait_ms=wait_ms,
            patience_ms=patience_ms,
        )
        request = asyncio.create_task(joining)
        self.requests.append(request)
        return request

    def ahead(self, drawn: str, uri: str = A, *, serves: bool = True) -> bool:
        cursor = at(drawn, uri=uri)
        return self.latest.ahead(lambda: self._start(cursor), serves=serves)

    async def stream(self, number: int) -> Stream:
        """Return the engine's stream that was started as that, from 1, when it runs."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.streams) < number:
                self.started.clear()
                await self.started.wait()
            await self.streams[number - 1].begun.wait()
        return self.streams[number - 1]

    async def says(self, number: int, text: str, finish: Finish | None = None) -> None:
        """Let the stream say it, and the generation take it in."""
        (await self.stream(number)).say(text, finish)
        await turns_of_the_loop()

    def _start(self, cursor: Cursor) -> Generation:
        stream = Stream()
        self.streams.append(stream)
        self.started.set()
        return Generation(cursor, stream.pieces(), at_semicolon)


async def turns_of_the_loop() -> None:
    """Let all run that waits for nothing from outside."""
    for _ in range(20):
        await asyncio.sleep(0)


async def answer(request: Awaitable[Joined]) -> tuple[str, str] | None:
    """Return the text of the answer and what of it is typed."""
    async with asyncio.timeout(PATIENCE_S):
        joined = await request
    return (joined[0].text, joined[1]) if joined is not None else None


async def happens(event: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await event.wait()


async def cancelled(request: asyncio.Task[Joined]) -> None:
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request


async def at_work(grace_ms: float) -> AsyncGenerator[Editor]:
    """Whatever a test does, nothing of it is left when the session closes."""
    editor = Editor(Latest(grace_ms=grace_ms))
    yield editor
    async with asyncio.timeout(PATIENCE_S):
        await editor.latest.close()
        await asyncio.gather(*editor.requests, return_exceptions=True)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    for stream in editor.streams:
        assert stream.closed.is_set() or not stream.begun.is_set()


@pytest.fixture
async def editor() -> AsyncGenerator[Editor]:
    async for editor in at_work(NEVER_MS):
        yield editor


@pytest.fixture
async def impatient() -> AsyncGenerator[Editor]:
    """An editor whose cancelled requests leave no grace."""
    async for editor in at_work(AT_ONCE_MS):
        yield editor


# One request


async def test_the_answer_is_what_was_decided(editor: Editor) -> None:
    asked = editor.ask("f(‸")
    await editor.says(1, "a, ")
    assert not asked.done()
    await editor.says(1, "b); g()")
    assert await answer(asked) == ("a, b)", "")


async def test_a_decided_answer_ends_its_stream(editor: Editor) -> None:
    asked = editor.ask("‸")
    await editor.says(1, "a;")
    await answer(asked)
    await happens(editor.streams[0].closed)


async def test_the_engine_may_end_the_answer_itself(editor: Editor) -> None:
    asked = editor.ask("‸")
    await editor.says(1, "a", Finish.LENGTH)
    joined = await asked
    assert joined is not None
    assert (joined[0].text, joined[0].finish) == ("a", Finish.LENGTH)


async def test_an_engine_error_reaches_the_asker(editor: Editor) -> None:
    asked = editor.ask("‸")
    error = EngineDown("gone")
    (await editor.stream(1)).fail(error)
    joined = await asked
    assert joined is not None
    assert joined[0].error is error


async def test_a_fault_of_ours_reaches_the_asker(editor: Editor) -> None:
    asked = editor.ask("‸")
    (await editor.stream(1)).fail(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await answer(asked)


# A newer request


async def test_newer_request_wins(editor: Editor) -> None:
    older = editor.ask("a‸")
    await editor.stream(1)
    newer = editor.ask("b‸")
    assert await answer(older) is None
    await editor.says(2, "c;")
    assert await answer(newer) == ("c", "")


async def test_a_superseded_request_is_answered_at_once(editor: Editor) -> None:
    older = editor.ask("a‸")
    await editor.stream(1)
    editor.latest.turn(A)  # dispatched, not yet running
    assert await answer(older) is None


async def test_a_request_superseded_before_it_ran_starts_nothing(
    editor: Editor,
) -> None:
    first, second, third = editor.ask("a‸"), editor.ask("b‸"), editor.ask("c‸")
    await editor.says(1, "x;")
    assert await answer(first) is None
    assert await answer(second) is None
    assert await answer(third) == ("x", "")
    assert len(editor.streams) == 1


async def test_other_documents_are_untouched(editor: Editor) -> None:
    other = editor.ask("x‸", B)
    await editor.stream(1)
    editor.ask("a‸", A)
    editor.ask("b‸", A)
    await editor.stream(2)
    await editor.says(1, "y;")
    assert await answer(other) == ("y", "")


async def test_a_diverging_request_ends_the_old_generation(editor: Editor) -> None:
    editor.ask("a‸")
    await editor.says(1, "bc")
    newer = editor.ask("ax‸")
    await happens(editor.streams[0].closed)
    await editor.says(2, "y;")
    assert await answer(newer) == ("y", "")


async def test_moving_the_cursor_elsewhere_ends_the_old_generation(
    editor: Editor,
) -> None:
    editor.ask("a‸\nb")
    await editor.stream(1)
    newer = editor.ask("a\nb‸")
    await happens(editor.streams[0].closed)
    await editor.says(2, "y;")
    assert await answer(newer) == ("y", "")


async def test_what_is_typed_as_generated_is_served_by_the_running_generation(
    editor: Editor,
) -> None:
    older = editor.ask("r‸")
    await editor.says(1, "eturn")
    newer = editor.ask("ret‸")
    assert await answer(older) is None
    await editor.says(1, " 1;")
    assert await answer(newer) == ("eturn 1", "et")
    assert len(editor.streams) == 1


async def test_typing_ahead_of_the_generation_is_served_if_it_comes_true(
    editor: Editor,
) -> None:
    editor.ask("r‸")
    await editor.stream(1)
    newer = editor.ask("ret‸")
    for part in ("e", "turn 1", ";"):
        await editor.says(1, part)
    assert await answer(newer) == ("eturn 1", "et")
    assert len(editor.streams) == 1


async def test_typing_ahead_of_the_generation_asks_anew_once_it_diverges(
    editor: Editor,
) -> None:
    editor.ask("r‸")
    await editor.stream(1)
    newer = editor.ask("rai‸")
    await editor.says(1, "et")
    await happens(editor.streams[0].closed)
    await editor.says(2, "se;")
    assert await answer(newer) == ("se", "")


async def test_an_answer_that_ends_before_what_was_typed_asks_anew(
    editor: Editor,
) -> None:
    editor.ask("‸")
    await editor.stream(1)
    newer = editor.ask("ab c‸")
    await editor.says(1, "ab;")
    await editor.says(2, "d;")
    assert await answer(newer) == ("d", "")


async def test_an_answer_typed_to_its_end_asks_anew(editor: Editor) -> None:
    editor.ask("‸")
    await editor.stream(1)
    newer = editor.ask("ab‸")
    await editor.says(1, "ab;")
    await editor.says(2, "(c);")
    assert await answer(newer) == ("(c)", "")


async def test_an_answer_that_ends_as_it_is_superseded_serves_the_newer(
    editor: Editor,
) -> None:
    older = editor.ask("‸")
    (await editor.stream(1)).say("ab;")
    newer = editor.ask("a‸")  # before the older has seen the end
    assert await answer(older) is None
    assert await answer(newer) == ("ab", "a")
    assert len(editor.streams) == 1


async def test_an_error_of_the_running_generation_reaches_the_newer_request(
    editor: Editor,
) -> None:
    editor.ask("‸")
    await editor.stream(1)
    newer = editor.ask("a‸")
    await turns_of_the_loop()
    error = EngineDown("gone")
    editor.streams[0].fail(error)
    joined = await newer
    assert joined is not None
    assert joined[0].error is error


async def test_an_empty_answer_at_the_same_place_is_an_answer(editor: Editor) -> None:
    editor.ask("‸")
    await editor.stream(1)
    newer = editor.ask("‸")
    await editor.says(1, ";")
    assert await answer(newer) == ("", "")


# A cancelled request


async def test_a_generation_survives_its_cancelled_request(editor: Editor) -> None:
    older = editor.ask("‸")
    await editor.says(1, "ab")
    await cancelled(older)
    await turns_of_the_loop()
    assert not editor.streams[0].closed.is_set()
    newer = editor.ask("a‸")
    await editor.says(1, "c;")
    assert await answer(newer) == ("abc", "a")
    assert len(editor.streams) == 1


async def test_what_ended_within_the_grace_is_the_next_answer(editor: Editor) -> None:
    older = editor.ask("‸")
    await editor.stream(1)
    await cancelled(older)
    await editor.says(1, "abc;")
    await happens(editor.streams[0].closed)
    assert await answer(editor.ask("a‸")) == ("abc", "a")
    assert len(editor.streams) == 1


async def test_what_failed_within_the_grace_is_asked_anew(editor: Editor) -> None:
    older = editor.ask("‸")
    await editor.says(1, "ab")
    await cancelled(older)
    editor.streams[0].fail(EngineDown("gone"))
    await happens(editor.streams[0].closed)
    newer = editor.ask("a‸")
    await editor.says(2, "x;")
    assert await answer(newer) == ("x", "")


async def test_a_generation_without_an_asker_ends_after_the_grace(
    impatient: Editor,
) -> None:
    asked = impatient.ask("‸")
    await impatient.stream(1)
    await cancelled(asked)
    await happens(impatient.streams[0].closed)


async def test_an_answer_without_an_asker_is_not_kept_longer_than_the_grace(
    impatient: Editor,
) -> None:
    asked = impatient.ask("‸")
    stream = await impatient.stream(1)
    asked.cancel()
    stream.say("abc;")
    await happens(stream.closed)
    await turns_of_the_loop()
    newer = impatient.ask("a‸")
    await impatient.says(2, "x;")
    assert await answer(newer) == ("x", "")


async def test_a_new_asker_ends_the_grace(impatient: Editor) -> None:
    older = impatient.ask("‸")
    await impatient.stream(1)
    older.cancel()
    await asyncio.sleep(0)  # the older leaves; the grace has not been over yet
    newer = impatient.ask("a‸")
    await turns_of_the_loop()
    assert not impatient.streams[0].closed.is_set()
    await impatient.says(1, "ab;")
    assert await answer(newer) == ("ab", "a")


async def test_cancelling_a_superseded_request_leaves_the_newer_alone(
    impatient: Editor,
) -> None:
    older = impatient.ask("‸")
    await impatient.stream(1)
    newer = impatient.ask("a‸")
    older.cancel()
    await turns_of_the_loop()
    assert not impatient.streams[0].closed.is_set()
    await impatient.says(1, "ab;")
    assert await answer(newer) == ("ab", "a")


async def test_a_generation_ends_if_the_newer_request_never_runs(
    impatient: Editor,
) -> None:
    impatient.ask("‸")
    await impatient.stream(1)
    newer = impatient.ask("a‸")
    newer.cancel()  # before its task has run
    await happens(impatient.streams[0].closed)


async def test_a_request_cancelled_before_it_ran_starts_nothing(
    editor: Editor,
) -> None:
    asked = editor.ask("‸")
    await cancelled(asked)
    assert editor.streams == []


async def test_a_cancelled_request_may_diverge_from_the_next(editor: Editor) -> None:
    older = editor.ask("‸")
    await editor.says(1, "ab")
    await cancelled(older)
    newer = editor.ask("x‸")
    await happens(editor.streams[0].closed)
    await editor.says(2, "y;")
    assert await answer(newer) == ("y", "")


# The end


async def test_forgetting_a_document_releases_its_request(editor: Editor) -> None:
    asked = editor.ask("‸")
    await editor.says(1, "half an ans")
    editor.latest.forget(A)
    assert await answer(asked) is None
    await happens(editor.streams[0].closed)


async def test_forgetting_a_document_before_its_engine_was_asked(
    editor: Editor,
) -> None:
    asked = editor.ask("‸")
    await happens(editor.started)
    assert not editor.streams[0].begun.is_set()  # the generation's task is yet to run
    editor.latest.forget(A)
    assert await answer(asked) is None
    assert not editor.streams[0].begun.is_set()


async def test_forgetting_a_document_before_its_request_ran(editor: Editor) -> None:
    asked = editor.ask("‸")
    editor.latest.forget(A)
    assert await answer(asked) is None
    assert editor.streams == []


async def test_forgetting_a_document_leaves_others_alone(editor: Editor) -> None:
    asked = editor.ask("‸", B)
    await editor.stream(1)
    editor.latest.forget(A)
    await editor.says(1, "x;")
    assert await answer(asked) == ("x", "")


async def test_closing_releases_every_request_and_ends_every_stream(
    editor: Editor,
) -> None:
    first, second = editor.ask("‸", A), editor.ask("‸", B)
    await editor.stream(2)
    await editor.latest.close()
    assert all(stream.closed.is_set() for stream in editor.streams)
    assert await answer(first) is None
    assert await answer(second) is None


async def test_closing_waits_for_streams_that_are_being_ended(editor: Editor) -> None:
    editor.ask("a‸")
    await editor.stream(1)
    editor.ask("b‸")
    await asyncio.sleep(0)  # the newer joins and ends the older's generation
    await editor.latest.close()
    assert editor.streams[0].closed.is_set()


async def test_a_request_after_closing_is_served(editor: Editor) -> None:
    await editor.latest.close()
    asked = editor.ask("‸")
    await editor.says(1, "x;")
    assert await answer(asked) == ("x", "")


# A request that waits for the next key


async def test_a_newer_request_comes_before_the_older_has_asked_the_engine(
    editor: Editor,
) -> None:
    older = editor.ask("a‸", wait_ms=NEVER_MS)
    await turns_of_the_loop()
    newer = editor.ask("ab‸")
    assert await answer(older) is None
    await editor.says(1, "c;")
    assert await answer(newer) == ("c", "")
    assert len(editor.streams) == 1


async def test_what_no_longer_agrees_ends_before_the_wait(editor: Editor) -> None:
    editor.ask("a‸")
    await editor.says(1, "bc")
    editor.ask("ax‸", wait_ms=NEVER_MS)
    await happens(editor.streams[0].closed)
    assert len(editor.streams) == 1


async def test_what_runs_and_agrees_is_not_waited_for(editor: Editor) -> None:
    editor.ask("a‸")
    await editor.says(1, "bc")
    newer = editor.ask("ab‸", wait_ms=NEVER_MS)
    await turns_of_the_loop()
    await editor.says(1, ";")
    assert await answer(newer) == ("bc", "b")


async def test_after_the_wait_the_engine_is_asked(editor: Editor) -> None:
    asked = editor.ask("a‸", wait_ms=1.0)
    await editor.says(1, "b;")
    assert await answer(asked) == ("b", "")


async def test_a_request_that_is_cancelled_while_it_waits_asks_nothing(
    editor: Editor,
) -> None:
    asked = editor.ask("a‸", wait_ms=NEVER_MS)
    await turns_of_the_loop()
    await cancelled(asked)
    assert editor.streams == []


# Ahead of any request


async def test_what_runs_ahead_serves_a_request_that_agrees(editor: Editor) -> None:
    assert editor.ahead("a = ‸")
    await editor.says(1, "f(")
    asked = editor.ask("a = f‸")
    await editor.says(1, "x);")
    assert await answer(asked) == ("f(x)", "f")
    assert len(editor.streams) == 1


@pytest.mark.parametrize(("drawn", "uri"), [("a = x‸", A), ("a = ‸", B)])
async def test_what_runs_ahead_ends_when_a_request_needs_the_engine(
    editor: Editor, drawn: str, uri: str
) -> None:
    editor.ahead("a = ‸")
    await editor.says(1, "f(")
    asked = editor.ask(drawn, uri)
    await happens(editor.streams[0].closed)
    await editor.says(2, "y;")
    assert await answer(asked) == ("y", "")


async def test_what_only_prepares_serves_nobody(editor: Editor) -> None:
    editor.ahead("a = ‸", serves=False)
    await editor.says(1, ";")
    asked = editor.ask("a = ‸")
    await editor.says(2, "y;")
    assert await answer(asked) == ("y", "")


async def test_nothing_runs_ahead_while_a_request_needs_the_engine(
    editor: Editor,
) -> None:
    asked = editor.ask("a‸")
    await editor.stream(1)
    assert not editor.ahead("b‸")
    await editor.says(1, "x;")
    await answer(asked)
    assert editor.ahead("b‸")


async def test_what_runs_ahead_for_a_place_is_known_until_it_has_ended(
    editor: Editor,
) -> None:
    assert not editor.latest.runs_ahead(at("a = ‸", uri=A))
    editor.ahead("a = ‸")
    assert editor.latest.runs_ahead(at("a = ‸", uri=A))
    assert not editor.latest.runs_ahead(at("a = b‸", uri=A))
    assert not editor.latest.runs_ahead(at("a = ‸", uri=B))
    (stream,) = editor.streams
    stream.say("b;")
    await stream.closed.wait()
    assert not editor.latest.runs_ahead(at("a = ‸", uri=A))


async def test_a_fault_of_what_runs_ahead_is_logged(
    editor: Editor, caplog: pytest.LogCaptureFixture
) -> None:
    editor.ahead("a = ‸")
    (stream,) = editor.streams
    stream.fail(ValueError("a fault of ours"))
    await stream.closed.wait()
    await turns_of_the_loop()
    assert "what runs ahead failed: ValueError" in caplog.text


async def test_one_thing_runs_ahead_at_a_time(editor: Editor) -> None:
    editor.ahead("a‸")
    await editor.stream(1)
    editor.ahead("b‸")
    await happens(editor.streams[0].closed)


async def test_a_closed_document_ends_what_runs_ahead_for_it(editor: Editor) -> None:
    editor.ahead("a‸", B)
    await editor.stream(1)
    editor.latest.forget(A)
    await turns_of_the_loop()
    assert not editor.streams[0].closed.is_set()
    editor.latest.forget(B)
    await happens(editor.streams[0].closed)


# Two askers at one place


@pytest.mark.parametrize("wait_ms", [0.0, 1.0])
async def test_two_askers_at_one_place_share_the_generation(
    editor: Editor, wait_ms: float
) -> None:
    here = at("‸")
    ghost = editor.ask_at(here, "ghost text", wait_ms=wait_ms)
    menu = editor.ask_at(here, "pop-up", wait_ms=wait_ms)
    await editor.says(1, "a;")
    assert await answer(ghost) == await answer(menu) == ("a", "")
    assert len(editor.streams) == 1


async def test_the_same_asker_is_superseded_and_the_other_is_not(
    editor: Editor,
) -> None:
    here = at("‸")
    older = editor.ask_at(here, "ghost text")
    menu = editor.ask_at(here, "pop-up")
    newer = editor.ask_at(here, "ghost text")
    assert await answer(older) is None
    await editor.says(1, "a;")
    assert await answer(menu) == await answer(newer) == ("a", "")
    assert len(editor.streams) == 1


@pytest.mark.parametrize("drawn", ["a‸", "\n‸", "‸"])
async def test_a_request_elsewhere_supersedes_both(editor: Editor, drawn: str) -> None:
    """Another snapshot is elsewhere, though the cursor is where it was."""
    here = at("‸")
    ghost, menu = editor.ask_at(here, "ghost text"), editor.ask_at(here, "pop-up")
    await editor.stream(1)
    newer = editor.ask_at(at(drawn), "pop-up")
    assert await answer(ghost) is None
    assert await answer(menu) is None
    newer.cancel()


async def test_one_asker_that_leaves_does_not_end_it_for_the_other(
    impatient: Editor,
) -> None:
    here = at("‸")
    ghost = impatient.ask_at(here, "ghost text")
    menu = impatient.ask_at(here, "pop-up")
    await impatient.stream(1)
    await turns_of_the_loop()
    await cancelled(ghost)
    await turns_of_the_loop()
    await impatient.says(1, "a;")
    assert await answer(menu) == ("a", "")


async def test_it_ends_when_both_have_left(impatient: Editor) -> None:
    here = at("‸")
    ghost = impatient.ask_at(here, "ghost text")
    menu = impatient.ask_at(here, "pop-up")
    await impatient.stream(1)
    await turns_of_the_loop()
    await cancelled(ghost)
    await cancelled(menu)
    await happens(impatient.streams[0].closed)


async def test_one_asker_that_wants_it_anew_takes_the_other_along(
    editor: Editor,
) -> None:
    here = at("‸")
    ghost = editor.ask_at(here, "ghost text")
    await editor.stream(1)
    await turns_of_the_loop()
    editor.latest.end(A)
    menu = editor.ask_at(here, "pop-up")
    await editor.says(2, "a;")
    assert await answer(ghost) == await answer(menu) == ("a", "")
    assert len(editor.streams) == 2


# Patience


async def test_what_takes_too_long_is_for_the_next_request(impatient: Editor) -> None:
    early = impatient.ask_at(at("‸"), patience_ms=0.0)
    assert await answer(early) is None
    await impatient.says(1, "ab")
    await turns_of_the_loop()
    assert not impatient.streams[0].closed.is_set()
    later = impatient.ask("a‸")
    await impatient.says(1, "c;")
    assert await answer(later) == ("abc", "a")
    assert len(impatient.streams) == 1


async def test_what_ended_meanwhile_is_there_for_the_next_request(
    impatient: Editor,
) -> None:
    assert await answer(impatient.ask_at(at("‸"), patience_ms=0.0)) is None
    await impatient.says(1, "ab;")
    await happens(impatient.streams[0].closed)
    assert await answer(impatient.ask_at(at("a‸"), patience_ms=60_000.0)) == ("ab", "a")


async def test_what_nobody_waits_for_ends_where_the_next_request_disagrees(
    impatient: Editor,
) -> None:
    assert await answer(impatient.ask_at(at("‸"), patience_ms=0.0)) is None
    await impatient.says(1, "ab")
    later = impatient.ask("x‸")
    await happens(impatient.streams[0].closed)
    await impatient.says(2, "y;")
    assert await answer(later) == ("y", "")


async def test_a_fault_that_nobody_waits_for_is_logged(
    impatient: Editor, caplog: pytest.LogCaptureFixture
) -> None:
    assert await answer(impatient.ask_at(at("‸"), patience_ms=0.0)) is None
    (await impatient.stream(1)).fail(ZeroDivisionError())
    await happens(impatient.streams[0].closed)
    await turns_of_the_loop()
    assert "a generation that nobody waits for failed: ZeroDivisionError" in caplog.text
