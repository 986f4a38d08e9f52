"""The comment that stands directly above a definition, found in the lines themselves.

Trees know comments as well, but asking each definition's siblings is slow, and in broken
code the siblings are lost.
"""

from collections.abc import Mapping, Sequence

_LONGEST = 200
"""Lines of a comment that are looked through, upwards."""


def leading(
    lines: Sequence[bytes], row: int, above: Mapping[int, int], sign: bytes
) -> tuple[int, tuple[int, int]]:
    """Return where the definition at ``row`` begins, and its comment's first and last row.

    ``above`` gives for the last row of a decorator its first. The comment is the lowest
    one, (-1, -1) where there is none; blank lines separate.
    """
    first = row
    comment = (-1, -1)
    while first > 0:
        before = first - 1
        if before in above:
            first = above[before]
            continue
        begin = _comment(lines, before, sign)
        if begin < 0:
            break
        if comment[0] < 0:
            comment = (begin, before)
        first = begin
    return first, comment


def _comment(lines: Sequence[bytes], row: int, sign: bytes) -> int:
    """Return the first row of the comment that ends in ``row``, -1 if none does."""
    line = lines[row].strip()
    stop = max(row - _LONGEST, -1)
    if sign == b"//" and line.endswith(b"*/"):
        for at in range(row, stop, -1):
            text = lines[at].strip()
            if b"/*" in text:
                return at if text.startswith(b"/*") else -1
        return -1
    if not line.startswith(sign) or line.startswith(b"#!"):
        return -1
    at = row
    while at - 1 > stop and lines[at - 1].strip().startswith(sign):
        at -= 1
    return at + 1 if lines[at].startswith(b"#!") else at
