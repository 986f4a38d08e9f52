"""What the name at a cursor is: its definition, and where it is used."""

from dataclasses import dataclass

from retrieval.outline import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One line that has the name; 0-based. ``scope`` is what it stands in, "" at the top."""

    path: str
    line: int
    text: str
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A name and what is known of it; lines are 0-based, both included.

    ``start`` and ``end`` are the name's columns in the cursor's line. ``first`` to ``last``
    are its definition's lines in ``path``, ``line`` the one that its name stands in, and
    ``text`` those from its first on. ``documentation`` has no comment signs. ``others`` is
    how many more definitions of this name there are, ``candidates`` the nearest of them.
    ``guess`` says that the name alone told which is meant. ``uses`` are the nearest of
    ``uses_count``; ``uses_more``: there are more than were counted.
    """

    name: str
    start: int
    end: int
    kind: Kind
    language: str
    scope: str = ""
    type: str = ""
    signature: str = ""
    documentation: str = ""
    path: str = ""
    line: int = 0
    first: int = 0
    last: int = 0
    text: str = ""
    guess: bool = False
    uses: tuple[Use, ...] = ()
    uses_count: int = 0
    uses_files: int = 0
    uses_more: bool = False
    others: int = 0
    candidates: tuple[Use, ...] = ()
