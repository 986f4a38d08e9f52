"""How much of a file goes into a prompt: whole lines, and a left edge that holds still.

The engine caches what stands at the beginning of a prompt, so a left edge that moved with
each keystroke would cost the whole prefix again. Where to cut depends on the document, the
cursor, and the edge that was held before: the same place gives the same prompt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lsp_server.prompt.encoding import Encoder
from retrieval.source import Cursor

_STEPS = 32
"""Of the room for the prefix: what the cursor's own line takes is rounded up to one."""

_CHARS_PER_TOKEN = 4
"""Source code has three to four: of an overlong line, this much is tried first."""

_CHARS_AT_MOST = 8
"""For each token, of lines that are asked for at once: more than they ever have."""

_CHARS_CHEAP = 4_000
"""Encoding them takes a millisecond or two, whatever comes out."""

_HELD_LEAST = 8
"""An edge is held while at least this part of the room, one in so many, stands behind it."""


_Encode = Callable[[Sequence[str]], tuple[int, ...]]
"""One of the encoder's two ways with lines."""


@dataclass(frozen=True, slots=True)
class Cut:
    """``ids`` of the text between the cursor and ``line``, the farthest it touches."""

    ids: tuple[int, ...]
    line: int


def cut_prefix(
    encoder: Encoder,
    cursor: Cursor,
    room: int,
    *,
    begins: bool = True,
    held: int | None = None,
) -> Cut:
    """Take what stands before the cursor, at most ``room`` tokens.

    ``begins`` says that nothing stands before it in its place of the prompt: then it
    carries the implicit leading space of families that have one.

    The left edge is the roundest line number in the first quarter of what would fit: it
    stays while many lines are written, and a quarter of the room is the most it costs.
    If the cursor's own line is too long, it is cut inside.

    ``held`` is where the last prompt began. It stays as long as it is no worse than few
    lines: then a cursor that jumps within the window finds its prefix cached.
    """
    lines, line = cursor.document.lines, cursor.line
    encode = encoder.encode_lines if begins else encoder.encode_infilling_lines
    if cursor.column <= _worth_trying(encoder, room):
        before = lines[line][: cursor.column]
        first = _first_that_fits(encoder, lines, line, before, room)
        if held is not None and first <= held <= line:
            ids = encode([*lines[held:line], before])
            if room // _HELD_LEAST <= len(ids) <= room:
                return Cut(ids, held)
        while first <= line:
            edge = _steadiest(first, first + (line - first) // 4)
            ids = encode([*lines[edge:line], before])
            if len(ids) <= room:
                return Cut(ids, edge)
            first = edge + 1  # the implicit space, or a family that is not line-exact
    return Cut(_last_of(encode, lines[line], cursor.column, room), line)


def cut_suffix(
    encoder: Encoder, cursor: Cursor, room: int, *, frozen: bool = False
) -> Cut:
    """Take what stands after the cursor, at most ``room`` tokens.

    That is the rest of the cursor's line with its end, then whole lines. If the rest of
    the line is too long, it is cut inside. ``frozen`` leaves out the rest of the line, not
    its end: what is then left stays the same while the line is written.
    """
    lines, line = cursor.document.lines, cursor.line
    start = cursor.column + (len(cursor.after) if frozen else 0)
    if len(lines[line]) - start <= _worth_trying(encoder, room):
        taken = [lines[line][start:]]
        left = room - len(encoder.line(taken[0]))
        for index in range(line + 1, len(lines)):
            text = lines[index]
            if len(text) > _worth_trying(encoder, left):
                break
            left -= len(encoder.line(text))
            if left < 0:
                break
            taken.append(text)
        while taken:
            ids = encoder.encode_infilling_lines(taken)
            if len(ids) <= room:
                return Cut(ids, line + len(taken) - 1)
            taken.pop()
    return Cut(_first_of(encoder, lines[line], start, room), line)


def around(cursor: Cursor, prefix_tokens: int, suffix_tokens: int) -> list[str]:
    """Return the lines that the two cuts may want to encode, nearest first.

    For a tokenizer elsewhere: one question about all of them, rather than one for each.
    """
    lines, line = cursor.document.lines, cursor.line
    before, after = cursor.before, lines[line][cursor.column :]
    after_all = after[len(cursor.after) :]
    above = reversed(lines[max(0, line - prefix_tokens) : line])
    below = lines[line + 1 : line + 1 + suffix_tokens]
    return [
        *_as_many_as(prefix_tokens * _CHARS_AT_MOST, [before, *above]),
        *_as_many_as(suffix_tokens * _CHARS_AT_MOST, [after, after_all, *below]),
    ]


def _as_many_as(chars: int, lines: Sequence[str]) -> list[str]:
    """Return the first ``lines``, together at most ``chars`` long."""
    taken: list[str] = []
    for line in lines:
        chars -= len(line)
        if chars < 0:
            break
        taken.append(line)
    return taken


def _first_that_fits(
    encoder: Encoder, lines: Sequence[str], line: int, before: str, room: int
) -> int:
    """Walk back from the cursor's line while whole lines fit beside ``before``.

    ``before`` and the implicit space count in coarse steps: a word that is being typed is
    now three tokens and now one, and the walk must not end elsewhere each time.
    """
    if line:
        step = max(1, room // _STEPS)
        room -= -(-(len(encoder.line(before)) + 1) // step) * step
    while line and len(lines[line - 1]) <= _worth_trying(encoder, room):
        room -= len(encoder.line(lines[line - 1]))
        if room < 0:
            break
        line -= 1
    return line


def _worth_trying(encoder: Encoder, room: int) -> int:
    """Return how many characters to encode at most to see if they are ``room`` tokens.

    Past ``longest_piece`` for each token they can never fit; long before that they hardly
    do, and a minified file would be encoded at each keystroke to learn it.
    """
    likely = max(room * _CHARS_PER_TOKEN, _CHARS_CHEAP)
    return min(room * encoder.longest_piece, likely)


def _last_of(encode: _Encode, line: str, end: int, room: int) -> tuple[int, ...]:
    """Encode as much as fits of ``line[:end]``, which does not fit as a whole.

    The left edge moves in steps here too.
    """
    chars = room * _CHARS_PER_TOKEN
    while chars:
        if chars < end:
            start = end - chars
            ids = encode([line[_steadiest(start, start + chars // 4) : end]])
            if len(ids) <= room:
                return ids
        chars //= 2
    return ()


def _first_of(encoder: Encoder, line: str, start: int, room: int) -> tuple[int, ...]:
    """Encode as much of ``line[start:]`` as fits."""
    chars = room * _CHARS_PER_TOKEN
    while chars:
        ids = encoder.line(line[start : start + chars])
        if len(ids) <= room:
            return ids
        chars = chars * room // len(ids)  # fewer, as len(ids) is more than room
    return ()


def _steadiest(low: int, high: int) -> int:
    """Return the number from ``low`` to ``high`` with the largest power of two in it.

    While both ends grow it never falls, and it stays for long: the power is at least half
    of their distance. It is ``high`` without the bits below the first in which it differs
    from ``low - 1``.
    """
    if low == 0:
        return 0
    shift = ((low - 1) ^ high).bit_length() - 1
    return high >> shift << shift
