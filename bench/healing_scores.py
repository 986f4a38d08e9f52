"""How likely a model finds what was there: log-likelihoods in float32, by torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsp_server.engine.beginning import token_bytes
from lsp_server.prompt.infill import Infiller
from lsp_server.prompt.plan import Plan


class Scorer:
    """A model that is asked for likelihoods; ``folder`` holds its weights."""

    def __init__(self, folder: Path, infiller: Infiller) -> None:
        from transformers import (  # noqa: PLC0415 - seconds, and only for this
            AutoModelForCausalLM,
            AutoTokenizer,
        )

        self._infiller = infiller
        self._model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32")
        self._model.eval()
        tokenizer = AutoTokenizer.from_pretrained(folder)
        self._tokens = token_bytes(tokenizer, self._model.config.vocab_size)

    def nats(self, planned: Plan, middle: str) -> float:
        """Return the log-likelihood of ``middle`` and the end of the answer.

        What was taken back is a part of what is said. While it is not all said, only the
        tokens that the engine allows then take part in the softmax: it is as likely as
        the engine would say it.
        """
        begin = planned.begin
        target = (
            *self._infiller.encoder.encode_infilling(begin + middle),
            self._infiller.stop_ids[0],
        )
        logits = self._logits(planned.prompt_ids, target)
        total, rest = 0.0, begin.encode()
        for row, id_ in zip(logits, target, strict=True):
            if rest:
                allowed = self._tokens.allowed(rest)
                total += float(row[id_] - row[allowed].logsumexp(0))
                rest = self._tokens.rest(rest, [id_])
            else:
                total += float(row[id_] - row.logsumexp(0))
        return total

    def _logits(self, prompt_ids: Sequence[int], target: Sequence[int]) -> Any:
        """Return a tensor of what precedes each of ``target``: (tokens, vocabulary)."""
        import torch  # noqa: PLC0415

        ids = torch.tensor([[*prompt_ids, *target[:-1]]])
        with torch.inference_mode():
            found = self._model(ids, logits_to_keep=len(target), use_cache=False)
        return found.logits[0]
