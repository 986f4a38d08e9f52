"""A model's tokenizer.json: its pieces, and a tokenizer that reads user text as text."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from lsp_server.engine.base import ModelUnusable

_BYTE_PIECE = re.compile(r"<0x[0-9A-F]{2}>")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What tokenizer.json says: ``ids`` by piece, added tokens included."""

    ids: Mapping[str, int]
    file: Mapping[str, Any]

    @property
    def longest_piece(self) -> int:
        """An upper bound of the characters that one token stands for.

        Byte-level pieces count bytes, so they are never too short.
        """
        return max(map(len, self.ids))

    def control_pieces(self, special: Collection[str]) -> dict[int, str]:
        """Return the pieces that text must never become, by id.

        They are ``special`` and those that the file itself calls special: some families
        do not mark theirs.
        """
        marked = {token["content"] for token in self._added if token["special"]}
        pieces = marked.union(special) & self.ids.keys()
        return {self.ids[piece]: piece for piece in pieces}

    def tokenizer(self, controls: Collection[str]) -> Tokenizer:
        """Build a tokenizer that never gives the id of one of ``controls``.

        A source file may contain "<s>" or "<|fim_prefix|>" as plain text. Such pieces are
        no longer matched as added tokens, and the merges that would lead to them, or to a
        byte piece such as "<0x0A>" spelled out, are dropped: SentencePiece has no such
        merges, but Hugging Face's conversion may make one for every piece. Template,
        truncation and padding go as well.
        """
        model = dict(self.file["model"])
        model["merges"] = [
            merge for merge in model["merges"] if _safe(_merged(merge), controls)
        ]
        changed = {
            "model": model,
            "added_tokens": [t for t in self._added if t["content"] not in controls],
            "post_processor": None,
            "truncation": None,
            "padding": None,
        }
        try:
            return Tokenizer.from_str(json.dumps({**self.file, **changed}))
        except Exception as error:  # the library raises nothing narrower
            raise ModelUnusable(
                f"tokenizer.json is damaged ({error}). Download the model again."
            ) from error

    @property
    def _added(self) -> list[dict[str, Any]]:
        added: list[dict[str, Any]] = self.file["added_tokens"]
        return added


def read_vocabulary(folder: Path, name: str) -> Vocabulary:
    """Read ``folder``'s tokenizer.json; raise ModelUnusable where that cannot be done.

    ``name`` is what messages call the model.
    """
    path = folder / "tokenizer.json"
    if not path.exists():
        raise ModelUnusable(_without_tokenizer(folder, name))
    try:
        file = json.loads(path.read_text(encoding="utf-8"))
        ids = dict(file["model"]["vocab"])
        ids.update((token["content"], token["id"]) for token in file["added_tokens"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelUnusable(
            f"{name}: {path} cannot be read as a tokenizer ({error!r}). "
            "Download the model again."
        ) from error
    if file["model"].get("type") != "BPE":
        raise ModelUnusable(
            f"{name}: its tokenizer is of type {file['model'].get('type')}, and only BPE "
            "tokenizers are supported."
        )
    return Vocabulary(ids, file)


def _without_tokenizer(folder: Path, name: str) -> str:
    if (folder / "tokenizer.model").exists():
        return (
            f"{name}: {folder} has a tokenizer.model but no tokenizer.json. Convert it "
            "once, where transformers is installed: python -c 'from transformers import "
            f'AutoTokenizer as T; T.from_pretrained("{folder}")'
            f'.save_pretrained("{folder}")\''
        )
    return (
        f"{name}: {folder} has no tokenizer.json. The download is incomplete, or this is "
        "not a model's folder: download the model again."
    )


def _merged(merge: str | list[str]) -> str:
    """Return the piece that a merge makes: "a b" in older files, ["a", "b"] in newer."""
    return merge.replace(" ", "") if isinstance(merge, str) else "".join(merge)


def _safe(piece: str, controls: Collection[str]) -> bool:
    return piece not in controls and not _BYTE_PIECE.fullmatch(piece)
