"""What helps to work on some lines: what they use, who uses them, and the tests of both.

Whole definitions, unlike what ``gather`` picks for a cursor: somebody has asked, and waits
for an answer that knows all of it.
"""

import posixpath
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

from retrieval.around import holding
from retrieval.collected import Collected
from retrieval.definition import meant
from retrieval.fill import outward
from retrieval.gather import Cost, gather
from retrieval.index import Index
from retrieval.languages import Language
from retrieval.meant import best
from retrieval.members import of_receiver
from retrieval.near import Query
from retrieval.outline import Kind
from retrieval.pieces import Piece, definition_piece, file_piece, use_piece
from retrieval.scene import Scene, Work
from retrieval.source import Snippet, without_end
from retrieval.syntax import Name, name_at
from retrieval.tests_named import is_test, named_after
from retrieval.variables import bound_at

__all__ = ["Work", "related", "relating"]

_WORD = re.compile(r"[^\W\d]\w*")
_NAMES = 80
_LINES = 400
"""Of the lines that are worked on, those whose names are looked up."""

_SURE = 2
"""Definitions that a name alone tells: of more it is not known which is meant."""

_GATHERED_MOST = 4_096
"""Tokens of what is only like the lines: it takes long to choose, and tells less than the
whole files that fill the rest."""

_LEAST_TOKENS = 100
_MISSES = 40
"""Whole files, one after the other, that do not fit: then none will."""


def related(
    index: Index, work: Work, *, budget: int, cost: Cost
) -> tuple[Snippet, ...]:
    """Return snippets worth ``budget`` tokens at most, the best last.

    The definitions that the lines use are the best, then bases, callers, tests; then what
    is like them, and whole files where there is room. No line comes twice, and none of
    those that are worked on.
    """
    steps = relating(index, work, budget=budget, cost=cost)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            found: tuple[Snippet, ...] = stop.value
            return found


def relating(
    index: Index, work: Work, *, budget: int, cost: Cost
) -> Generator[None, None, tuple[Snippet, ...]]:
    """Do as :func:`related`, in steps: what is more urgent may be done in between."""
    taken = Collected(index, budget, cost)
    taken.leave_out(work.path, work.first, work.last)
    scene = Scene(index, work)
    for find, share in _GROUPS.get(work.kind, _USUAL):
        room = int(budget * share)
        for piece in find(scene):
            if piece is not None:
                room -= taken.take(piece, room)
            yield
    if taken.left > _LEAST_TOKENS:
        query = Query(
            cursor=scene.cursor, path=work.path, shown=(work.first, work.last)
        )
        room = min(taken.left, _GATHERED_MOST)
        for one in reversed(gather(index, query, budget=room, cost=cost)):
            taken.take_found(one)
        yield
    misses = 0
    for path, why in _files(scene):
        if budget <= _GATHERED_MOST or taken.left <= _LEAST_TOKENS or misses > _MISSES:
            break
        misses = 0 if taken.take_file(path, why) else misses + 1
        yield
    return taken.best_last()


Find = Callable[[Scene], Iterator[Piece | None]]
"""Yields what is found, the best first; None where a step found nothing."""


def _used(scene: Scene) -> Iterator[Piece | None]:
    """Yield what the names in the lines mean, in their order."""
    language, parsed = scene.language, scene.parsed
    if language is None or parsed is None:
        return
    seen: set[tuple[str, str]] = set()
    for row in range(scene.first, min(scene.last, scene.first + _LINES) + 1):
        line = without_end(scene.work.document.lines[row])
        for word in _WORD.finditer(line):
            if word[0] in language.keywords or len(seen) >= _NAMES:
                continue
            name = name_at(parsed, line, row, word.start(), language)
            if name is None or name.defines or (name.text, name.receiver) in seen:
                continue
            seen.add((name.text, name.receiver))
            yield from _meant(scene, name, row, language)
        yield None


def _meant(
    scene: Scene, name: Name, row: int, language: Language
) -> Iterator[Piece | None]:
    lines = scene.work.document.lines
    if not name.receiver:
        scope = [one for one in scene.definitions if one.start <= row <= one.last]
        if bound_at(lines, scope, row, name.text, language) is not None:
            return
    found = meant(scene.place, scene.definitions, name, row, language)
    if found.guess and len(found.found) > _SURE:
        return
    for item in found.found[:_SURE]:
        yield definition_piece(scene.index, item, f"used here: {name.text}")


def _bases(scene: Scene) -> Iterator[Piece | None]:
    """Yield the class around, what it is made from, and what is overridden."""
    language = scene.language
    around = holding(scene.definitions, scene.first, scene.last)
    if language is None:
        return
    for one in dict.fromkeys((*scene.subjects, *reversed(around))):
        if one.kind is Kind.CLASS:
            own = (scene.work.path, one)
            yield definition_piece(scene.index, own, f"the class here: {one.name}")
            for base in one.bases:
                for item in best(scene.place, base, classes=True)[:1]:
                    why = f"a base of {one.name}"
                    yield definition_piece(scene.index, item, why)
        elif one.kind is Kind.METHOD:
            name = Name(text=one.name, start=0, end=0, receiver="super")
            for item in of_receiver(scene.place, (), name, language)[:1]:
                why = f"{one.name}, as a base has it"
                yield definition_piece(scene.index, item, why)


def _callers(scene: Scene) -> Iterator[Piece | None]:
    for one, use in scene.uses:
        if not is_test(use.path):
            yield use_piece(scene.index, use.path, use.line, f"uses {one.name}")


def _tests(scene: Scene) -> Iterator[Piece | None]:
    """Yield tests that have the subjects' names, then those called after the file."""
    for one, use in scene.uses:
        if is_test(use.path):
            yield use_piece(scene.index, use.path, use.line, f"a test of {one.name}")
    if scene.language is not None:
        for path in named_after(scene.index, scene.work.path, scene.language.name):
            yield file_piece(scene.index, path, "tests of this file")


_USUAL: Sequence[tuple[Find, float]] = (
    (_used, 0.6),
    (_bases, 0.3),
    (_callers, 0.4),
    (_tests, 0.3),
)
"""What is looked for, and which share of the budget it may take."""

_GROUPS: Mapping[str, Sequence[tuple[Find, float]]] = {
    "tests": ((_tests, 0.5), (_used, 0.6), (_bases, 0.3), (_callers, 0.2)),
    "explain": ((_used, 0.5), (_callers, 0.4), (_bases, 0.3), (_tests, 0.2)),
}

_DISTANCES = (
    "",
    "imported here: the whole file",
    "imported by what is imported here: the whole file",
    "in the same folder: the whole file",
)


def _files(scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield whole files that may help, the nearest first, those of git's history last."""
    imported = scene.around.imported
    path = scene.work.path
    for distance, other in outward(scene.index, path, imported):
        yield other, _DISTANCES[min(distance, len(_DISTANCES) - 1)]
    together = scene.index.co_changed(path)
    for other in sorted(together, key=lambda one: -together[one]):
        if posixpath.dirname(other) != posixpath.dirname(path):
            yield other, "changed together: the whole file"
