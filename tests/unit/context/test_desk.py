"""Documents laid over a repository's files, as the worker is told of them."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.context.desk import Desk
from lsp_server.context.messages import (
    Answer,
    Answered,
    Asked,
    Closed,
    Facts,
    FactsFound,
    Folders,
    Opened,
    Prepare,
    Prepared,
    Question,
    Relate,
    Related,
    Scopes,
    ScopesFound,
    Spliced,
    TestPlaceFound,
    TestPlaceWanted,
    ToServer,
    Touched,
    ToWorker,
)
from lsp_server.context.repository import Repository
from lsp_server.prompt.infill import load
from retrieval.source import split_lines
from tests.unit.prompt.conftest import DEMO


class Work:
    """A desk with one folder, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.root.mkdir()
        self.said: list[ToServer] = []
        self.desk = Desk(load(DEMO), folder / "cache", self.said.append)
        self.tell(Folders([str(self.root)]))
        self.repository = self.desk._repositories[self.root]

    def tell(self, *told: ToWorker) -> None:
        for message in told:
            self.desk.receive(message)

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def text(self, path: str) -> str | None:
        """Return what the open documents say of the file."""
        index = self.repository.index
        entry = index.entry(path) if path in index.opened else None
        return None if entry is None else "\n".join(entry.lines)


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    one = Work(tmp_path)
    yield one
    one.desk.close()


def opened(uri: str, text: str) -> Opened:
    return Opened(uri, "python", split_lines(text))


def test_a_document_is_judged_anew_when_rules_change(work: Work) -> None:
    work.tell(opened(work.uri("a.py"), "x"))
    assert work.text("a.py") == "x"
    (work.root / "a.py").write_text("on the disk")
    rules = work.root / ".gitignore"
    for said, expected in (("a.py", None), ("b.py", "xy")):
        rules.write_text(said)
        work.tell(Touched([rules.as_uri()]))
        work.tell(Spliced(work.uri("a.py"), 0, 1, ("xy",)))
        assert work.text("a.py") == expected


def test_of_two_documents_of_one_file_the_newest_counts(work: Work) -> None:
    one = work.uri("a.py")
    two = one.replace("a.py", "%2E/a.py")
    work.tell(opened(one, "one"), opened(two, "two"))
    assert work.text("a.py") == "two"
    work.tell(Spliced(one, 0, 1, ("one", "more")))
    assert work.text("a.py") == "one\nmore"
    work.tell(Closed(one))
    assert work.text("a.py") == "two"
    work.tell(Closed(two))
    assert work.text("a.py") is None


def test_what_cannot_be_opened_fails_once(
    work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise PermissionError

    for place in ("Repository", "root_for"):
        monkeypatch.setattr(f"lsp_server.context.desk.{place}", fails)
    uri = work.uri("a.py")
    work.tell(opened(uri, "x"), Spliced(uri, 0, 1, ("y",)), question(uri), Closed(uri))
    assert work.said == [Prepared(1)]
    assert len(caplog.records) == 1


def test_a_look_that_fails_is_logged_once_and_the_next_goes_on(
    work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: Repository) -> None:
        raise PermissionError

    caplog.set_level(logging.ERROR)
    for name in ("look", "look_at_branch"):
        monkeypatch.setattr(Repository, name, fails)
    for _ in range(3):
        work.desk.look()
        work.desk.look_at_branches()
    assert len(caplog.records) == 2


def test_a_folder_that_goes_is_closed(work: Work) -> None:
    work.tell(Folders([]))
    assert work.desk._repositories == {}
    for thread in work.desk._closing:
        thread.join()
    assert work.repository.index.worker_pids == []


def asked(work: Work, question: Question) -> Answer | None:
    """Ask, do the work, and return the answer."""
    work.said.clear()
    work.tell(Asked(7, question))
    while work.desk.work():
        pass
    (answered,) = work.said
    assert isinstance(answered, Answered)
    assert answered.id == 7
    return answered.answer


MONEY = "class Money:\n    def convert(self):\n        return self\n"
PAY = "from money import Money\n\ndef pay(m: Money):\n    return m.convert()\n"


def test_questions_are_answered_from_the_repository(work: Work) -> None:
    (work.root / "money.py").write_text(MONEY)
    uri = work.uri("pay.py")
    work.tell(opened(uri, PAY), Touched([work.uri("money.py")]))
    work.repository.index.wait(60)
    scopes = asked(work, Scopes(uri, 3, 3))
    assert isinstance(scopes, ScopesFound)
    assert [one.name for one in scopes.definitions] == ["pay"]
    facts = asked(work, Facts(uri, 3, 14))
    assert isinstance(facts, FactsFound)
    assert facts.symbol is not None
    assert (facts.symbol.path, facts.symbol.line) == ("money.py", 1)
    assert facts.root == str(work.root)
    related = asked(work, Relate(uri, 2, 3, 500))
    assert isinstance(related, Related)
    assert [one.path for one in related.snippets] == ["money.py"]
    assert (related.path, related.repository) == ("pay.py", "project")
    place = asked(work, TestPlaceWanted(uri, "pay"))
    assert place == TestPlaceFound("tests/test_pay.py", str(work.root))


def test_what_takes_long_is_done_between_other_things(work: Work) -> None:
    (work.root / "money.py").write_text(MONEY)
    uri = work.uri("pay.py")
    work.tell(opened(uri, PAY), Touched([work.uri("money.py")]))
    work.repository.index.wait(60)
    work.said.clear()
    work.tell(Asked(1, Relate(uri, 2, 3, 500)))
    assert work.desk.work()
    work.tell(question(uri), Asked(2, Scopes(uri, 0, 0)))
    while work.desk.work():
        pass
    assert [one.id for one in work.said if isinstance(one, Prepared | Answered)] == [
        *(1, 2, 1)
    ]


def test_a_document_that_is_closed_meanwhile_has_no_answer(work: Work) -> None:
    uri = work.uri("pay.py")
    work.tell(opened(uri, PAY), Closed(uri))
    for one in (Scopes(uri, 0, 0), Facts(uri, 0, 0), Relate(uri, 0, 0, 100)):
        assert asked(work, one) is None


def test_a_question_that_fails_has_no_answer(
    work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    uri = work.uri("pay.py")
    work.tell(opened(uri, PAY))

    def fails(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr("lsp_server.context.answering.symbol", fails)
    monkeypatch.setattr("lsp_server.context.answering.related.relating", fails)
    assert asked(work, Facts(uri, 0, 0)) is None
    assert asked(work, Relate(uri, 0, 0, 100)) is None
    assert len(caplog.records) == 2
    assert not work.desk.work()


def question(uri: str) -> Prepare:
    return Prepare(
        id=1,
        uri=uri,
        line=0,
        column=0,
        budget=100,
        opened=[uri],
        edited=[(uri, 0)],
        shown=None,
        kept=(),
    )
