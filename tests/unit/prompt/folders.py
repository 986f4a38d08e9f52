"""Model folders as they come from the hub, without weights."""

import json
import shutil
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from lsp_server.prompt.families import Family
from tests.unit.prompt.conftest import DEMO


def code_llama(folder: Path, **config: Any) -> Path:
    """Copy the demo model's small files; ``config`` overrides its config.json."""
    folder.mkdir(parents=True)
    for name in ("tokenizer.json", "tokenizer.model"):
        shutil.copy(DEMO / name, folder / name)
    own = json.loads((DEMO / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(own | config))
    return folder


def other_family(folder: Path, family: Family, **config: Any) -> Path:
    """Make a byte-level BPE with the family's pieces, as all families but Llama's are.

    Its pieces cross line ends ("Ċ" is one, "Ġ" is a space), and none is marked special:
    DeepSeek-Coder's are not.
    """
    folder.mkdir(parents=True)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [
        *(("Ċ", "Ġ"), ("Ġ", "Ġ"), ("ĠĠ", "Ċ"), ("ĠĠ", "Ġ"), ("Ċ", "Ċ")),
        *(("d", "e"), ("de", "f")),
    ]
    pieces = [*alphabet, *("".join(merge) for merge in merges)]
    vocab = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.BPE(vocab, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_tokens(
        [AddedToken(p, normalized=False) for p in sorted(family.special)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    own = {
        "model_type": family.model_types[-1],
        "vocab_size": tokenizer.get_vocab_size(),
    }
    (folder / "config.json").write_text(json.dumps(own | config))
    return folder


def edit_tokenizer(folder: Path, **changes: Any) -> Path:
    """Change top-level entries of tokenizer.json."""
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return folder
