"""What is taken back at a cursor, with the demo model's tokens."""

import pytest
from hypothesis import given

from lsp_server.prompt.heal import taken_back
from lsp_server.prompt.infill import Infiller
from retrieval.source import Cursor
from tests.marked import at
from tests.unit.prompt.meta import clean
from tests.unit.prompt.texts import cursors


def prefix_ids(model: Infiller, cursor: Cursor) -> tuple[int, ...]:
    lines = cursor.document.lines[: cursor.line]
    return model.encoder.encode_lines([*lines, cursor.before])


@pytest.mark.parametrize(
    ("drawn", "text", "tokens"),
    [
        # the word that the cursor is in, or behind
        ("x\n    ret‸urn x\n", "ret", 1),
        ("x\nself.compu‸te(", "compu", 2),
        ("x\nfoo_‸bar", "foo_", 2),
        ("x\nHTTPServ‸er", "HTTPServ", 3),
        ('x\ny = "a b‸', " b", 1),  # the space belongs to the token
        # what would have been a token with what comes
        ("x\n    return ‸x", " ", 1),
        ("x\nf(a, ‸b)", " ", 1),
        ("x\nprint(‸", "(", 1),
        ("x\ng(f(x))‸", "))", 1),
        ("x\n        ‸", "        ", 1),
        ("x\n\t‸", "\t", 1),
        ("x\n\tif‸", "if", 1),
        ("x\r\n    ret‸urn\r\n", "ret", 1),
        # characters of several tokens stay whole
        ("x\ns = 'é‸'", "é", 2),
        ("x\ns = '😀‸'", "😀", 4),
        ("x\n# 日本語‸", "本語", 6),
        ("x\ny = \ufffd‸", " \ufffd", 4),
        ("x\n\ufffd‸", "", 0),
        # bounds: eight tokens, the line, the prefix's first token
        ("x\nvalue_of_all_the_things_that_count‸", "_things_that_count", 8),
        ("x = 1\n‸", "", 0),
        ("x\n\n‸y", "", 0),
        ("impor‸t", "or", 1),
        ("i‸mport", "", 0),
        ("‸", "", 0),
    ],
)
def test_the_word_at_the_cursor_is_taken_back(
    model: Infiller, drawn: str, text: str, tokens: int
) -> None:
    cursor = at(drawn)
    ids = prefix_ids(model, cursor)
    assert taken_back(model.encoder, ids, cursor.before) == (tokens, text)


@given(cursor=cursors)
def test_what_is_kept_and_what_is_taken_back_are_the_prefix(
    model: Infiller, cursor: Cursor
) -> None:
    ids = prefix_ids(model, cursor)
    count, text = taken_back(model.encoder, ids, cursor.before)
    before = "".join(cursor.document.lines[: cursor.line]) + cursor.before
    decode = model.encoder.decode
    kept = decode(ids[: len(ids) - count])
    assert kept.removeprefix(" ") + text == clean(before).replace("▁", " ")
    assert decode(ids[len(ids) - count :]) == text
    assert count < len(ids) or not ids
