"""All that is known of one suggestion, as values."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Where a part of the prompt comes from: what it is coloured by."""

    BEFORE = "before"
    AFTER = "after"
    DEFINITION = "definition"
    SIMILAR = "similar"
    EDIT = "edit"
    FILE = "file"
    OTHER = "other"
    MARKS = "marks"


CALLED = {
    Kind.BEFORE: "this file, before the cursor",
    Kind.AFTER: "this file, after the cursor",
    Kind.DEFINITION: "definition",
    Kind.SIMILAR: "similar code",
    Kind.EDIT: "recent edit",
    Kind.FILE: "whole file",
    Kind.OTHER: "other code",
    Kind.MARKS: "marks of the model",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the prompt: its text as the model sees it, and its tokens.

    ``path`` and ``why`` are a snippet's, ``also`` are the kinds of its other parts.
    ``lines`` are the first and last line of the file that it is of, 0-based. So many
    characters of the ``text`` were ``cached``; None: not known.
    """

    kind: Kind
    text: str
    tokens: int
    path: str = ""
    why: str = ""
    also: tuple[Kind, ...] = ()
    lines: tuple[int, int] | None = None
    cached: int | None = None

    @property
    def name(self) -> str:
        return self.path or CALLED[self.kind]

    @property
    def called(self) -> str:
        """What it is, in words; several where its parts were found in several ways."""
        return " and ".join(CALLED[kind] for kind in (self.kind, *self.also))


@dataclass(frozen=True, slots=True)
class Step:
    """What took how long, and when it began; in milliseconds."""

    name: str
    start: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """Steps that have one beginning."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came back: ``raw`` is what was generated, ``text`` what of it was shown.

    It was shown between ``before`` and ``after``, a few lines of the document. ``source``
    is where it came from, ``finish`` how it ended.
    """

    raw: str
    text: str
    tokens: int
    source: str
    finish: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All that is known of one suggestion.

    ``sections`` are the prompt's, in its order, and have all its tokens. ``line`` and
    ``column`` are 0-based. ``begin`` is the text that the answer was made to begin with.
    """

    path: str
    line: int
    column: int
    model: str
    layout: str
    why: str
    sections: tuple[Section, ...]
    cached_tokens: int | None
    begin: str
    timelines: tuple[Timeline, ...]
    answer: Answered

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line + 1}:{self.column + 1}"

    @property
    def prompt_tokens(self) -> int:
        return sum(section.tokens for section in self.sections)

    @property
    def cached_shares(self) -> tuple[int | None, ...]:
        """How many tokens of each section were cached: a prompt is from its beginning."""
        if self.cached_tokens is None:
            return (None,) * len(self.sections)
        left = self.cached_tokens
        shares = []
        for section in self.sections:
            shares.append(min(left, section.tokens))
            left -= shares[-1]
        return tuple(shares)


SOURCES = {
    "engine": "by the engine, for this request",
    "running": "by the engine, by a generation that ran already for an earlier request",
    "memory": "from memory: what was typed agrees with an earlier answer",
    "ahead": "from what was generated ahead, while nobody waited",
}


FINISHES = {
    "stop": "the model ended it",
    "length": "it was cut at its longest",
    "decided": "it was ended as soon as the suggestion was decided",
}


def tokens(number: int) -> str:
    """Return so many tokens in words."""
    return "1 token" if number == 1 else f"{number:,} tokens"


def covered(share: int | None, of: int) -> str:
    """Say how much of ``of`` tokens the cache covered."""
    if share is None:
        return "not known"
    if share == of:
        return "all"
    return f"the first {share:,}" if share else "none"


def lines(section: Section) -> str:
    """Return which lines of its file a section is of, counted from 1; "" if not known."""
    if section.lines is None:
        return ""
    first, last = section.lines
    return f"line {first + 1}" if first == last else f"lines {first + 1} to {last + 1}"
