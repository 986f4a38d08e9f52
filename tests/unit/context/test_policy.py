import pytest

from lsp_server.context.policy import FAR_LINES, PAUSE_MS, Standing, due
from retrieval.source import Snippet

SNIPPET = Snippet(
    path="a.py", start_line=0, end_line=1, text="a", tokens=3, score=1.0, why=""
)
HERE = Standing(line=100, snippets=(SNIPPET,))
NOTHING_HELPS = Standing(line=100)


@pytest.mark.parametrize(
    ("standing", "line", "quiet_ms", "expected"),
    [
        (None, 100, 0.0, True),  # the first request in a document
        (HERE, 100, 0.0, False),  # each keystroke
        (HERE, 101, 50.0, False),  # a new line
        (HERE, 100, PAUSE_MS - 1, False),
        (HERE, 100, PAUSE_MS, True),  # a pause
        (HERE, 100 + FAR_LINES, 0.0, False),
        (HERE, 101 + FAR_LINES, 0.0, True),  # elsewhere, below
        (HERE, 99 - FAR_LINES, 0.0, True),  # and above
        (NOTHING_HELPS, 100, 0.0, False),  # that nothing helps stands, too
        (NOTHING_HELPS, 100, PAUSE_MS, True),
    ],
)
def test_new_context_is_due_at_a_pause_elsewhere_or_where_there_was_none(
    *, standing: Standing | None, line: int, quiet_ms: float, expected: bool
) -> None:
    assert due(standing, line, quiet_ms) is expected
