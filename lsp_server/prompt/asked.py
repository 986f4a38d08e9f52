"""A tokenizer that is somebody else's: asked over a connection, and made exact here.

A server's tokenizer reads text as a whole prompt: it puts SentencePiece's implicit space
before it, and takes a special piece that is spelled out for the piece itself. So each text
is asked behind a line end, which no piece crosses, and special pieces are taken apart.
"""

import re
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from pathlib import Path

from lsp_server.engine.base import EngineError, ModelUnusable
from lsp_server.prompt.encoding import Encoder
from lsp_server.prompt.families import FAMILIES, Family
from lsp_server.prompt.infill import Infiller, infiller, load
from lsp_server.prompt.recognise import refuse_name
from lsp_server.prompt.tokenizing import SPACE

Token = tuple[int, str]
"""An id, and its piece as the vocabulary spells it."""

Ask = Callable[[str], Sequence[Token]]
"""Tokenizes one text, adds no special pieces, and blocks meanwhile; raises EngineError."""

_LONGEST_PIECE = 128
"""Characters. Not told over the connection; runs of spaces are the longest pieces."""
SAMPLE = "def é(self, 漢字=0x1F):\n\treturn {'a': [1.5, None]}  # 🎉\n"
"""Two vocabularies that agree on it are the same."""
_MOST_CHARS = 200_000
"""In one question."""

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
"""SentencePiece's piece for a byte."""
_SPECIAL = re.compile(r"▁?<[^<>\s]+>")
"""What special pieces look like, in all families; a true piece of text may, too, and is
then taken apart for nothing."""


def ask_infiller(ask: Ask, names: Sequence[str]) -> Infiller:
    """Return all that turns text into prompts for the model that ``ask`` speaks for.

    ``names`` are what the model is called, the one for messages first. Its family is told
    from its special pieces. Raises ModelUnusable where it cannot infill.
    """
    refusal: ModelUnusable | None = None
    for family in FAMILIES:
        ids = _ids(ask, family)
        if not family.required <= ids.keys():
            continue
        try:
            for name in names:
                refuse_name(family, name)
        except ModelUnusable as error:
            refusal = error
            continue
        tokenizer = AskedTokenizer(ask, family, ids)
        return infiller(names[0], family, ids, Encoder(tokenizer))
    raise refusal or ModelUnusable(
        f"{names[0]} cannot fill in the middle: it has none of the special pieces of "
        f"{', '.join(family.name for family in FAMILIES)}."
    )


def agreeing(folder: Path | None, ask: Ask, names: Sequence[str]) -> Infiller | None:
    """Return what ``folder`` has, None where ``ask`` speaks for another tokenizer.

    Ids of another vocabulary would be nonsense to the model. Where nobody can be asked, a
    server of another make, the folder is believed.
    """
    if folder is None:
        return None
    local = load(folder)
    try:
        there = ask_infiller(ask, names)
    except ModelUnusable:
        raise
    except EngineError:
        return local
    same = local.psm == there.psm and local.encoder.encode_infilling(
        SAMPLE
    ) == there.encoder.encode_infilling(SAMPLE)
    return local if same else None


def _ids(ask: Ask, family: Family) -> dict[str, int]:
    """Return the ids of those of the family's special pieces that the tokenizer has."""
    spelled = {piece: id_ for id_, piece in ask("\n".join(sorted(family.special)))}
    return {piece: spelled[piece] for piece in family.special if piece in spelled}


class AskedTokenizer:
    """The one of :class:`~lsp_server.prompt.encoding.Tokenizer` that asks."""

    blocks = True
    longest_piece = _LONGEST_PIECE

    def __init__(self, ask: Ask, family: Family, controls: dict[str, int]) -> None:
        self.implicit_space = family.meta_sentencepiece
        self.line_exact = family.line_exact
        self._ask = ask
        self._controls = {id_: piece for piece, id_ in controls.items()}
        self._spelled = _spelled([*controls])
        self._pieces: dict[int, str] = {}
        *_, (self._line_end, _) = ask("\n\n")
        self._byte_level = any("Ġ" in piece for _, piece in ask("a b"))

    def encode(self, text: str) -> tuple[int, ...]:
        (ids,) = self.encode_each([text])
        return ids

    def encode_each(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Encode texts; where the family is ``line_exact``, with few questions."""
        if not self.line_exact:
            return [self._alone(text) for text in texts]
        found: list[tuple[int, ...]] = []
        waiting: list[str] = []
        chars = 0
        for text in texts:
            waiting.append(text)
            chars += len(text)
            if chars > _MOST_CHARS:
                found += self._together(waiting)
                waiting, chars = [], 0
        return [*found, *self._together(waiting)]

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(
            "".join(self._controls[id_] for id_ in run)
            if special
            else self._text([self._pieces.get(id_, "\ufffd") for id_ in run])
            for special, run in groupby(ids, self._controls.__contains__)
        )

    def _together(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Encode texts by one question, and those alone that spell a special piece."""
        plain = [text for text in texts if text and not self._spelled.search(text)]
        whole = "".join(text if text.endswith("\n") else f"{text}\n" for text in plain)
        lines = self._lines(self._tokens(whole)) if whole else []
        if len(lines) != whole.count("\n"):
            plain, lines = [], []  # not as we think: rather slow than wrong
        found: dict[str, tuple[int, ...]] = {}
        for text in plain:
            count = text.count("\n") + (not text.endswith("\n"))
            own, lines = lines[:count], lines[count:]
            tokens = [token for line in own for token in line]
            if not _special(tokens):
                ids = tuple(id_ for id_, _ in tokens)
                found[text] = ids if text.endswith("\n") else ids[:-1]
        return [found[text] if text in found else self._alone(text) for text in texts]

    def _lines(self, tokens: Sequence[Token]) -> list[list[Token]]:
        lines: list[list[Token]] = [[]]
        for token in tokens:
            lines[-1].append(token)
            if token[0] == self._line_end:
                lines.append([])
        return lines[:-1] if not lines[-1] else []

    def _alone(self, text: str) -> tuple[int, ...]:
        """Encode one text, taken apart where it spells a special piece."""
        spelled, known = self._spelled, set[str]()
        while True:
            parts = [self._tokens(part) for part in _apart(text, spelled)]
            tokens = [token for part in parts for token in part]
            special = _special(tokens) - known
            if not special:
                return tuple(id_ for id_, _ in tokens)
            known |= special
            spelled = _spelled([*self._controls.values(), *known])

    def _tokens(self, text: str) -> Sequence[Token]:
        """Return what ``text`` is within a longer one: without an implicit space."""
        if not text:
            return ()
        if not self.implicit_space:
            tokens = self._ask(text)
        else:
            behind = self._ask(f"\n{text}")
            ids = [id_ for id_, _ in behind]
            tokens = behind[ids.index(self._line_end) + 1 :]
        self._pieces.update(tokens)
        return tokens

    def _text(self, pieces: Sequence[str]) -> str:
        """Return what pieces of text say; bytes that are no character are U+FFFD."""
        if self._byte_level:
            said = bytes(_BYTES[letter] for piece in pieces for letter in piece)
            return said.decode(errors="replace")
        return "".join(
            _characters(
                bytes.fromhex("".join(_BYTE.sub(r"\1", piece) for piece in run))
            )
            if are_bytes
            else "".join(run).replace(SPACE, " ")
            for are_bytes, run in groupby(
                pieces, lambda piece: bool(_BYTE.fullmatch(piece))
            )
        )


def _special(tokens: Sequence[Token]) -> set[str]:
    """Return the pieces that may be special ones: text that spells them must not be."""
    return {
        piece
        for _, piece in tokens
        if _SPECIAL.fullmatch(piece) and not _BYTE.fullmatch(piece)
    }


def _spelled(pieces: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for text that spells one of ``pieces``, or a byte's piece."""
    texts = (re.escape(piece).replace(SPACE, f"[{SPACE} ]") for piece in pieces)
    return re.compile("|".join([*texts, _BYTE.pattern]))


def _apart(text: str, spelled: re.Pattern[str]) -> list[str]:
    """Cut ``text`` in the middle of each special piece that it spells."""
    cuts = [sum(match.span()) // 2 for match in spelled.finditer(text)]
    return [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]


def _characters(said: bytes) -> str:
    """Decode as tokenizers' ByteFallback does: all of a run, or none of it."""
    try:
        return said.decode()
    except UnicodeDecodeError:
        return "\ufffd" * len(said)


def _byte_letters() -> dict[str, int]:
    """Return GPT-2's letters for bytes: printable ones are themselves."""
    itself = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in itself]
    letters = {chr(byte): byte for byte in itself}
    return letters | {chr(256 + at): byte for at, byte in enumerate(others)}


_BYTES = _byte_letters()
