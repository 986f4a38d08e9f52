"""An action's edit, and what is typed meanwhile."""

from dataclasses import replace

import pytest

from lsp_server.actions.carried import Since, carried, shifted, watched_lines
from lsp_server.actions.edits import Change
from lsp_server.actions.region import Region
from lsp_server.documents import Splice
from retrieval.source import Document, split_lines

BEFORE = "import a\n\n\ndef f():\n    one\n    two\n\n\nend\n"
CHANGES = (Change((1, 0), (1, 0), "import b\n"), Change((4, 4), (4, 7), "three"))
"""A new import at the top, and a word in the function."""


def document(text: str) -> Document:
    return Document(uri="u", language="python", version=1, lines=split_lines(text))


def since(*texts: str) -> list[Splice]:
    track = Since(document(BEFORE))
    for text in texts:
        track.edited(document(text))
    return track.splices


def starts(*texts: str) -> list[int] | None:
    """Return the first lines of the changes after the function's lines are carried."""
    found = carried(CHANGES, (3, 6), since(*texts))
    return None if found is None else [change.start[0] for change in found]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], [1, 4]),
        ([BEFORE], [1, 4]),
        ([BEFORE.replace("end", "the end")], [1, 4]),
        ([BEFORE.replace("import a", "# a\nimport a")], [2, 5]),
        ([BEFORE.replace("import a\n", "")], [0, 3]),
        ([BEFORE.replace("import a", "import c")], [1, 4]),
        ([BEFORE.replace("\n\ndef", "\n# f\n\ndef")], [1, 5]),
        ([BEFORE.replace("\n\nend", "\n# f\n\nend")], [1, 4]),
        ([BEFORE.replace("two", "2")], None),
        ([BEFORE.replace("one", "1")], None),
        ([BEFORE.replace("    two\n", "")], None),
        ([BEFORE.replace("def f", "def g")], None),
        ([BEFORE.replace("    two", "    more\n    two")], None),
        ([""], None),
        (["# a\n" + BEFORE, "# a\n" + BEFORE + "# b\n"], [2, 5]),
        (["# a\n" + BEFORE, BEFORE], [1, 4]),
        ([BEFORE.replace("two", "2"), BEFORE], None),
    ],
    ids=[
        "nothing was typed",
        "a version without a change",
        "below",
        "a line above all",
        "a line above all taken away",
        "the line above the import",
        "between the two changes",
        "right below the function",
        "in the function",
        "where the word stands",
        "a line of the function taken away",
        "its first line",
        "a line within",
        "all taken away",
        "above, and then below",
        "above, and taken back",
        "within, and taken back",
    ],
)
def test_what_is_typed_elsewhere_moves_the_edit(
    texts: list[str], expected: list[int] | None
) -> None:
    assert starts(*texts) == expected


def test_an_edit_in_the_last_line_of_a_document_is_elsewhere_for_the_line_above() -> (
    None
):
    track = Since(document("a\nb"))
    track.edited(document("a\nbc"))
    assert shifted((0, 1), track.splices) == 0
    assert shifted((1, 2), track.splices) is None


def test_lines_pasted_right_above_move_an_insertion_down() -> None:
    splices = [Splice(first=3, last=3, lines=("x\n", "y\n"))]
    assert shifted((3, 3), splices) == 2
    assert shifted((3, 4), splices) == 2
    assert shifted((2, 3), splices) == 0


@pytest.mark.parametrize(
    ("region", "lines"),
    [((3, 5, False), (3, 6)), ((4, 3, True), (3, 5)), ((0, -1, True), (0, 1))],
)
def test_an_insertion_watches_its_neighbours(
    region: tuple[int, int, bool], lines: tuple[int, int]
) -> None:
    first, last, insert = region
    whole = Region(
        first=first, last=last, insert=insert, indent="", shown_first=0, shown_last=8
    )
    assert watched_lines(whole, document(BEFORE)) == lines


def test_an_insertion_at_the_end_watches_the_last_line() -> None:
    short = replace(document("a\n"), lines=("a\n", ""))
    end = Region(first=2, last=1, insert=True, indent="", shown_first=0, shown_last=1)
    assert watched_lines(end, short) == (1, 2)
