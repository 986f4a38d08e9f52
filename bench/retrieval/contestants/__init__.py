"""Those that retrieve: each says what it would show at a place, the best first."""

import argparse
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.retrieval.contestants.aider_map import AiderMap
from bench.retrieval.contestants.base import Contestant
from bench.retrieval.contestants.bm25 import BM25
from bench.retrieval.contestants.jaccard import Jaccard
from bench.retrieval.contestants.nothing import Nothing
from bench.retrieval.contestants.ours import Ours
from bench.retrieval.contestants.windows import Windows
from bench.retrieval.files import File
from bench.retrieval.tokens import Tokens


@dataclass(frozen=True, kw_only=True)
class Entered:
    """The repository that contestants are made for, and what was typed."""

    root: Path
    files: Sequence[File]
    tokens: Tokens
    typed: argparse.Namespace

    @functools.cached_property
    def windows(self) -> Windows:
        return Windows(self.files)


AIDER = "aider"

CONTESTANTS: Mapping[str, Callable[[Entered], Contestant]] = {
    "nothing": lambda _: Nothing(),
    "jaccard": lambda entered: Jaccard(entered.windows),
    "bm25": lambda entered: BM25(entered.windows),
    "ours": lambda entered: Ours(entered.root, entered.tokens),
    AIDER: lambda entered: AiderMap(
        entered.files,
        entered.typed.aider,
        entered.typed.tokenizer / "tokenizer.json",
    ),
}
