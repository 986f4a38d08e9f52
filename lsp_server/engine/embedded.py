"""vLLM itself, inside the engine host: how it is loaded and asked. Its only importer."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from lsp_server.engine.base import Finish, GenerationRequest, Loaded, Piece, Report
from lsp_server.engine.beginning import after
from lsp_server.engine.settings import EngineSettings

_CPU_BLOCK_TOKENS = 32
_GPU_BLOCK_TOKENS = 16
_CPU_KV_CACHE_BYTES = 2**28
_CPU_STEP_TOKENS = 1_024
_GPU_STEP_TOKENS = 2_048
"""What one step of the scheduler computes: nothing is aborted, and nobody gets in, before
its end. For 7B on an H100 that is 60 to 100 ms (14 GFLOP a token)."""
_BFLOAT16_BYTES = 2
_SHUTDOWN_SECONDS = 8.0


class EmbeddedEngine:
    """One ``AsyncLLM``, bound to the event loop that asks it.

    ``vllm`` is the ``vllm.v1.engine.async_llm.AsyncLLM`` itself.
    """

    def __init__(self, engine: Any, loaded: Loaded) -> None:
        self.loaded = loaded
        self.vllm = engine
        self._requests = 0

    @property
    def dead(self) -> bool:
        """Whether vLLM's core has ended, so that no request can be served any more."""
        return bool(self.vllm.errored)

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Piece]:
        """Yield the pieces of vLLM's answer; raises what vLLM raises.

        The text that the answer is made to begin with is no piece, nor a part of one:
        the first comes when there is something after it. Raises RequestRefused if vLLM
        did not begin with it.

        Closing the generator, or cancelling who waits for it, aborts the request.
        """
        from vllm import SamplingParams, TokensPrompt  # noqa: PLC0415 - only once loaded
        from vllm.sampling_params import RequestOutputKind  # noqa: PLC0415

        from lsp_server.engine.healing import asked  # noqa: PLC0415

        self._requests += 1
        parameters = SamplingParams(
            temperature=request.temperature,
            seed=request.seed,
            max_tokens=request.max_tokens,
            stop_token_ids=list(request.stop_ids),
            output_kind=RequestOutputKind.DELTA,
            extra_args=asked(request.begin),
        )
        stream = self.vllm.generate(
            TokensPrompt(prompt_token_ids=list(request.prompt_ids)),
            parameters,
            f"request-{self._requests}",
            priority=request.priority,
        )
        begun, text, tokens = not request.begin, "", 0
        async with contextlib.aclosing(stream) as outputs:
            async for output in outputs:
                part = output.outputs[0]
                finish = Finish(part.finish_reason) if output.finished else None
                text += part.text
                tokens += len(part.token_ids)
                if not begun:
                    rest = after(request.begin, text, ended=finish is Finish.STOP)
                    if not rest and finish is None:
                        continue
                    begun, text = True, rest or ""
                yield Piece(
                    text=text,
                    tokens=tokens,
                    prompt_tokens=len(output.prompt_token_ids),
                    cached_tokens=output.num_cached_tokens,
                    finish=finish,
                )
                text, tokens = "", 0

    async def close(self) -> None:
        """Shut vLLM down; a core that is wedged is left to whoever ends the process."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SHUTDOWN_SECONDS):
                await asyncio.to_thread(self.vllm.shutdown)


def load(settings: EngineSettings, report: Report) -> EmbeddedEngine:
    """Construct the engine; takes 10 s to minutes and blocks, so call it in a thread."""
    report("importing vLLM")
    from vllm import AsyncEngineArgs  # noqa: PLC0415 - 8 s: the socket answers before
    from vllm.platforms import current_platform  # noqa: PLC0415
    from vllm.v1.engine.async_llm import AsyncLLM  # noqa: PLC0415

    from lsp_server.engine.healing import Healing  # noqa: PLC0415

    on_cpu = current_platform.is_cpu()
    config = json.loads(Path(settings.model, "config.json").read_text(encoding="utf-8"))
    arguments: dict[str, Any] = {
        "model": settings.model,
        "served_model_name": settings.name,
        "max_model_len": settings.window_tokens,
        "enable_prefix_caching": True,
        "block_size": _CPU_BLOCK_TOKENS if on_cpu else _GPU_BLOCK_TOKENS,
        "scheduling_policy": "priority",
        "max_num_batched_tokens": _CPU_STEP_TOKENS if on_cpu else _GPU_STEP_TOKENS,
        # One long prompt leaves half of each step to others: to a keystroke beside a
        # warm-up.
        "long_prefill_token_threshold": (
            (_CPU_STEP_TOKENS if on_cpu else _GPU_STEP_TOKENS) // 2
        ),
        "logits_processors": [Healing] if settings.heals else None,
        "trust_remote_code": False,
        "generation_config": "vllm",
        "disable_log_stats": True,
        "enable_log_requests": False,
    }
    if on_cpu:
        # Blocks of 32: vLLM's CPU kernels want a multiple of it, and the smallest one
        # caches most. Eager: compiling costs more seconds than a small model gives back.
        arguments |= {
            "dtype": "bfloat16",
            "enforce_eager": True,
            "kv_cache_memory_bytes": max(
                _CPU_KV_CACHE_BYTES,
                settings.window_tokens * _kv_bytes_per_token(config),
            ),
        }
    if settings.window_tokens > config.get("max_position_embeddings", 0):
        # The RoPE cache is sized by it; vLLM refuses a longer window otherwise.
        arguments["hf_overrides"] = {"max_position_embeddings": settings.window_tokens}
    report("loading the weights")
    engine = AsyncLLM.from_engine_args(AsyncEngineArgs(**arguments))
    loaded = Loaded(
        model=settings.name,
        window_tokens=engine.model_config.max_model_len,
        device="cpu" if on_cpu else current_platform.get_device_name(),
    )
    return EmbeddedEngine(engine, loaded)


def _kv_bytes_per_token(config: dict[str, Any]) -> int:
    """Return what a token takes in the KV cache: keys and values of each layer, bf16."""
    heads = config["num_attention_heads"]
    head_size = config.get("head_dim") or config["hidden_size"] // heads
    kv_heads = config.get("num_key_value_heads") or heads
    layers = config["num_hidden_layers"]
    return int(2 * layers * kv_heads * head_size * _BFLOAT16_BYTES)
