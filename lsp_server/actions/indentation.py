"""An answer's lines, indented as the place is that they go to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lsp_server.actions.alignment import pieces
from lsp_server.ghost.lexical import Kind, signs_of
from retrieval.source import Document, without_end

_TAB_COLUMNS = 4
_DEFAULT_STEP = 4
_OPENS = (":", "{", "(", "[", "then", "do", "=>")

_Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Style:
    """Whether a document is indented by tabs, and how many columns a level has."""

    tabs: bool
    step: int

    def depth(self, line: str) -> int:
        """Return how far a line is indented; a tab is one level."""
        white = line[: len(line) - len(line.lstrip(" \t"))]
        return len(white.expandtabs(self.step))

    def white(self, depth: int) -> str:
        if not self.tabs:
            return " " * depth
        return "\t" * (depth // self.step) + " " * (depth % self.step)


def style_of(document: Document, indent: str = "") -> Style:
    """Return what most lines have, or what ``indent``, which stands at the place, has."""
    lines = document.lines
    tabs = sum(line.startswith("\t") for line in lines)
    spaces = sum(line.startswith("  ") for line in lines)
    if "\t" in indent or (tabs > spaces and not indent):
        return Style(tabs=True, step=_TAB_COLUMNS)
    return Style(tabs=False, step=_step(lines) or _DEFAULT_STEP)


def indented(
    document: Document, replaced: Sequence[str], lines: Sequence[str], indent: str
) -> list[str]:
    """Return ``lines``, without line ends, moved to where their text belongs.

    ``replaced`` are the lines whose place they take (none, where they are inserted): where
    a line stays, it tells how far the answer was moved, and stands as it stood. Else the
    first line is put at ``indent``. Lines move together, so what is relative stays; tabs and
    spaces become those of the document. Text of strings over several lines is let alone,
    but for docstrings, which move with their first line.
    """
    old = [without_end(line) for line in replaced]
    style = style_of(document, indent)
    moves = _strings(document, lines)
    same = [
        (piece.start + at, piece.new_start + at)
        for piece in pieces(
            [one.strip() for one in old], [one.strip() for one in lines]
        )
        if piece.same
        for at in range(piece.end - piece.start)
    ]
    answer = _Answer(
        lines=lines,
        code=[at for at, line in enumerate(lines) if line.strip() and at not in moves],
        style=style,
        indent=style.depth(indent),
    )
    depths = _depths(answer, old, same)
    found: list[str] = []
    for at, line in enumerate(lines):
        bare = line.strip()
        opener = moves.get(at, at)
        if opener is None:
            found.append(line)
        elif opener != at:
            own = style.depth(line) - style.depth(lines[opener]) + depths[opener]
            found.append(style.white(max(own, 0)) + bare if bare else "")
        else:
            found.append(style.white(depths[at]) + bare if bare else "")
    for before, after in same:
        kept = old[before]
        if moves.get(after, after) is None or (
            style.depth(kept) == style.depth(found[after]) or not kept.strip()
        ):
            found[after] = kept
    return found


def _strings(document: Document, lines: Sequence[str]) -> Mapping[int, int | None]:
    """Return the rows that begin within a string: of docstrings, with which row they move."""
    seen = signs_of(document.uri, document.language).see("\n".join(lines))
    found: dict[int, int | None] = {}
    row, at = 0, 0
    for start, end, kind in seen.quiet:
        if kind is not Kind.STRING:
            continue
        while row + 1 < len(lines) and at + len(lines[row]) < start:
            at += len(lines[row]) + 1
            row += 1
        inner, stop = row, at + len(lines[row])
        docstring = not lines[row][: max(start - at, 0)].strip()
        while stop < end - 1 and inner + 1 < len(lines):
            inner += 1
            stop += len(lines[inner]) + 1
            found[inner] = row if docstring else None
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """``code`` are the rows that are neither blank nor text of a string."""

    lines: Sequence[str]
    code: Sequence[int]
    style: Style
    indent: int

    def depths(self, step: int) -> list[int]:
        """Return how deep the lines are, were ``step`` of their columns a level."""
        style = self.style
        return [style.depth(line) * style.step // step for line in self.lines]


def _depths(answer: _Answer, old: Sequence[str], same: _Pairs) -> list[int]:
    """Return how deep each line is to stand, by what the lines that stay tell."""
    code, style = answer.code, answer.style
    if not code:
        return [0] * len(answer.lines)
    pairs = [pair for pair in same if old[pair[0]].strip() and pair[1] in code]
    own_step = _step([answer.lines[at] for at in code]) or style.step
    most, shift, own = -1, 0, [0]
    for step in dict.fromkeys((style.step, own_step)):
        if step != style.step and any(
            style.depth(answer.lines[at]) % step for at in code
        ):
            continue
        depths = answer.depths(step)
        votes = Counter(style.depth(old[i]) - depths[j] for i, j in pairs)
        agree = max(votes.values(), default=0)
        scaled = not pairs and step != style.step
        if agree > most or scaled:
            most, own, shift = agree, depths, _shift(answer, depths, votes)
    moved = [max(depth + shift, 0) for depth in own]
    first = code[0]
    if own[first] == 0:
        moved[first] = max(moved[first], answer.indent)
    return moved


def _shift(answer: _Answer, own: Sequence[int], votes: Counter[int]) -> int:
    """Return how far all lines move: as most do that stay, else as the first one does.

    Models like to leave out the indentation of the first line alone: where as many say that
    nothing moves, nothing does.
    """
    first = answer.code[0]
    shift = answer.indent - own[first]
    if votes:
        most = max(votes.values())
        order: list[int] = [0, shift] if own[first] == 0 else [shift]
        return next(one for one in [*order, *votes] if votes[one] == most)
    if len(answer.code) > 1 and own[first] == 0:
        opens = answer.lines[first].rstrip().endswith(_OPENS)
        step = answer.style.step if opens else 0
        if own[answer.code[1]] == answer.indent + step:
            return 0
    return shift


def _step(lines: Sequence[str]) -> int:
    """Return by how many spaces most blocks are deeper than what opens them, 0 for none."""
    steps = Counter[int]()
    above = ""
    for line in lines:
        if not line.strip():
            continue
        if above.rstrip().endswith(_OPENS) and "\t" not in line[:1]:
            deeper = _spaces(line) - _spaces(above)
            if deeper > 0:
                steps[deeper] += 1
        above = line
    most = max(steps.values(), default=0)
    return min((step for step in steps if steps[step] == most), default=0)


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
