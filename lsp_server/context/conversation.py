"""What one worker was told of the documents, and what it is being asked."""

import asyncio
from collections.abc import Callable

from lsp_server.context import messages
from lsp_server.context.difference import difference
from lsp_server.context.paths import path_of
from lsp_server.documents import Documents
from retrieval.source import Document

_LARGEST_LINES = 100_000
_LARGEST_CHARS = 2**20
"""Documents that are larger are none of the worker's business, nor are such files."""

Question = Callable[[int, Document], messages.Prepare]
"""Makes the question of this number about a document, as it is now."""


class Conversation:
    """With one worker; the next one is told everything anew.

    One question is asked at a time. Of those that wait meanwhile, the newest of each
    document is asked, the newest document's first. Documents are sent only before a
    question: as one splice since the last one, so that an edit by itself costs nothing.
    ``edited`` is told the place of each splice.
    """

    def __init__(
        self,
        send: Callable[[messages.ToWorker], None],
        documents: Documents,
        question: Question,
        edited: Callable[[str, int], None],
    ) -> None:
        self.send = send
        self._documents = documents
        self._question = question
        self._edited = edited
        self._sent: dict[str, Document] = {}
        self._wanted: dict[str, None] = {}
        self._asked: messages.Prepare | None = None
        self._count = 0
        self._answers: dict[str, asyncio.Future[None]] = {}
        self._asides: dict[int, asyncio.Future[messages.Answer | None]] = {}

    def want(self, uri: str) -> asyncio.Future[None]:
        """Ask about the document as soon as it can be; what is returned is done then."""
        answer = self._answers.get(uri)
        if answer is None:
            answer = self._answers[uri] = asyncio.get_running_loop().create_future()
        self._wanted.pop(uri, None)
        self._wanted[uri] = None
        self._ask()
        return answer

    def answered(self, message: messages.Prepared) -> messages.Prepare | None:
        """Return the question that this answers, None for none; then the next is asked.

        Call :meth:`told` when the answer has its place.
        """
        asked = self._asked
        if asked is None or asked.id != message.id:
            return None
        self._asked = None
        return asked

    def told(self, uri: str) -> None:
        """Release who waits for an answer about the document, and ask on."""
        answer = self._answers.pop(uri, None)
        if answer is not None:
            answer.set_result(None)
        self._ask()

    async def ask(self, question: messages.Question) -> messages.Answer | None:
        """Ask beside the questions of :meth:`want`; None where the worker ends before.

        The document must be one that the worker is told of: see :func:`is_told`.
        """
        self._send_changes()
        self._count += 1
        number = self._count
        answer: asyncio.Future[messages.Answer | None]
        answer = self._asides[number] = asyncio.get_running_loop().create_future()
        self.send(messages.Asked(number, question))
        try:
            return await answer
        finally:
            self._asides.pop(number, None)

    def replied(self, message: messages.Answered) -> None:
        """Take the answer to what :meth:`ask` asked, if somebody still waits for it."""
        answer = self._asides.get(message.id)
        if answer is not None and not answer.done():
            answer.set_result(message.answer)

    def closed(self, uri: str) -> None:
        self._wanted.pop(uri, None)
        self._take_back(uri)

    def over(self) -> None:
        """Release all who wait for a worker that ended."""
        for answer in self._answers.values():
            answer.cancel()
        for aside in self._asides.values():
            if not aside.done():
                aside.set_result(None)

    def _ask(self) -> None:
        while self._asked is None and self._wanted:
            uri, _ = self._wanted.popitem()
            self._send_changes()
            document = self._sent.get(uri)
            if document is not None:
                self._count += 1
                self._asked = self._question(self._count, document)
                self.send(self._asked)
            elif uri in self._answers:
                self._answers.pop(uri).set_result(None)

    def _send_changes(self) -> None:
        for document in self._documents.all():
            sent = self._sent.get(document.uri)
            if sent is document:
                continue
            if not is_told(document):
                self._take_back(document.uri)
            elif sent is None or sent.language != document.language:
                self._send_whole(document)
            else:
                self._send_splice(sent, document)

    def _take_back(self, uri: str) -> None:
        if self._sent.pop(uri, None) is not None:
            self.send(messages.Closed(uri))

    def _send_whole(self, document: Document) -> None:
        self._sent[document.uri] = document
        lines = messages.encodable(document.lines)
        self.send(messages.Opened(document.uri, document.language, lines))

    def _send_splice(self, sent: Document, document: Document) -> None:
        self._sent[document.uri] = document
        splice = difference(sent.lines, document.lines)
        if splice is None:
            return
        self._edited(document.uri, splice.first)
        lines = messages.encodable(splice.lines)
        self.send(messages.Spliced(document.uri, splice.first, splice.last, lines))


def is_told(document: Document) -> bool:
    """Whether it is the worker's business; a document may grow out of that."""
    lines = document.lines
    return (
        path_of(document.uri) is not None
        and len(lines) <= _LARGEST_LINES
        and sum(map(len, lines)) <= _LARGEST_CHARS
    )
