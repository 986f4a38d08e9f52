"""An engine that knows the true text: what the scripted engine says where it has truths.

For benches. It looks where in a true text the prompt's cursor stands and goes on with that
text, past line ends, until what already stands after the cursor comes, as models trained
to infill do, or past it (``runs_on``), as they do at times: to stop in time is the
server's business then. Some of it can be made wrong, the same for the same seed.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lsp_server.engine.base import GenerationRequest

_MOST_LINES = 40
"""After these the model has said enough, and ends by itself."""

_TAIL_TOKENS = 768
"""Decoded first: in PSM it shows what stands at the cursor, most of the time."""

_CONTEXT_CHARS = 4_000
"""As far back as a place is compared: lines that occur twice are told apart by it."""

_MARKS = (
    ("▁<SUF>", "▁<MID>"),
    ("<|fim_suffix|>", "<|fim_middle|>"),
    ("<fim_suffix>", "<fim_middle>"),
    ("<｜fim▁hole｜>", "<｜fim▁end｜>"),  # noqa: RUF001 - DeepSeek's own bars
)
"""What stands before the suffix, and what the prompt's middle begins with, by family."""

_SOON = 16

_LINE_BEGIN = re.compile(r"^[^\S\n]*(?=\S|\n|\Z)", re.MULTILINE)

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """An answer: ``text``, and the ``place`` in truth number ``truth`` where it goes on.

    Both are None where the prompt is at no place of a truth. ``right`` of the text's
    characters are true. ``length``: the text was cut because the request's tokens ended.
    """

    text: str
    truth: int | None = None
    place: int | None = None
    right: int = 0
    length: bool = False


def before_and_after(
    request: GenerationRequest, decode: Callable[[Sequence[int]], str]
) -> tuple[str, str]:
    """Return what stands before and after the cursor, as far as it matters here.

    ``decode`` names special pieces. A prompt that ends with the middle's piece is PSM, one
    in which text follows it SPM; one without any is a prefix.
    """
    ids = request.prompt_ids
    for tail in (ids[-_TAIL_TOKENS:], ids):
        text = decode(tail)
        for suffix_mark, middle_mark in _MARKS:
            if text.endswith(middle_mark):
                before, mark, after = text.rpartition(suffix_mark)
                if mark:
                    after = after.removesuffix(middle_mark)
                    return before + request.begin, after
                break
            head, mark, before = text.rpartition(middle_mark)
            if mark and suffix_mark not in head and len(tail) < len(ids):
                break  # the suffix begins before the tail
            if mark:
                return before + request.begin, head.rpartition(suffix_mark)[2]
        else:
            if len(tail) == len(ids):
                return text + request.begin, ""
    return request.begin, ""


def place_of(before: str, after: str, truth: str) -> int | None:
    """Return the offset in ``truth`` where a cursor stands that has ``before`` behind it.

    The whole line up to the cursor must agree (white space at its beginning need not), and
    of several such places the one counts that agrees farthest back, then the one after which
    ``after`` comes soonest. None for a text that the truth does not have: a typing error.
    """
    earlier, newline, line = before[-_CONTEXT_CHARS:].rpartition("\n")
    earlier += newline
    least = len(earlier) - (earlier.rstrip().rfind("\n") + 1)
    found: list[tuple[int, int]] = []
    for at in _places(line.lstrip(), truth, within=not newline):
        start = _line_start(truth, at)
        agreed = _common_end(earlier, truth, start)
        if agreed >= min(least, start):
            found.append((agreed, at))
    if not found:
        return None
    most = max(agreed for agreed, _ in found)
    following = _first_line(after)

    def until(at: int) -> int:
        return truth.find(following, at) % (len(truth) + 1) - at

    return min((at for agreed, at in found if agreed == most), key=until)


def saying(
    before: str,
    after: str,
    truths: Sequence[str],
    *,
    accuracy: float,
    seed: int,
    most_chars: int,
    runs_on: bool = False,
) -> Saying:
    """Return what is said at a cursor, at most ``most_chars`` characters.

    ``accuracy`` is the share of lines that the model knows. In each other line it errs at
    one word, always the same, when the word is still to come: what follows is text from
    elsewhere in the truth. Where there is no place, it says a word or two of nonsense.
    """
    indent = _indentation(before)
    compared = before[-_CONTEXT_CHARS:]
    places = [
        (_common_end(compared, truth, at), -index, at)
        for index, truth in enumerate(truths)
        if (at := place_of(before, after, truth)) is not None
    ]
    if not places:
        return Saying(text=_nonsense(before, truths, seed)[:most_chars])
    _, best, at = max(places)
    truth = truths[-best]
    if not before.rpartition("\n")[2].strip():
        wanted = _indentation_at(truth, at)
        if not wanted.startswith(indent):
            return Saying(text=_nonsense(before, truths, seed)[:most_chars])
        at -= len(wanted) - len(indent)
    end = _end_of(truth, at)
    if not runs_on:
        end = min(end, _begin_of(after, truth, at))
    mistake = _mistake(truth, at, end, accuracy, seed)
    text = truth[at:end]
    right = len(text)
    if mistake is not None:
        right = mistake - at
        text = truth[at:mistake] + _elsewhere(truth, mistake, seed)[: end - mistake]
    return Saying(
        text=text[:most_chars],
        truth=-best,
        place=at,
        right=min(right, most_chars),
        length=len(text) > most_chars,
    )


def _places(typed: str, truth: str, *, within: bool) -> Iterator[int]:
    """Yield where ``typed`` is what a line of the truth begins with, indentation apart.

    Where nothing is typed on the line yet, each line's first character that is no space.
    ``within``: the line may have been cut at its left, so any place is one.
    """
    if not typed:
        for found in _LINE_BEGIN.finditer(truth):
            yield found.end()
        return
    at = truth.find(typed)
    while at >= 0:
        if within or not truth[_line_start(truth, at) : at].strip():
            yield at + len(typed)
        at = truth.find(typed, at + 1)


def _common_end(first: str, second: str, end: int) -> int:
    """Return how many of the last characters ``first`` and ``second[:end]`` share."""
    low, high = 0, min(len(first), end)

    def same(count: int) -> bool:
        return first[len(first) - count :] == second[end - count : end]

    if high > _SOON and not same(_SOON):
        high = _SOON  # most places differ in their last line
    while low < high:
        half = (low + high + 1) // 2
        if same(half):
            low = half
        else:
            high = half - 1
    return low


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _first_line(after: str) -> str:
    """Return the first line below the cursor that says something, with its ends."""
    for line in after.split("\n")[1:]:
        if len(line.strip()) > 1:
            return f"\n{line}\n" if f"{line}\n" in after else f"\n{line}"
    return ""


def _indentation(before: str) -> str:
    line = before.rpartition("\n")[2]
    return line[: len(line) - len(line.lstrip())]


def _indentation_at(truth: str, at: int) -> str:
    return truth[_line_start(truth, at) : at]


def _end_of(truth: str, at: int) -> int:
    end = at
    for _ in range(_MOST_LINES):
        end = truth.find("\n", end) + 1
        if not end:
            return len(truth)
    return end - 1


def _begin_of(after: str, truth: str, at: int) -> int:
    """Return where, from ``at`` on, the truth comes to what stands after the cursor."""
    stop = truth.find("\n", at) % (len(truth) + 1)
    beside = after.partition("\n")[0]
    if beside.strip() and truth[at:stop].endswith(beside):
        return stop - len(beside)
    following = _first_line(after)
    if not following:
        return len(truth)
    return truth.find(following, at) % (len(truth) + 1)


def _mistake(truth: str, at: int, end: int, accuracy: float, seed: int) -> int | None:
    """Return the first word from ``at`` on that the model gets wrong."""
    if accuracy >= 1:
        return None
    start = _line_start(truth, at)
    while start < end:
        stop = truth.find("\n", start) % (len(truth) + 1)
        draw = _draw(seed, "line", start)
        if draw.random() >= accuracy:
            words = [found.start() for found in _WORD.finditer(truth, start, stop)]
            word = draw.choice(words) if words else stop
            if at <= word < end:
                return word
        start = stop + 1
    return None


def _elsewhere(truth: str, mistake: int, seed: int) -> str:
    """Return code that might stand at ``mistake``, but does not."""
    draw = _draw(seed, "instead", mistake)
    words = [found.start() for found in _WORD.finditer(truth)]
    wrong = [at for at in words if truth[at : at + 1] != truth[mistake : mistake + 1]]
    at = draw.choice(wrong or words)
    return truth[at : _end_of(truth, at)]


def _nonsense(before: str, truths: Sequence[str], seed: int) -> str:
    """Return what a model says after a typing error: a word or two, and it ends."""
    draw = _draw(seed, "nonsense", before[-40:])
    words = _WORD.findall(draw.choice([*truths])) if truths else []
    return " ".join(draw.choice(words) for _ in range(draw.randint(1, 2)) if words)


def _draw(seed: int, what: str, where: int | str) -> random.Random:
    return random.Random(f"{seed} {what} {where}")  # noqa: S311 - the same for a seed
