"""A file is typed in real time against a server, and what happens is written down."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bench.client import ServerFailed
from bench.connection import Connection
from bench.typing.editor import Answered, Client, Editor
from bench.typing.journal import Seen
from bench.typing.keys import Key, Press
from bench.typing.sources import Hole, Source
from bench.typing.suggestion import Suggestion, first_line
from bench.typing.trace import Stroke, Told
from bench.typing.typist import Habits, Typist, written_without_help

_LAST_REQUESTS = "codellama.lastRequests"
_LAST_ANSWER_MS = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is typed: ``holes`` of ``source``, which is truth number ``file``."""

    file: int
    source: Source
    holes: tuple[Hole, ...]
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How it is typed. ``speed`` 2 is a person who is twice as fast."""

    seed: int = 0
    speed: float = 1.0
    client: Client = Client.VSCODE
    habits: Habits = field(default_factory=Habits)


class Replay:
    """Types tasks over one connection; ``strokes`` and ``seen`` grow.

    ``ours``: the server has our commands. ``moves``: it is told of jumps.
    """

    def __init__(
        self,
        connection: Connection,
        manner: Manner,
        *,
        ours: bool,
        inline: bool,
        moves: bool,
    ) -> None:
        self.strokes: list[Stroke] = []
        self.seen: list[Seen] = []
        self._connection = connection
        self._manner = manner
        self._ours = ours
        self._drains: list[int] = []
        self._inline = inline
        self._moves = moves

    def type(self, task: Task) -> None:
        """Type one file; raises ServerFailed where the document is not the file then."""
        manner = self._manner
        typist = Typist(task.source, task.holes, manner.seed, manner.habits)
        editor = Editor(
            self._connection,
            task.uri,
            manner.client,
            inline=self._inline,
            moves=self._moves,
            tell=self._answered,
        )
        editor.open(task.source.language, typist.text)
        key_ns = time.monotonic_ns()
        while (press := typist.next_key()) is not None:
            editor.until(key_ns + int(press.wait_ms * 1e6 / manner.speed))
            press = self._chosen(editor, typist, press)
            if press.key is Key.JUMP:
                self._ask_what_was_done()
            stroke = self._look(editor, typist, task, press)
            typist.press(press)
            key_ns = time.monotonic_ns()
            self.strokes.append(
                replace(
                    stroke,
                    at_ns=key_ns,
                    expects=bool(typist.unfinished),
                )
            )
            editor.press(len(self.strokes) - 1, press)
        editor.until(time.monotonic_ns() + _LAST_ANSWER_MS * 1_000_000)
        editor.shown()
        editor.close()
        self._ask_what_was_done()
        if typist.text != task.source.text or editor.text != task.source.text:
            raise ServerFailed(f"{task.source.name} was not written as it should be.")

    def visits(self) -> tuple[tuple[Told, ...], ...]:
        """Return what the server says it did, from jump to jump; () where it says nothing."""
        answers = [self._connection.wait(msg_id) for msg_id in self._drains]
        return tuple(tuple(_told(answer.result)) for answer in answers if answer.result)

    def _ask_what_was_done(self) -> None:
        """Ask now and read later: the server empties its list when it is asked."""
        if self._ours:
            arguments = {"command": _LAST_REQUESTS, "arguments": []}
            self._drains.append(
                self._connection.ask("workspace/executeCommand", arguments)
            )

    def _chosen(self, editor: Editor, typist: Typist, press: Press) -> Press:
        """Return the key that accepts what is there, if it is liked and stays, or ``press``."""
        if press.key is Key.JUMP:
            return press
        now_ns = time.monotonic_ns()
        seen = editor.shown()
        accepting = typist.acceptance(seen, now_ns) if seen is not None else None
        if seen is None or accepting is None:
            return press
        editor.until(now_ns + int(accepting.wait_ms * 1e6 / self._manner.speed))
        still = editor.shown()
        same = still is not None and _same(still, seen)
        return accepting if same else press

    def _look(self, editor: Editor, typist: Typist, task: Task, press: Press) -> Stroke:
        shown = editor.shown()
        agreed = typist.agreed(shown) if shown is not None else 0
        text = shown.text if shown is not None else ""
        if text:
            place = typist.place
            self.seen.append(
                Seen(at_ns=time.monotonic_ns(), file=task.file, place=place, text=text)
            )
        return Stroke(
            key=press.key,
            at_ns=0,
            file=task.file,
            due=press.key is not Key.JUMP and bool(typist.unfinished),
            shown=text,
            right=0 < agreed >= len(first_line(text)),
            wholly=0 < agreed == len(text),
            expects=False,
            answer_ms=None,
            empty=False,
        )

    def _answered(self, answered: Answered) -> None:
        stroke = self.strokes[answered.number]
        shown = answered.shown
        milliseconds = (answered.at_ns - stroke.at_ns) / 1e6
        self.strokes[answered.number] = replace(
            stroke,
            answer_ms=milliseconds if shown is not None else None,
            empty=shown is None,
        )


def keys_without_help(tasks: Sequence[Task], manner: Manner) -> int:
    """Return how many keys the tasks take somebody who is shown nothing."""
    return sum(
        sum(
            1
            for _ in written_without_help(
                Typist(task.source, task.holes, manner.seed, manner.habits)
            )
        )
        for task in tasks
    )


def _told(found: Sequence[dict[str, Any]]) -> Iterator[Told]:
    for one in found:
        yield Told(
            number=one["id"],
            source=one["source"],
            layout=one["layout"],
            prompt_tokens=one["prompt_tokens"],
            cached_tokens=one["cached_tokens"],
            generated_tokens=one["generated_tokens"],
            milliseconds=one["milliseconds"],
        )


def _same(first: Suggestion, second: Suggestion) -> bool:
    return (first.text, first.replaces) == (second.text, second.replaces)
