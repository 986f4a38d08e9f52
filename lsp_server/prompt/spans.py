"""What the parts of a prompt are: for those who want to see it."""

from dataclasses import dataclass
from enum import StrEnum

from retrieval.source import Snippet


class Kind(StrEnum):
    """What a part of a prompt is."""

    PREFIX = "prefix"
    SUFFIX = "suffix"
    SNIPPET = "snippet"
    REPOSITORY = "repository"
    """Its name, which some families are told before its files."""
    PIECES = "pieces"
    """Special pieces, and between them this file's own path, where the family wants it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a prompt, and how many tokens it has; ``snippet`` where it is one."""

    kind: Kind
    tokens: int
    snippet: Snippet | None = None
