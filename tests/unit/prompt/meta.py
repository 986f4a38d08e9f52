"""Meta's algorithm by SentencePiece itself: what our ids are held against.

It shares nothing with the code under test: tokenizer.model instead of tokenizer.json, and
another library.
"""

import re
from pathlib import Path

import sentencepiece

Layout = str


class Meta:
    """llama/tokenizer.py and infilling_prompt_tokens of facebookresearch/codellama."""

    def __init__(self, folder: Path) -> None:
        self.sp = sentencepiece.SentencePieceProcessor(
            model_file=str(folder / "tokenizer.model")
        )
        pieces = ("▁<PRE>", "▁<SUF>", "▁<MID>", "▁<EOT>")
        self.pre, self.suf, self.mid, self.eot = map(self.sp.piece_to_id, pieces)
        self.bos, self.eos = self.sp.bos_id(), self.sp.eos_id()

    def encode(self, text: str) -> list[int]:
        return list(self.sp.encode(text))

    def encode_infilling(self, text: str) -> list[int]:
        return list(self.sp.encode("☺" + text)[2:])

    def decode_infilling(self, ids: list[int]) -> str:
        return str(self.sp.decode([self.sp.piece_to_id("☺"), *ids]))[1:]

    def psm(self, prefix: str, suffix: str) -> list[int]:
        return [
            *(self.bos, self.pre, *self.encode(prefix)),
            *(self.suf, *self.encode_infilling(suffix), self.mid),
        ]

    def spm(self, prefix: str, suffix: str) -> list[int]:
        return [
            *(self.bos, self.pre, self.suf, *self.encode_infilling(suffix)),
            *(self.mid, *self.encode(prefix)),
        ]


def clean(text: str) -> str:
    """What an editor's text is before it is encoded: LF, and valid Unicode."""
    text = re.sub("\r\n|\r", "\n", text)
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
