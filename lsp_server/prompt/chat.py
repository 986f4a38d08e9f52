"""The exact token ids that talk with a model that was trained to be talked with."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any

from lsp_server.engine.base import EngineError
from lsp_server.prompt.asked import SAMPLE, Ask, AskedTokenizer
from lsp_server.prompt.chat_families import (
    BEGINNINGS,
    CHAT_FAMILIES,
    PLAIN,
    ChatFamily,
    Form,
    Piece,
)
from lsp_server.prompt.encoding import Encoder
from lsp_server.prompt.families import FAMILIES, Family
from lsp_server.prompt.recognise import model_name
from lsp_server.prompt.tags import first_tag
from lsp_server.prompt.tokenizing import LocalTokenizer
from lsp_server.prompt.vocabulary import read_vocabulary
from retrieval.source import split_lines

_PLACE = re.compile(r"\{(system|user|answer|begin)\}")
_INFILL_PIECES = frozenset(chain.from_iterable(one.special for one in FAMILIES))
_CHAT_PIECES = frozenset(
    chain.from_iterable(one.required.union(one.stops) for one in CHAT_FAMILIES)
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the user says, and the answer; of the last turn, how the answer begins."""

    user: str
    answer: str = ""


class TagsInText(ValueError):
    """A chat tag stands in a text as text, where the model would take it for one."""


class Chat:
    """How one model is talked with; ``note`` tells the user what it was not made for.

    ``form`` names the form its prompts have. Special pieces never come out of text; tags that are
    plain text are refused, so whoever writes the text escapes them first
    (:mod:`~lsp_server.prompt.tags`). May be asked from any thread.
    """

    def __init__(
        self,
        *,
        name: str,
        family: ChatFamily,
        pieces: Mapping[str, int],
        encoder: Encoder,
        note: str = "",
    ) -> None:
        self.name = name
        self.note = note
        self.form = family.name
        self.stop_ids = tuple(pieces[one] for one in family.stops if one in pieces)
        self._family = family
        self._pieces = pieces
        self._encoder = encoder
        self._lock = Lock()

    def ids(self, system: str, turns: Sequence[Turn]) -> tuple[int, ...]:
        """Return the prompt that asks the last turn; raises TagsInText.

        Turns are stripped, as in Meta's code, but for the end of an answer's beginning.
        ``system`` must say something.
        """
        texts = (system, *(text for turn in turns for text in (turn.user, turn.answer)))
        tag = next(filter(None, map(first_tag, texts)), None)
        if tag is not None:
            raise TagsInText(tag)
        with self._lock:
            return tuple(
                chain.from_iterable(
                    (self._pieces[item.text],)
                    if isinstance(item, Piece)
                    else self._encoded(item)
                    for item in _written(self._family, system.strip(), turns)
                )
            )

    def encode(self, text: str) -> tuple[int, ...]:
        """Return what a text is within a prompt."""
        with self._lock:
            return self._encoder.encode_infilling_lines(split_lines(text))

    def count(self, text: str) -> int:
        """Return how many tokens a text takes within a prompt."""
        return len(self.encode(text))

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ``ids``, special pieces by their names."""
        with self._lock:
            return self._encoder.decode(ids)

    def _encoded(self, text: str) -> tuple[int, ...]:
        lines = split_lines(text)
        if self._family.meta_sentencepiece:
            return self._encoder.encode_lines(lines)
        return self._encoder.encode_infilling_lines(lines)


def chat_for(folder: Path, name: str) -> Chat:
    """Read how the model in ``folder`` is talked with; weights are not touched.

    ``name`` is what messages call it. One that was not trained to be talked with gets a
    plain form and a note. Takes up to a second: call it away from the event loop. Raises
    ModelUnusable where there is no tokenizer.
    """
    config = _read(folder / "config.json")
    vocabulary = read_vocabulary(folder, name)
    ids = vocabulary.ids
    rows = config.get("vocab_size")
    usable = {one for one in ids if not isinstance(rows, int) or ids[one] < rows}
    family, note = _family(
        (name, model_name(folder)),
        usable,
        _template(folder),
        str(config.get("model_type", "")),
    )
    family = _spelled(family, usable)
    tokenizer = LocalTokenizer(vocabulary, _tokenized(family))
    return Chat(
        name=name, family=family, pieces=ids, encoder=Encoder(tokenizer), note=note
    )


def asked_chat(ask: Ask, names: Sequence[str]) -> Chat:
    """Return how the model is talked with whose tokenizer only its endpoint has.

    ``names`` are what the model is called, the one for messages first. Blocks, as does
    what is asked of it later; raises EngineError.
    """
    every = _INFILL_PIECES | _CHAT_PIECES
    told = {piece: id_ for id_, piece in ask("\n".join(sorted(every)))}
    pieces = {piece: told[piece] for piece in every if piece in told}
    family, note = _family(names, pieces.keys(), "", "")
    family = _spelled(family, pieces.keys())
    tokenizer = AskedTokenizer(ask, _tokenized(family), pieces)
    return Chat(
        name=names[0],
        family=family,
        pieces=pieces,
        encoder=Encoder(tokenizer),
        note=note,
    )


def agreeing_chat(folder: Path | None, ask: Ask, names: Sequence[str]) -> Chat | None:
    """Return what ``folder`` has, None where ``ask`` speaks for another tokenizer.

    Where nobody can be asked, a server of another make, the folder is believed.
    """
    if folder is None:
        return None
    local = chat_for(folder, names[0])
    try:
        there = asked_chat(ask, names).encode(SAMPLE)
    except EngineError:
        return local
    return local if local.encode(SAMPLE) == there else None


def _written(
    family: ChatFamily, system: str, turns: Sequence[Turn]
) -> Iterator[Piece | str]:
    """Yield pieces, and the texts between two of them as one."""
    forms: list[tuple[Form, Mapping[str, str]]] = [(family.head, {"system": system})]
    for at, turn in enumerate(turns):
        user, last = turn.user, at == len(turns) - 1
        if at == 0 and system:
            user = _filled(family.first_user, {"system": system, "user": user})
        begin = family.before_begin + turn.answer if turn.answer else ""
        values = {"user": user.strip(), "answer": turn.answer.strip(), "begin": begin}
        forms.append((family.last if last else family.turn, values))
    text = ""
    for form, places in forms:
        for item in form:
            if isinstance(item, str):
                text += _filled(item, places)
                continue
            if text:
                yield text
            text = ""
            yield item
    if text:
        yield text


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Put values into their places; what they hold is not looked at again."""
    return _PLACE.sub(lambda match: values[match[1]], text)


def _family(
    names: Sequence[str], pieces: Collection[str], template: str, model_type: str
) -> tuple[ChatFamily, str]:
    """Return the form that the model was trained on, and a note where it was on none."""
    lasts = [name.rpartition("/")[2] for name in names]
    for family in CHAT_FAMILIES:
        if not family.required <= {*pieces}:
            continue
        if model_type and model_type not in family.model_types:
            continue
        base = family.base
        signed = family.sign in template and not (
            base and any(base.search(name) for name in lasts)
        )
        if signed or any(family.named.search(name) for name in lasts):
            return family, ""
    return PLAIN, (
        f"{names[0]} was not trained to follow instructions, so its answers will often be "
        "of no use: set on_demand.model to a model that was "
        "(codellama/CodeLlama-34b-Instruct-hf)."
    )


def _spelled(family: ChatFamily, pieces: Collection[str]) -> ChatFamily:
    """Give the plain form the beginning and the tokens of this tokenizer."""
    if family is not PLAIN:
        return family
    begins = next((Piece(one) for one in BEGINNINGS if one in pieces), None)
    known = next((one for one in FAMILIES if one.required <= {*pieces}), None)
    llama = begins == Piece("<s>") and (known is None or known.meta_sentencepiece)
    return replace(
        family,
        head=(begins, *family.head) if begins else family.head,
        meta_sentencepiece=llama,
        line_exact=llama,
    )


def _tokenized(family: ChatFamily) -> Family:
    """Return what tokenizers ask of a family: no piece of any may come out of text."""
    return Family(
        name=family.name,
        model_types=family.model_types,
        psm=(),
        stops=tuple(sorted(_INFILL_PIECES | _CHAT_PIECES)),
        meta_sentencepiece=family.meta_sentencepiece or family.line_exact,
        line_exact=family.line_exact,
    )


def _template(folder: Path) -> str:
    """Return the tokenizer's chat template, "" where it has none."""
    try:
        return (folder / "chat_template.jinja").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return str(_read(folder / "tokenizer_config.json").get("chat_template", ""))


def _read(path: Path) -> Mapping[str, Any]:
    """Return a JSON object; an empty one where there is none: names tell as well."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
