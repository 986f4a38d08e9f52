"""A model's own tokenizer, read from its folder, that reads user text as text."""

from collections.abc import Sequence
from itertools import groupby

from tokenizers import decoders

from lsp_server.prompt.families import Family
from lsp_server.prompt.vocabulary import Vocabulary

SPACE = "▁"
"""SentencePiece's picture of a space (U+2581)."""


class LocalTokenizer:
    """The one of :class:`~lsp_server.prompt.encoding.Tokenizer` that computes here."""

    blocks = False

    def __init__(self, vocabulary: Vocabulary, family: Family) -> None:
        self.implicit_space = family.meta_sentencepiece
        self.longest_piece = vocabulary.longest_piece
        self.line_exact = family.line_exact and not any(
            "\n" in p for p in vocabulary.ids
        )
        self._controls = vocabulary.control_pieces(family.special)
        self._tokenizer = vocabulary.tokenizer({*self._controls.values()})
        if self.implicit_space:
            # Both forms in which Hugging Face converts the model deviate from it: they
            # add the implicit space to each part between special pieces, or leave it out
            # before a space. The rule is one line, and applied in encode.
            self._tokenizer.normalizer = None
            self._tokenizer.pre_tokenizer = None
            self._tokenizer.decoder = decoders.Sequence(
                [
                    decoders.Replace(SPACE, " "),
                    decoders.ByteFallback(),
                    decoders.Fuse(),
                ]
            )

    def encode(self, text: str) -> tuple[int, ...]:
        if self.implicit_space:
            text = text.replace(" ", SPACE)
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def encode_each(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        return [self.encode(text) for text in texts]

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(
            "".join(self._controls[id_] for id_ in run)
            if special
            else self._tokenizer.decode(list(run), skip_special_tokens=False)
            for special, run in groupby(ids, self._controls.__contains__)
        )
