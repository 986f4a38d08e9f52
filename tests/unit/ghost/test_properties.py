"""What holds of all filters, whatever a model says wherever."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.ghost.extent import Lines, most_lines
from lsp_server.ghost.filters import FILTERS, shown
from lsp_server.ghost.place import place_at
from lsp_server.ghost.stop import decided
from retrieval.source import Cursor
from tests.marked import at

LANGUAGES = ("python", "cpp", "php", "typescript", "shellscript", "haskell")
PIECES = (
    *("a", "b", "if a:", "if (a) {", "}", "{", "(", ")", "]", "[", '"', "'", ", "),
    *(" ", "  ", "\t", "\n", "\r\n", "\n    ", "\n\t", "# ", "//", "/*", "*/", ";"),
    *("你", "🎉", "e\u0301", "<EOT>", "<|fim", "return a", "TODO", "\\", "`", "=", "."),
)
code = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
cursors = st.builds(
    lambda language, before, after: at(
        f"{before}‸{after}", language=language, uri="file:///a"
    ),
    st.sampled_from(LANGUAGES),
    code,
    code,
)


@settings(max_examples=400)
@given(cursors, code, st.integers(1, 4))
def test_what_is_shown_would_be_shown_again(
    cursor: Cursor, text: str, lines: int
) -> None:
    once = shown(text, cursor, lines)
    assert shown(once, cursor, lines) == once


@settings(max_examples=400)
@given(cursors, code, st.integers(1, 4))
def test_each_filter_changes_nothing_twice(
    cursor: Cursor, text: str, lines: int
) -> None:
    place = place_at(cursor, lines)
    for apply in FILTERS:
        once = apply(text, place) if text else text
        assert (apply(once, place) if once else once) == once, apply.__module__


@settings(max_examples=200)
@given(cursors, code, st.integers(1, 4))
def test_what_is_shown_ends_in_time_and_has_no_stray_ends(
    cursor: Cursor, text: str, lines: int
) -> None:
    text = shown(text, cursor, lines)
    assert text.count("\n") < lines
    assert "\r" not in text
    assert not text or text.strip()


@settings(max_examples=200)
@given(cursors, code, st.sampled_from(Lines))
def test_a_decided_answer_is_a_beginning_of_what_was_said(
    cursor: Cursor, text: str, lines: Lines
) -> None:
    answer = decided(text, cursor, most_lines(cursor, lines, 3))
    assert answer is None or text.startswith(answer)
