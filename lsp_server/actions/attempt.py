"""An edit that is to be checked: what was, what would be, and what was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.actions.catalogue import Name
from lsp_server.actions.region import Region
from retrieval.languages import Language, language_of
from retrieval.outline import Outline
from retrieval.source import Document, without_end
from retrieval.syntax import outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """``new`` are the lines that the region gets, ``imports`` those that go to the top.

    ``wish`` is what was asked for in words: messages of findings, the user's own.
    """

    name: Name
    before: Document
    after: Document
    was: Outline
    becomes: Outline
    region: Region
    new: Sequence[str]
    imports: Sequence[str] = ()
    wish: str = ""

    @property
    def language(self) -> Language | None:
        return language_named(self.before)

    @property
    def replaced(self) -> list[str]:
        """The lines that the region had, without their ends."""
        if self.region.insert:
            return []
        lines = self.before.lines[self.region.first : self.region.last + 1]
        return [without_end(line) for line in lines]


def language_named(document: Document) -> Language | None:
    return language_of(document.uri, language_id=document.language)


def outline_of(document: Document) -> Outline:
    """Return what the document says; nothing, where no grammar reads it."""
    language = language_named(document)
    return outline(document.text, language) if language else Outline()
