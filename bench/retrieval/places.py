"""Places in a repository's files, and what is written next there."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.retrieval.code import IDENTIFIER, LANGUAGES, code, names
from bench.retrieval.files import File
from bench.retrieval.tokens import Tokens

AHEAD = (1, 5)
"""Lines that are looked ahead, blank ones not counted."""
PREFIX_TOKENS = 4_096
"""What of the file before the cursor stands in the prompt, by the server's default."""

_TRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The cursor is at the end of line ``line``, 0-based, and the file ends there.

    ``wanted`` are the identifiers to be found, by the number of lines ahead; where a
    number's are empty, the place does not count for it.
    """

    file: File
    line: int
    wanted: Mapping[int, frozenset[str]]

    @property
    def before(self) -> Sequence[str]:
        return self.file.lines[: self.line + 1]

    @property
    def sign(self) -> str:
        """What begins a comment there."""
        return LANGUAGES[self.file.language].comment


def drawn(files: Sequence[File], tokens: Tokens, count: int, seed: int) -> list[Place]:
    """Draw ``count`` places, fewer where after many tries there are no more.

    A file is as likely as it is long. A file that stands elsewhere a second time has
    none: the copy would be the answer.
    """
    chance = random.Random(seed)
    chosen = [file for file in files if file.unique]
    sizes = [sum(map(len, file.lines)) + 1 for file in chosen]
    found: dict[tuple[str, int], Place] = {}
    parsed: dict[str, list[str]] = {}
    for file in chance.choices(chosen, sizes, k=count * _TRIES) if chosen else ():
        line = chance.randrange(len(file.lines))
        if (file.path, line) in found:
            continue
        if file.path not in parsed:
            parsed[file.path] = code("\n".join(file.lines), file.language)
        place = _place(file, line, parsed[file.path], tokens)
        if place is not None:
            found[file.path, line] = place
        if len(found) == count:
            break
    return [*found.values()]


def _place(file: File, line: int, coded: Sequence[str], tokens: Tokens) -> Place | None:
    """Return the place after ``line``, None where no code with something to find follows."""
    if line + 1 >= len(file.lines) or not coded[line + 1].strip():
        return None
    ahead = [
        coded[at] for at in range(line + 1, len(file.lines)) if file.lines[at].strip()
    ][: max(AHEAD)]
    keywords = LANGUAGES[file.language].keywords
    shown = names("\n".join(tokens.last(file.lines[: line + 1], PREFIX_TOKENS)))
    wanted = {
        count: frozenset(IDENTIFIER.findall("\n".join(ahead[:count])))
        - keywords
        - shown
        for count in AHEAD
    }
    if not wanted[max(AHEAD)]:
        return None
    return Place(file=file, line=line, wanted=wanted)
