"""Text to token ids, exactly as the model was trained, and each line only once."""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Protocol

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")

_GENERATION_TOKENS = 250_000
"""Of cached ids, in each of two generations: some 20 MB when both are full."""


class Tokenizer(Protocol):
    """What an encoder remembers the answers of; line ends in text are LF.

    ``encode`` adds no implicit space and gives no special piece's id. ``implicit_space``:
    Meta's ``sp.encode`` puts one before the text. ``line_exact``: no piece crosses a line
    end. ``longest_piece`` is an upper bound of the characters that a token stands for.
    ``blocks``: it waits for somebody else, so it is no work for an event loop.
    """

    @property
    def implicit_space(self) -> bool: ...

    @property
    def line_exact(self) -> bool: ...

    @property
    def longest_piece(self) -> int: ...

    @property
    def blocks(self) -> bool: ...

    def encode(self, text: str) -> tuple[int, ...]: ...

    def encode_each(self, texts: Sequence[str]) -> list[tuple[int, ...]]: ...

    def decode(self, ids: Sequence[int]) -> str: ...


class Encoder:
    """Encodes for one model, and remembers lines.

    Meta's two functions are ``encode`` (``sp.encode``, with SentencePiece's implicit
    leading space) and ``encode_infilling`` (``sp.encode("☺" + s)[2:]``, without). Families
    without that space have both the same. The ``..._lines`` forms give the same ids for
    text in lines, of which all but the last carry their line end; where the family is
    ``line_exact`` they encode only lines that were not seen lately.

    Line ends become LF, lone surrogates U+FFFD. Special pieces in the text stay text.
    ``encoded_lines`` counts the lines that were given to the tokenizer. Where it
    ``blocks``, ``prepare`` asks for many lines at once.

    Not thread-safe.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.encoded_lines = 0
        self.longest_piece = tokenizer.longest_piece
        self.line_exact = tokenizer.line_exact
        self.blocks = tokenizer.blocks
        self._tokenizer = tokenizer
        self._recent: dict[str, tuple[int, ...]] = {}
        self._older: dict[str, tuple[int, ...]] = {}
        self._recent_tokens = 0

    def encode(self, text: str) -> tuple[int, ...]:
        return self.encode_infilling(self._with_implicit_space(text))

    def encode_infilling(self, text: str) -> tuple[int, ...]:
        if not text:
            return ()
        text = _clean(text)
        self.encoded_lines += text.count("\n") + (not text.endswith("\n"))
        return self._tokenizer.encode(text)

    def encode_lines(self, lines: Sequence[str]) -> tuple[int, ...]:
        if not lines:
            return ()
        return self.encode_infilling_lines(
            [self._with_implicit_space(lines[0]), *lines[1:]]
        )

    def encode_infilling_lines(self, lines: Sequence[str]) -> tuple[int, ...]:
        if not self.line_exact:
            return self.encode_infilling("".join(lines))
        if self.blocks:
            self.prepare(lines)
        return tuple(chain.from_iterable(map(self.line, lines)))

    def prepare(self, lines: Sequence[str]) -> None:
        """Encode, in one go, those of ``lines`` that are not remembered."""
        missing = [
            line
            for line in dict.fromkeys(lines)
            if line and line not in self._recent and line not in self._older
        ]
        found = self._tokenizer.encode_each([_clean(line) for line in missing])
        for line, ids in zip(missing, found, strict=True):
            self.encoded_lines += 1
            self._keep(line, ids)

    def line(self, line: str) -> tuple[int, ...]:
        """Return ``encode_infilling(line)``, from the cache if it was asked for lately."""
        ids = self._recent.get(line)
        return self._remember(line) if ids is None else ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ``ids``; a leading space is kept, special pieces are named.

        For text alone it is Meta's ``decode_infilling``.
        """
        return self._tokenizer.decode(ids)

    def _with_implicit_space(self, text: str) -> str:
        return f" {text}" if text and self._tokenizer.implicit_space else text

    def _remember(self, line: str) -> tuple[int, ...]:
        ids = self._older.get(line)
        if ids is None:
            ids = self.encode_infilling(line)
        self._keep(line, ids)
        return ids

    def _keep(self, line: str, ids: tuple[int, ...]) -> None:
        """Put a line into the recent generation, which becomes the older when full.

        So what is used stays, without keeping an order at every look-up.
        """
        if self._recent_tokens > _GENERATION_TOKENS:
            self._older, self._recent, self._recent_tokens = self._recent, {}, 0
        self._recent[line] = ids
        self._recent_tokens += len(ids) + 1


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)
