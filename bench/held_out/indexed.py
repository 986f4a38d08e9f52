"""What the repository's index gives at a place in a held-out package."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.held_out.context import Given
from bench.held_out.places import Place
from lsp_server.prompt.encoding import Encoder
from lsp_server.prompt.snippets import commented
from retrieval.gather import Query, gather
from retrieval.index import Index
from retrieval.source import Cursor, Document, split_lines
from tools.demo_model.corpus import File
from tools.demo_model.languages import BY_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """An index of each package; ``threshold`` leaves out what is not likely to help.

    ``shown_lines`` are the lines of the file in the prompt, to the cursor.
    """

    indexes: dict[str, Index]
    budget: int
    threshold: bool
    shown_lines: int

    def __call__(self, place: Place, encoder: Encoder) -> Given:
        """Return the snippets as comments, the best last.

        The index sees the file with its hole, as in an editor.
        """
        sign = BY_NAME[place.file.language].comment
        index = self.indexes[place.file.package]
        before = split_lines(place.prefix)
        document = Document(
            uri=f"file:///{place.file.path}",
            language=place.file.language,
            version=None,
            lines=split_lines(place.prefix + place.suffix),
        )
        line = len(before) - 1
        index.overlay(place.file.path, document.lines)
        try:
            snippets = gather(
                index,
                Query(
                    cursor=Cursor(document, line, len(before[-1])),
                    path=place.file.path,
                    shown=(max(0, line - self.shown_lines + 1), line),
                ),
                budget=self.budget,
                cost=lambda path, text: len(
                    encoder.encode_infilling(commented(path, text, sign))
                ),
                threshold=self.threshold,
            )
        finally:
            index.drop_overlay(place.file.path)
        text = "".join(commented(one.path, one.text, sign) for one in snippets)
        return Given(text, max((one.score for one in snippets), default=None))


@contextmanager
def indexed(
    files: Sequence[File], *, budget: int, threshold: bool, shown_lines: int
) -> Iterator[Indexed]:
    """Build an index of each package, in a temporary folder."""
    with ExitStack() as opened:
        folder = Path(
            opened.enter_context(tempfile.TemporaryDirectory(prefix="bench-held-out-"))
        )
        for file in files:
            path = folder / "packages" / file.package / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
        indexes = {}
        for package in dict.fromkeys(file.package for file in files):
            root = folder / "packages" / package
            index = opened.enter_context(Index(root, folder / "cache", workers=0))
            index.refresh()
            indexes[package] = index
        for index in indexes.values():
            index.wait()
        yield Indexed(
            indexes=indexes,
            budget=budget,
            threshold=threshold,
            shown_lines=shown_lines,
        )
