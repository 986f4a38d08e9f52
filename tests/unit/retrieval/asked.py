"""Questions for tests: a drawn document, open in a small repository that is indexed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from retrieval.index import Index
from retrieval.languages import language_of
from retrieval.near import Query
from tests.marked import at
from tests.unit.retrieval.trees import indexed, write


def query(
    path: str,
    drawn: str,
    *,
    opened: tuple[str, ...] = (),
    edited: tuple[tuple[str, int], ...] = (),
    shown: tuple[int, int] | None = None,
) -> Query:
    """Return the question at ``‸`` in the document at ``path``."""
    language = language_of(path)
    cursor = at(drawn, language=language.ids[0] if language else "plaintext")
    return Query(cursor=cursor, path=path, opened=opened, edited=edited, shown=shown)


@contextmanager
def repository(
    folder: Path, files: Mapping[str, str], *documents: Query
) -> Iterator[Index]:
    """Index ``files`` in a folder of ``folder``, with ``documents`` open over them."""
    root = folder / "repository"
    root.mkdir(parents=True)
    write(root, files)
    with indexed(root, None) as index:
        for one in documents:
            document = one.cursor.document
            index.overlay(one.path, document.lines, document.language)
        yield index
