"""Text to token ids, exactly as the model was trained, and each line only once."""

import re
from collections.abc import Sequence
from itertools import chain, groupby

from tokenizers import decoders

from lsp_server.prompt.families import Family
from lsp_server.prompt.vocabulary import Vocabulary

_SPACE = "▁"
"""SentencePiece's picture of a space (U+2581)."""

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")

_GENERATION_TOKENS = 250_000
"""Of cached ids, in each of two generations: some 20 MB when both are full."""


class Encoder:
    """Encodes for one model, and remembers lines.

    Meta's two functions are ``encode`` (``sp.encode``, with SentencePiece's implicit
    leading space) and ``encode_infilling`` (``sp.encode("☺" + s)[2:]``, without). Families
    without that space have both the same. The ``..._lines`` forms give the same ids for
    text in lines, of which all but the last carry their line end; where the family is
    ``line_exact`` they encode only lines that were not seen lately.

    Line ends become LF, lone surrogates U+FFFD. Special pieces in the text stay text.
    ``encoded_lines`` counts the lines that were given to the tokenizer.

    Not thread-safe.
    """

    def __init__(self, vocabulary: Vocabulary, family: Family) -> None:
        self.encoded_lines = 0
        self.longest_piece = vocabulary.longest_piece
        self.line_exact = family.line_exact and not any(
            "\n" in p for p in vocabulary.ids
        )
        self._controls = vocabulary.control_pieces(family.special)
        self._tokenizer = vocabulary.tokenizer({*self._controls.values()})
        self._meta = family.meta_sentencepiece
        if self._meta:
            # Both forms in which Hugging Face converts the model deviate from it: they
            # add the implicit space to each part between special pieces, or leave it out
            # before a space. The rule is one line, and applied in _tokenize.
            self._tokenizer.normalizer = None
            self._tokenizer.pre_tokenizer = None
            self._tokenizer.decoder = decoders.Sequence(
                [
                    decoders.Replace(_SPACE, " "),
                    decoders.ByteFallback(),
                    decoders.Fuse(),
                ]
            )
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
        if self._meta:
            text = text.replace(" ", _SPACE)
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def encode_lines(self, lines: Sequence[str]) -> tuple[int, ...]:
        if not lines:
            return ()
        return self.encode_infilling_lines(
            [self._with_implicit_space(lines[0]), *lines[1:]]
        )

    def encode_infilling_lines(self, lines: Sequence[str]) -> tuple[int, ...]:
        if not self.line_exact:
            return self.encode_infilling("".join(lines))
        return tuple(chain.from_iterable(map(self.line, lines)))

    def line(self, line: str) -> tuple[int, ...]:
        """Return ``encode_infilling(line)``, from the cache if it was asked for lately."""
        ids = self._recent.get(line)
        return self._remember(line) if ids is None else ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ``ids``; a leading space is kept, special pieces are named.

        For text alone it is Meta's ``decode_infilling``.
        """
        return "".join(
            "".join(self._controls[id_] for id_ in run)
            if special
            else self._tokenizer.decode(list(run), skip_special_tokens=False)
            for special, run in groupby(ids, self._controls.__contains__)
        )

    def _with_implicit_space(self, text: str) -> str:
        return f" {text}" if text and self._meta else text

    def _remember(self, line: str) -> tuple[int, ...]:
        """Move a line into the recent generation, which becomes the older when full.

        So what is used stays, without keeping an order at every look-up.
        """
        ids = self._older.get(line)
        if ids is None:
            ids = self.encode_infilling(line)
        if self._recent_tokens > _GENERATION_TOKENS:
            self._older, self._recent, self._recent_tokens = self._recent, {}, 0
        self._recent[line] = ids
        self._recent_tokens += len(ids) + 1
        return ids


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)
