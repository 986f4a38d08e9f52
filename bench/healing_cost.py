"""What healing costs: our logits processor, a structured output, and neither."""

import asyncio
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.progress import Progress
from lsp_server.engine.host.embedded import EmbeddedEngine, load
from lsp_server.engine.host.fitting import fits
from lsp_server.engine.settings import HostSettings, ModelSettings
from lsp_server.prompt.plan import Budget, Plan

_TOKENS = 32
_SURE = 100.0
"""Added to a logit, it wins wherever it is not forbidden."""

NONE, PROCESSOR, REGEX = "none", "logits processor", "regex"
WAYS = (NONE, PROCESSOR, REGEX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Medians over the prompts; ``ends``: how many answers an ``<EOT>`` could end.

    It was made the likeliest token of all. ``begun``: how many answers began as asked.
    """

    way: str
    first_token_ms: float
    token_ms: float
    begun: int
    ends: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Timed:
    first_token_ms: float
    token_ms: float
    text: str
    stopped: bool


def measured_costs(
    folder: Path, plans: Sequence[Plan], budget: Budget
) -> tuple[dict[str, Any], str]:
    """Return the figures, as they are and as a table."""
    costs = asyncio.run(_costs(folder, plans, budget.window_tokens))
    return {"costs": [asdict(cost) for cost in costs]}, cost_table(costs)


def cost_table(costs: Sequence[Cost]) -> str:
    """Return what is printed."""
    text = [
        f"medians, {_TOKENS} tokens each; 'ends': the likeliest <EOT> ended the answer",
        f"{'':18} {'first token':>12} {'per token':>12} {'begun':>8} {'ends':>8}",
    ]
    text += [
        f"{cost.way:18} {cost.first_token_ms:>9.2f} ms {cost.token_ms:>9.2f} ms "
        f"{cost.begun:>4}/{cost.count} {cost.ends:>4}/{cost.count}"
        for cost in costs
    ]
    return "\n".join(text)


def _silent(text: str, share: float | None = None) -> None:
    """Tell nobody: it takes seconds."""
    del text, share


async def _costs(folder: Path, plans: Sequence[Plan], window_tokens: int) -> list[Cost]:
    settings = ModelSettings(
        folder=str(folder), name=folder.name, window_tokens=window_tokens, heals=True
    )
    fitting = fits(HostSettings(models=(settings,))).of(settings)
    engine = await asyncio.to_thread(load, settings, fitting, _silent)
    try:
        await _warm_up(engine, plans[0])
        timed: dict[str, list[_Timed]] = {way: [] for way in WAYS}
        ended: dict[str, list[_Timed]] = {way: [] for way in WAYS}
        progress = Progress("requests", 2 * len(WAYS) * len(plans))
        for number, planned in enumerate(plans):
            await _asked(engine, planned, NONE, end=False)  # its prompt is cached now
            for step in range(len(WAYS)):
                way = WAYS[(number + step) % len(WAYS)]  # nobody is always the first
                timed[way].append(await _asked(engine, planned, way, end=False))
                ended[way].append(await _asked(engine, planned, way, end=True))
                progress.step()
                progress.step()
    finally:
        await engine.close()
    return [_cost(way, plans, timed[way], ended[way]) for way in WAYS]


def _cost(
    way: str, plans: Sequence[Plan], timed: Sequence[_Timed], ended: Sequence[_Timed]
) -> Cost:
    begins = [planned.begin for planned in plans]
    return Cost(
        way=way,
        first_token_ms=statistics.median(one.first_token_ms for one in timed),
        token_ms=statistics.median(one.token_ms for one in timed),
        begun=sum(
            one.text.startswith(begin) for one, begin in zip(timed, begins, strict=True)
        ),
        ends=sum(
            one.stopped and (way == NONE or one.text.startswith(begin))
            for one, begin in zip(ended, begins, strict=True)
        ),
        count=len(plans),
    )


async def _warm_up(engine: EmbeddedEngine, planned: Plan) -> None:
    for way in WAYS:
        await _asked(engine, planned, way, end=False)


async def _asked(
    engine: EmbeddedEngine, planned: Plan, way: str, *, end: bool
) -> _Timed:
    """Time one answer; ``end``: the family's first stop may end it, and is likeliest."""
    from vllm import SamplingParams, TokensPrompt  # noqa: PLC0415 - only once loaded
    from vllm.sampling_params import (  # noqa: PLC0415
        RequestOutputKind,
        StructuredOutputsParams,
    )

    from lsp_server.engine.healing import asked  # noqa: PLC0415

    stop = planned.stop_ids[0]
    regex = re.escape(planned.begin) + r"[\s\S]*"
    parameters = SamplingParams(
        temperature=0.0,
        max_tokens=_TOKENS,
        ignore_eos=not end,
        stop_token_ids=[stop] if end else [],
        logit_bias={stop: _SURE} if end else None,
        output_kind=RequestOutputKind.DELTA,
        extra_args=asked(planned.begin) if way == PROCESSOR else None,
        structured_outputs=(
            StructuredOutputsParams(regex=regex)
            if way == REGEX and planned.begin
            else None
        ),
    )
    prompt = TokensPrompt(prompt_token_ids=list(planned.prompt_ids))
    first, first_tokens, tokens, text, stopped = 0.0, 0, 0, "", False
    began = time.perf_counter()
    name = f"cost-{began}"
    async for output in engine.vllm.generate(prompt, parameters, name):
        part = output.outputs[0]
        if not tokens:
            first, first_tokens = time.perf_counter(), len(part.token_ids)
        tokens += len(part.token_ids)
        text += part.text
        stopped = part.finish_reason == "stop"
    return _Timed(
        first_token_ms=(first - began) * 1000,
        token_ms=(time.perf_counter() - first) * 1000 / max(1, tokens - first_tokens),
        text=text,
        stopped=stopped,
    )
