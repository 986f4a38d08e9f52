"""A small SentencePiece BPE tokenizer with Code Llama's rules and special pieces."""

import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

SPECIAL_PIECES = ("▁<PRE>", "▁<SUF>", "▁<MID>", "▁<EOT>")
WHITE_SMILING_FACE = "☺"
PIECE_CHARS_MAX = 16
_ASCII = "".join(map(chr, range(0x21, 0x7F)))


def train_tokenizer(texts: Iterable[str], pieces: int, path: Path) -> None:
    """Write a SentencePiece model of so many `pieces`, special ones included, to `path`.

    Lines are trained on without the implicit leading space, so that indentation keeps its true widths, and the
    space is switched on afterwards. No piece holds a newline: it is always the byte piece <0x0A>, as in Llama.
    """
    buffer = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(line for text in texts for line in text.split("\n") if line),
        model_writer=buffer,
        model_type="bpe",
        vocab_size=pieces - len(SPECIAL_PIECES),
        byte_fallback=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True,
        split_digits=True,
        max_sentencepiece_length=PIECE_CHARS_MAX,
        character_coverage=0.9999,
        required_chars=WHITE_SMILING_FACE + _ASCII,
        unk_id=0,
        bos_id=1,
        eos_id=2,
        pad_id=-1,
        num_threads=2,
        minloglevel=1,
    )
    model = sentencepiece_model_pb2.ModelProto.FromString(buffer.getvalue())
    model.normalizer_spec.add_dummy_prefix = True
    for piece in SPECIAL_PIECES:
        model.pieces.add(
            piece=piece,
            score=0.0,
            type=sentencepiece_model_pb2.ModelProto.SentencePiece.CONTROL,
        )
    model.trainer_spec.vocab_size = len(model.pieces)
    partial = path.with_suffix(".partial")
    try:
        partial.write_bytes(model.SerializeToString())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class Tokenizer:
    """Encodes as Meta's `llama/tokenizer.py` does; the four special ids are looked up by piece."""

    def __init__(self, path: Path) -> None:
        """Load the SentencePiece model at `path`; `digest` is its sha256."""
        content = path.read_bytes()
        self.digest = hashlib.sha256(content).hexdigest()
        self._model = sentencepiece.SentencePieceProcessor(model_proto=content)
        self.bos: int = self._model.bos_id()
        self.eos: int = self._model.eos_id()
        self.pre, self.suf, self.mid, self.eot = (
            self._model.piece_to_id(piece) for piece in SPECIAL_PIECES
        )
        self._smile: int = self._model.piece_to_id(WHITE_SMILING_FACE)

    def encode(self, text: str) -> list[int]:
        """Encode with the implicit leading space."""
        return list(self._model.encode(text))

    def encode_infilling(self, text: str) -> list[int]:
        """Encode without the implicit leading space."""
        return list(self._model.encode(WHITE_SMILING_FACE + text)[2:])

    def decode(self, ids: list[int]) -> str:
        """Decode ids of a whole text."""
        return str(self._model.decode(ids))

    def decode_infilling(self, ids: list[int]) -> str:
        """Decode ids that continue a text, so a leading space is kept."""
        return str(self._model.decode([self._smile, *ids]))[1:]
