"""Ours: retrieval.gather over the repository's index, its threshold off."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.retrieval.found import Found
from bench.retrieval.places import Place
from bench.retrieval.tokens import Tokens
from retrieval.gather import Query, gather
from retrieval.index import Index
from retrieval.source import Cursor, Document, split_lines


class Ours:
    """The index is built in a folder of its own, and sees the file as it was cut."""

    by_budget = True

    def __init__(self, root: Path, tokens: Tokens) -> None:
        self._tokens = tokens
        self._folder = tempfile.TemporaryDirectory(prefix="bench-index-")
        self._index = Index(root, Path(self._folder.name))
        self._index.refresh()
        self._index.wait()
        self._opened = ""

    def prepare(self, place: Place) -> None:
        if self._opened:
            self._index.drop_overlay(self._opened)
        self._opened = place.file.path
        self._index.overlay(self._opened, _lines(place))

    def found(self, place: Place, budget: int) -> Sequence[Found]:
        sign = place.sign
        document = Document(
            uri=f"file:///{place.file.path}",
            language=place.file.language,
            version=None,
            lines=_lines(place),
        )
        line = len(document.lines) - 1
        cursor = Cursor(document, line, len(document.lines[line]))
        snippets = gather(
            self._index,
            Query(cursor=cursor, path=place.file.path),
            budget=budget,
            cost=lambda path, text: self._tokens.cost(Found(path, text), sign),
            threshold=False,
        )
        return [
            Found(
                one.path,
                one.text,
                f"{one.score:.3f}, lines {one.start_line + 1}-{one.end_line + 1}, {one.why}",
            )
            for one in reversed(snippets)
        ]

    def close(self) -> None:
        self._index.close()
        self._folder.cleanup()


def _lines(place: Place) -> tuple[str, ...]:
    return split_lines("\n".join(place.before))
