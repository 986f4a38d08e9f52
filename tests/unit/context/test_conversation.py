"""What a worker is told and asked, message by message."""

import pytest

from lsp_server.context import messages
from lsp_server.context.conversation import Conversation
from lsp_server.context.messages import Closed, Opened, Prepare, Prepared, Spliced
from lsp_server.documents import Documents, edited
from retrieval.source import Document

A, B = "file:///a.py", "file:///b.py"


class Talk:
    """A conversation, and what was said to the worker."""

    def __init__(self) -> None:
        self.documents = Documents()
        self.sent: list[messages.ToWorker] = []
        self.edits: list[tuple[str, int]] = []
        self.talk = Conversation(
            self.sent.append,
            self.documents,
            question,
            lambda uri, line: self.edits.append((uri, line)),
        )

    def open(self, uri: str, text: str) -> None:
        self.documents.open(uri, "python", 1, text)

    def insert(self, uri: str, line: int, text: str) -> None:
        """Insert at the beginning of a line."""
        before = self.documents.get(uri)
        assert before is not None
        after = edited(before, (line, 0), (line, 0), text)
        self.documents.open(uri, "python", 2, after.text)

    def answer(self, number: int) -> None:
        asked = self.talk.answered(Prepared(number))
        assert asked is not None
        self.talk.told(asked.uri)

    def asked(self) -> list[tuple[int, str]]:
        return [(one.id, one.uri) for one in self.sent if isinstance(one, Prepare)]

    def news(self) -> list[messages.ToWorker]:
        """Return what was sent since this was asked last, but for questions."""
        news: list[messages.ToWorker]
        news = [one for one in self.sent if not isinstance(one, Prepare)]
        self.sent.clear()
        return news


def question(number: int, document: Document) -> Prepare:
    return Prepare(
        id=number,
        uri=document.uri,
        line=0,
        column=0,
        budget=1,
        opened=[],
        edited=[],
        shown=None,
        kept=(),
    )


@pytest.fixture
async def two() -> Talk:
    talk = Talk()
    talk.open(A, "a\nb\nc\n")
    talk.open(B, "x")
    return talk


async def test_documents_are_sent_before_the_first_question_and_then_as_a_splice(
    two: Talk,
) -> None:
    two.insert(A, 1, "new\n")
    assert two.sent == []  # an edit by itself costs nothing
    two.talk.want(A)
    assert two.news() == [
        Opened(A, "python", ("a\n", "new\n", "b\n", "c\n", "")),
        Opened(B, "python", ("x",)),
    ]
    assert two.edits == []
    two.insert(B, 0, "y")
    two.insert(A, 2, "more\n")
    two.insert(A, 2, "and ")
    two.answer(1)
    two.talk.want(A)
    assert two.news() == [
        Spliced(A, 2, 2, ("and more\n",)),
        Spliced(B, 0, 1, ("yx",)),
    ]
    assert two.edits == [(A, 2), (B, 0)]
    two.answer(2)
    two.talk.want(A)
    assert two.news() == []


async def test_one_question_at_a_time_the_newest_first(two: Talk) -> None:
    for uri in (A, B, A, B, B):
        two.talk.want(uri)
    assert two.asked() == [(1, A)]
    two.answer(1)
    assert two.asked() == [(1, A), (2, B)]
    two.answer(2)
    assert two.asked() == [(1, A), (2, B), (3, A)]
    two.answer(3)
    assert len(two.asked()) == 3


async def test_who_waits_is_released_by_an_answer_about_the_document(two: Talk) -> None:
    first, other = two.talk.want(A), two.talk.want(B)
    again = two.talk.want(A)
    two.answer(1)
    assert (first.done(), other.done(), again.done()) == (True, False, True)


async def test_an_answer_to_no_question_is_none(two: Talk) -> None:
    assert two.talk.answered(Prepared(1)) is None
    two.talk.want(A)
    assert two.talk.answered(Prepared(2)) is None


async def test_a_closed_document_is_closed_there_and_opened_anew(two: Talk) -> None:
    two.talk.want(A)
    two.news()
    two.documents.close(B)
    two.talk.closed(B)
    two.talk.closed("file:///never.py")
    assert two.news() == [Closed(B)]
    two.open(B, "z")
    two.answer(1)
    two.talk.want(B)
    assert two.news() == [Opened(B, "python", ("z",))]


async def test_another_language_is_another_document(two: Talk) -> None:
    two.talk.want(A)
    two.news()
    two.documents.open(B, "java", 1, "x")
    two.answer(1)
    two.talk.want(A)
    assert two.news() == [Opened(B, "java", ("x",))]


@pytest.mark.parametrize(
    ("uri", "text"),
    [
        ("untitled:1", "x"),
        ("file:///big.py", "x" * (2**20 + 1)),
        ("file:///long.py", "\n" * 100_001),
    ],
    ids=["no file", "big", "long"],
)
async def test_what_no_repository_has_is_not_sent_and_nobody_waits_for_it(
    two: Talk, uri: str, text: str
) -> None:
    two.open(uri, text)
    assert two.talk.want(uri).done()
    assert {one.uri for one in two.news() if isinstance(one, Opened)} == {A, B}
    assert two.asked() == []


async def test_half_a_surrogate_pair_is_sent_as_a_question_mark(two: Talk) -> None:
    two.open(A, "é\ud83d😀\n")
    two.talk.want(A)
    sent = two.news()
    assert sent[0] == Opened(A, "python", ("é?😀\n", ""))
    messages.frame(sent[0])


async def test_nobody_waits_for_a_worker_that_ended(two: Talk) -> None:
    waiting = two.talk.want(A)
    two.talk.over()
    assert waiting.cancelled()


async def test_a_document_that_has_grown_too_large_is_taken_back(two: Talk) -> None:
    two.talk.want(A)
    two.news()
    two.insert(B, 0, "x" * 2**20)
    two.answer(1)
    assert two.talk.want(B).done()
    assert two.news() == [Closed(B)]
    two.open(B, "z")
    two.talk.want(B)
    assert two.news() == [Opened(B, "python", ("z",))]
