"""Somebody who writes a file: each key, its pause, its slips, in an editor that closes brackets.

What they do at a place is drawn from the seed and the place, not from what came before: the
same person meets every server. Only whether a suggestion is there to be accepted differs.
In the end the document is the file, exactly.
"""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.typing.keys import (
    Key,
    Press,
    common,
    indentation_unit,
    neighbour,
    wordy,
)
from bench.typing.pace import Pace, interval_ms
from bench.typing.sources import Hole, Source, without
from bench.typing.suggestion import Suggestion, first_line, first_word

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_QUOTES = "\"'`"
_OPENS_BLOCK = tuple("([{:")

_MOST_UNNOTICED = 2
"""Right characters typed after a wrong one, before it is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What somebody does, as shares of the chances to.

    ``slips``: of letters. ``accepts``: of words at whose beginning a right suggestion
    stands; then ``by_line`` and ``by_word`` of them in part.

    Dhakal et al. (see pace) count 6 % of keys as corrections of errors, about what
    ``slips`` come to with what is typed before they are noticed.
    """

    slips: float = 0.015
    accepts: float = 0.12
    by_line: float = 0.25
    by_word: float = 0.2
    shortest: int = 4  # characters: less is typed faster than read


@dataclass(slots=True)
class _Closer:
    """What the editor put after the cursor: blanks and a sign, the truth's at ``at``.

    ``at`` is None where nobody wants it.
    """

    text: str
    at: int | None


class Typist:
    """Writes what is missing of a file; ``text`` and ``cursor`` are the document's."""

    def __init__(
        self, source: Source, missing: Sequence[Hole], seed: int, habits: Habits
    ) -> None:
        self.text = without(source.text, missing)
        self.cursor = 0
        self._truth = source.text
        self._name = f"{seed} {source.name}"
        self._habits = habits
        self._unwritten = deque(missing)
        self._written: list[Hole] = []
        self._unit = indentation_unit(source.text)
        self._at = 0  # in the truth: the next character to write
        self._end = 0
        self._loose: str | None = None  # blanks of the editor's on a new line
        self._closers: list[_Closer] = []  # the last is next to the cursor
        self._slip: deque[Press] = deque()
        self._slipped: set[int] = set()
        self._pressed = 0

    @property
    def place(self) -> int | None:
        """The offset in the truth of what comes next; None while something is wrong."""
        return None if self._slip or self._loose else self._at

    @property
    def unfinished(self) -> str:
        """What the cursor's line still misses, "" also while something in it is wrong."""
        if self.place is None:
            return ""
        stop = self._truth.find("\n", self._at, self._end)
        last = self._end if stop < 0 else stop
        for closer in self._closers:
            if closer.at is not None and len(closer.text) == 1:
                last = min(last, closer.at)
        return self._truth[self._at : last].strip()

    def agreed(self, seen: Suggestion) -> int:
        """Return how many of its characters are what comes next, as a document would have it.

        A suggestion that repeats a closing sign which stays is right up to that sign only;
        one that replaces what is to stay is wrong.
        """
        if self.place is None:
            return 0
        right = common(seen.text, self._truth[self._at : self._end])
        kept = 0
        for closer in reversed(self._closers):
            if closer.at is None:
                return 0
            if seen.replaces >= kept + len(closer.text):
                kept += len(closer.text)
                if self._at + len(seen.text) <= closer.at:
                    return 0
            else:
                return min(right, closer.at - self._at) if seen.replaces == kept else 0
        return right if seen.replaces == kept else 0

    def next_key(self) -> Press | None:
        """Return what is pressed next if nothing is accepted; None at the end."""
        if self._slip:
            return self._slip[0]
        over = self._over()
        if over is None and self._at == self._end:
            return self._trim() if self._loose else self._jump()
        return over or self._blanks() or self._type()

    def acceptance(self, seen: Suggestion, now_ns: int) -> Press | None:
        """Return the key that accepts all or part of what is seen, None to type on.

        People look up at the beginning of a word, and want to have seen it for a moment.
        """
        right = self.agreed(seen)
        draw = self._draw("look")
        before = self._truth[self._at - 1 : self._at]
        inside = wordy(before) and wordy(seen.text[:1])
        if (
            inside
            or right < self._habits.shortest
            or draw.random() >= self._habits.accepts
        ):
            return None
        how = draw.random()
        wait_ms = interval_ms(Pace.REACTION, draw) - (now_ns - seen.since_ns) / 1e6
        free = self._free()
        key, part = Key.WHOLE, seen.text
        if how < self._habits.by_line + self._habits.by_word or right < len(part):
            key, part = Key.LINE, first_line(seen.text)
        if how < self._habits.by_word or right < len(part):
            key, part = Key.WORD, first_word(seen.text)
        if part == seen.text:
            key = Key.WHOLE
        if right < len(part) or (key is not Key.WHOLE and len(part) > free):
            return None
        return Press(
            key=key,
            wait_ms=max(wait_ms, 0.0),
            start=self.cursor,
            end=self.cursor + (seen.replaces if key is Key.WHOLE else 0),
            new=part,
            cursor=self.cursor + len(part),
        )

    def press(self, press: Press) -> None:
        """Do it: the document is what an editor would have then."""
        self._pressed += 1
        self.text = self.text[: press.start] + press.new + self.text[press.end :]
        self.cursor = press.cursor
        if self._slip:
            self._slip.popleft()
            return
        match press.key:
            case Key.JUMP:
                self._begin()
            case Key.PAST | Key.OVER:
                self._at += len(self._closers.pop().text)
            case Key.DELETE:
                self._deleted()
            case Key.WHOLE | Key.LINE | Key.WORD:
                self._at += len(press.new)
                while self._closers and (self._closers[-1].at or 0) < self._at:
                    self._closers.pop()
            case Key.TYPED if press.typed == self._truth[self._at]:
                self._typed(press)
            case Key.TYPED:
                self._slip_on(press)
            case _:
                self._new_line(press)
        self._settle()

    # Moving about

    def _jump(self) -> Press | None:
        if not self._unwritten:
            return None
        hole = self._unwritten[0]
        cursor = hole.start - sum(
            other.end - other.start
            for other in self._unwritten
            if other.start < hole.start
        )
        return self._press(Key.JUMP, Pace.JUMP, cursor, cursor, "", cursor)

    def _begin(self) -> None:
        hole = self._unwritten.popleft()
        self._at, self._end = hole.start, hole.end

    # What the editor put there

    def _over(self) -> Press | None:
        """Return the key that deals with the next closing sign, if it is due."""
        if not self._closers or (self._loose is not None and self._closers[-1].at):
            return None
        closer, cursor = self._closers[-1], self.cursor
        blanks = closer.text[:-1]
        if closer.at is None:
            end = cursor + len(closer.text)
            return self._press(Key.DELETE, Pace.NOTICED, cursor, end, "", cursor)
        if blanks and self._truth[self._at : closer.at] == blanks:
            after = cursor + len(closer.text)
            return self._press(Key.PAST, Pace.SIGN, cursor, cursor, "", after)
        if closer.at == self._at and blanks:
            end = cursor + len(blanks)
            return self._press(Key.DELETE, Pace.SIGN, cursor, end, "", cursor)
        if closer.at == self._at:
            sign = closer.text
            after = cursor + 1
            return self._press(Key.OVER, Pace.SIGN, cursor, after, sign, after)
        return None

    def _deleted(self) -> None:
        closer = self._closers[-1]
        if closer.at is None:
            self._closers.pop()
        else:
            closer.text = closer.text[-1]

    # Lines and their indentation

    def _blanks(self) -> Press | None:
        """Return the key that makes the editor's indentation the file's, or Enter."""
        if self._truth[self._at] == "\n":
            return self._enter()
        if not self._loose:
            return None if self._loose is None else self._tab(self._wanted())
        wanted = self._wanted()
        if wanted.startswith(self._loose):
            return self._tab(wanted)
        kept = max(len(self._loose) - len(self._unit), common(self._loose, wanted))
        start = self.cursor - (len(self._loose) - kept)
        return self._press(Key.BACKSPACE, Pace.AGAIN, start, self.cursor, "", start)

    def _trim(self) -> Press:
        """Return the key that removes the editor's blanks at the end of the file."""
        start = self.cursor - len(self._loose or "")
        return self._press(Key.BACKSPACE, Pace.AGAIN, start, self.cursor, "", start)

    def _tab(self, wanted: str) -> Press:
        loose = self._loose or ""
        new = wanted[len(loose) : len(loose) + len(self._unit)]
        after = self.cursor + len(new)
        return self._press(Key.TAB, Pace.AGAIN, self.cursor, self.cursor, new, after)

    def _enter(self) -> Press:
        """Return Enter; blanks on a line with nothing else go, as in VS Code."""
        start = self.cursor - len(self._loose or "")
        line = self.text[: self.cursor].rpartition("\n")[2]
        indent = line[: len(line) - len(line.lstrip())]
        new, closing = "\n" + indent, ""
        if line.rstrip().endswith(_OPENS_BLOCK):
            new += self._unit
        if self._between():
            closing = "\n" + indent
        after = start + len(new)
        return self._press(
            Key.ENTER, Pace.ENTER, start, self.cursor, new + closing, after, closing
        )

    def _between(self) -> bool:
        """Whether the cursor is between a bracket and what closes it."""
        closer = self._closers[-1].text if self._closers else ""
        return _CLOSERS.get(self.text[self.cursor - 1 : self.cursor]) == closer != ""

    def _new_line(self, press: Press) -> None:
        if press.key is Key.ENTER:
            self._at += 1
            self._loose = press.typed[1:]
            if press.closing:
                self._closers[-1].text = press.closing + self._closers[-1].text
        elif press.key is Key.TAB:
            self._loose = (self._loose or "") + press.new
        else:
            removed = press.end - press.start
            self._loose = (self._loose or "")[:-removed]

    def _wanted(self) -> str:
        end = self._at
        while end < self._end and self._truth[end] in " \t":
            end += 1
        return self._truth[self._at : end]

    def _settle(self) -> None:
        """Take the editor's indentation where it is the file's."""
        if self._loose is not None and self._loose == self._wanted():
            self._at += len(self._loose)
            self._loose = None

    # Characters

    def _type(self) -> Press:
        character = self._truth[self._at]
        if character.isalpha() and self._at not in self._slipped:
            draw = self._draw("slip")
            if draw.random() < self._habits.slips:
                return self._type_one(neighbour(character, draw), Pace.INSIDE)
        closing = self._closing(character)
        before = self._truth[self._at - 1 : self._at]
        pace = Pace.SIGN
        if before == "\n" or not self._line_so_far().strip():
            pace = Pace.LINE
        elif wordy(character):
            pace = Pace.INSIDE if wordy(before) else Pace.WORD
        return self._type_one(character, pace, closing)

    def _line_so_far(self) -> str:
        return self._truth[: self._at].rpartition("\n")[2]

    def _type_one(self, character: str, pace: Pace, closing: str = "") -> Press:
        at = self.cursor
        return self._press(
            Key.TYPED, pace, at, at, character + closing, at + 1, closing
        )

    def _typed(self, press: Press) -> None:
        if press.closing:
            at = self._closed_at(self._truth[self._at], press.closing)
            self._closers.append(_Closer(press.closing, at))
        self._at += 1

    def _closing(self, character: str) -> str:
        """Return what the editor adds: languages differ in little, this is what they share."""
        if character in _CLOSERS:
            return _CLOSERS[character]
        before = self._truth[self._at - 1 : self._at]
        if character not in _QUOTES or wordy(before) or before == character:
            return ""
        return character if self._closed_at(character, character) is not None else ""

    def _closed_at(self, opener: str, closer: str) -> int | None:
        """Return where the file closes what opens at the cursor, inside what is open."""
        last = self._end
        if self._closers:
            last = self._closers[-1].at or 0
        depth = 0
        for at in range(self._at + 1, last):
            character = self._truth[at]
            if character == closer and not depth:
                return at
            if opener == closer:
                if character == "\n":
                    return None
            elif character == opener:
                depth += 1
            elif character == closer:
                depth -= 1
        return None

    def _slip_on(self, press: Press) -> None:
        """Type on for a moment, then take all of it back."""
        self._slipped.add(self._at)
        draw = self._draw("unnoticed")
        count, right = draw.randint(0, _MOST_UNNOTICED), self._truth[self._at + 1 :]
        at = press.cursor
        for character in right[:count]:
            if not wordy(character):
                break
            self._slip.append(
                Press(
                    key=Key.TYPED,
                    wait_ms=interval_ms(Pace.INSIDE, draw),
                    start=at,
                    end=at,
                    new=character,
                    cursor=at + 1,
                )
            )
            at += 1
        pace = Pace.NOTICED
        while at > press.start:
            at -= 1
            self._slip.append(
                Press(
                    key=Key.BACKSPACE,
                    wait_ms=interval_ms(pace, draw),
                    start=at,
                    end=at + 1,
                    new="",
                    cursor=at,
                )
            )
            pace = Pace.AGAIN

    # Draws

    def _press(  # noqa: PLR0917 - in the order in which they happen
        self,
        key: Key,
        pace: Pace,
        start: int,
        end: int,
        new: str,
        cursor: int,
        closing: str = "",
    ) -> Press:
        return Press(
            key=key,
            wait_ms=interval_ms(pace, self._draw(f"{key} {self._loose}")),
            start=start,
            end=end,
            new=new,
            cursor=cursor,
            closing=closing,
        )

    def _draw(self, what: str) -> random.Random:
        return random.Random(f"{self._name} {what} {self._at}")

    def _free(self) -> int:
        """Return how many characters come before the next closing sign."""
        closer = self._closers[-1] if self._closers else None
        return len(self._truth) if closer is None else (closer.at or 0) - self._at


def written_without_help(typist: Typist) -> Iterator[Press]:
    """Write all, accepting nothing."""
    while (press := typist.next_key()) is not None:
        typist.press(press)
        yield press
