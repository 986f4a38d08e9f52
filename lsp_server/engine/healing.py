"""What makes vLLM begin an answer with a given text; runs inside vLLM's core."""

from dataclasses import dataclass
from typing import Any

import torch
from vllm import SamplingParams
from vllm.config import VllmConfig
from vllm.tokenizers import cached_tokenizer_from_config
from vllm.v1.sample.logits_processor import BatchUpdate, LogitsProcessor
from vllm.v1.sample.logits_processor.builtin import process_dict_updates

from lsp_server.engine.beginning import token_bytes

_CACHED = 256
"""Sets of allowed ids; after a "▁" half of the vocabulary is allowed, 128 KiB of ids."""


def asked(begin: str) -> dict[str, Any] | None:
    """Return the ``extra_args`` of a request whose answer is to begin with ``begin``."""
    return {"begin": begin} if begin else None


@dataclass(frozen=True, slots=True)
class Begun:
    """A request that has not said its ``begin`` yet.

    ``said`` is vLLM's own list of the request's tokens, which grows. It is read when the
    logits are there: with asynchronous scheduling vLLM replaces the placeholders in it
    right before. After a preemption the request is added again with what it has said.
    """

    begin: bytes
    stop_ids: frozenset[int]
    said: list[int]


class Healing(LogitsProcessor):
    """Allows only tokens that say the text asked for, until it is said.

    A request is looked at only so long; the logits of all others are not touched.
    """

    def __init__(
        self, vllm_config: VllmConfig, device: torch.device, is_pin_memory: bool
    ) -> None:
        del is_pin_memory
        model = vllm_config.model_config
        tokenizer = cached_tokenizer_from_config(model)
        self._tokens = token_bytes(tokenizer, model.get_vocab_size())
        self._device = device
        self._begun: dict[int, Begun] = {}
        self._allowed: dict[tuple[bytes, frozenset[int]], torch.Tensor] = {}

    def is_argmax_invariant(self) -> bool:
        return False

    def update_state(self, batch_update: BatchUpdate | None) -> None:
        process_dict_updates(self._begun, batch_update, _begun)

    def apply(self, logits: torch.Tensor) -> torch.Tensor:
        for row, begun in tuple(self._begun.items()):
            rest = self._tokens.rest(begun.begin, begun.said)
            if not rest:
                del self._begun[row]
                continue
            ids = self._ids(rest, begun.stop_ids)
            # Raising would end the engine: the text is checked when it arrives.
            if len(ids):
                kept = logits[row, ids]
                logits[row] = -torch.inf
                logits[row, ids] = kept
        return logits

    def _ids(self, rest: bytes, stop_ids: frozenset[int]) -> torch.Tensor:
        """Return the allowed ids; a stop id would end the answer too early."""
        key = rest, stop_ids
        if key not in self._allowed:
            if len(self._allowed) >= _CACHED:
                self._allowed.clear()
            ids = [i for i in self._tokens.allowed(rest) if i not in stop_ids]
            self._allowed[key] = torch.tensor(ids, device=self._device)
        return self._allowed[key]


def _begun(
    parameters: SamplingParams, _prompt_ids: list[int] | None, said: list[int]
) -> Begun | None:
    begin = (parameters.extra_args or {}).get("begin")
    if not begin:
        return None
    stop_ids = frozenset(parameters.all_stop_token_ids)
    return Begun(begin.encode(), stop_ids, said)
