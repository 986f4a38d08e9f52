from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.parameters import exact_converter, structured

CONVERTER = exact_converter()
LARGEST = 2**31 - 1


def changed(change: dict[str, Any]) -> Any:
    """Return the one content change of a didChange, as our handlers get it."""
    params = {"textDocument": {"uri": "u", "version": 2}, "contentChanges": [change]}
    told = structured(CONVERTER, types.TEXT_DOCUMENT_DID_CHANGE, params)
    return told.content_changes[0]


def spot(line: float, character: float) -> dict[str, float]:
    return {"line": line, "character": character}


def test_a_range_that_is_null_is_no_range() -> None:
    expected = types.TextDocumentContentChangeWholeDocument(text="a")
    assert changed({"range": None, "text": "a"}) == expected
    assert changed({"text": "a"}) == expected


def test_a_position_past_the_largest_integer_is_the_largest() -> None:
    told = changed(
        {"range": {"start": spot(0, 0), "end": spot(2**53 - 1, 2**31)}, "text": ""}
    )
    assert told.range.end == types.Position(LARGEST, LARGEST)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            {"range": {"start": spot(0, 0), "end": spot(0, 0.5)}, "text": ""},
            "character",
        ),
        ({"range": {"start": spot(0, 0)}, "text": ""}, "end"),
        ({"range": {"start": spot(0, 0), "end": spot(-1, 0)}, "text": ""}, "range.end"),
        ({"range": None}, "text"),
        ({"text": None}, "text"),
        (3, "contentChanges"),
    ],
)
def test_what_is_no_change_is_refused_by_name(change: Any, complaint: str) -> None:
    with pytest.raises(JsonRpcInvalidParams, match=complaint):
        changed(change)
