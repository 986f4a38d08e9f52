"""Code actions and edits as they go over the wire, and what comes back."""

from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server import wire
from lsp_server.actions.catalogue import CATALOGUE, Name
from lsp_server.actions.edits import Change
from lsp_server.actions.offers import Offer
from lsp_server.actions.situation import Related, Severity
from lsp_server.parameters import exact_converter
from retrieval.source import Document, split_lines
from tests.e2e.acting import capable

JSON = exact_converter()
UTF16 = types.PositionEncodingKind.Utf16
RANGE = types.Range(types.Position(1, 0), types.Position(2, 4))
DIAGNOSTIC = types.Diagnostic(
    range=RANGE,
    message="wrong",
    severity=types.DiagnosticSeverity.Warning,
    code=7,
    source="linter",
    data={"large": "x" * 1000},
    related_information=[
        types.DiagnosticRelatedInformation(
            location=types.Location("file:///p/b.py", RANGE), message="there"
        )
    ],
)
WANTED = wire.Wanted(
    name=Name.FIX,
    uri="file:///p/a.py",
    version=3,
    range=RANGE,
    diagnostics=(DIAGNOSTIC,),
    words="",
)


def document(text: str) -> Document:
    return Document(
        uri="file:///p/a.py", language="python", version=3, lines=split_lines(text)
    )


def able(**taken: Any) -> wire.Can:
    raw = JSON.structure(capable(**taken), types.ClientCapabilities)
    return wire.can(raw)


@pytest.mark.parametrize(
    ("kind", "only", "wanted"),
    [
        ("quickfix", None, True),
        ("quickfix", [], False),
        ("quickfix", [""], True),
        ("quickfix", ["quickfix"], True),
        ("quickfix", ["refactor", "quickfix"], True),
        ("refactor.rewrite.types", ["refactor"], True),
        ("refactor.rewrite.types", ["refactor.rewrite"], True),
        ("refactor.rewrite", ["refactor.rewrite.types"], False),
        ("refactor.rewrite", ["refactor.re"], False),
        ("codellama.explain", ["codellama"], True),
        ("codellama.explain", ["source"], False),
    ],
)
def test_kinds_are_a_hierarchy(kind: str, only: list[str] | None, wanted: bool) -> None:
    assert wire.is_wanted(kind, only) is wanted


def test_all_that_an_editor_of_today_can_is_seen() -> None:
    found = able()
    assert all(getattr(found, name) for name in found.__slots__)


def test_who_says_nothing_can_nothing() -> None:
    found = wire.can(types.ClientCapabilities())
    assert not any(getattr(found, name) for name in found.__slots__)


def test_annotations_need_document_changes() -> None:
    assert not able(edit={"changeAnnotationSupport": {}}).annotations


def test_who_makes_files_takes_document_changes() -> None:
    """Neovim announces no more than this."""
    edit = {"changeAnnotationSupport": {}, "resourceOperations": ["create"]}
    found = able(edit=edit)
    assert found.document_changes
    assert found.annotations
    assert found.creates
    assert not found.renames


def test_what_is_handed_back_says_what_was_wanted() -> None:
    data = wire.data_of(WANTED, JSON)
    back = wire.wanted_by(data, JSON)
    assert wire.data_of(back, JSON) == data
    assert (back.name, back.uri, back.version, back.range) == (
        *(WANTED.name, WANTED.uri, WANTED.version),
        WANTED.range,
    )
    assert "large" not in str(data)
    (finding,) = wire.findings(document("a\nb\nc\n"), back.diagnostics, UTF16)
    assert (finding.message, finding.severity) == ("wrong", Severity.WARNING)
    assert (finding.code, finding.source) == ("7", "linter")
    assert finding.related == (Related("/p/b.py", 1, "there"),)


@pytest.mark.parametrize(
    "data", [None, 7, [], "x", {}, {"action": None}, {"action": ["fix"], "uri": "u"}]
)
def test_what_nobody_was_given_is_refused(data: Any) -> None:
    with pytest.raises(JsonRpcInvalidParams):
        wire.wanted_by(data, JSON)


def test_a_diagnostic_past_the_end_stays_past_it() -> None:
    (finding,) = wire.findings(document("a\n"), [DIAGNOSTIC], UTF16)
    assert finding.start == (1, 0)
    (finding,) = wire.findings(document("a"), [DIAGNOSTIC], UTF16)
    assert finding.start == (1, 0)


@pytest.mark.parametrize(
    ("name", "capabilities", "offered"),
    [
        (Name.REWRITE, {}, True),
        (Name.REWRITE, {"asks": False}, False),
        (Name.TESTS, {}, True),
        (Name.TESTS, {"edit": {"documentChanges": True}}, False),
        (Name.SIMPLIFY, {"action": None}, True),
        (Name.EXPLAIN, {"action": None, "edit": None}, True),
    ],
)
def test_only_what_can_be_delivered_is_offered(
    name: Name, capabilities: Any, offered: bool
) -> None:
    offer = Offer(action=CATALOGUE[name], title="T")
    assert wire.offerable(offer, able(**capabilities)) is offered


def test_edits_have_the_version_that_they_are_of() -> None:
    changes = (Change((0, 1), (0, 2), "x"), Change((1, 0), (1, 0), "y\n"))
    mark = wire.Mark("L", "D")
    edit = wire.workspace_edit(document("a👍b\nc\n"), changes, mark, able(), UTF16)
    assert edit.document_changes is not None
    (change,) = edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == 3
    assert [one.range.end.character for one in change.edits] == [3, 0]
    assert edit.change_annotations is not None
    (mark_of,) = edit.change_annotations.values()
    assert mark_of.needs_confirmation is True
