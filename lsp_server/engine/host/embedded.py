"""vLLM itself, inside the engine host: how it is loaded and asked. Its only importer."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import psutil

from lsp_server.engine.base import Finish, GenerationRequest, Loaded, Piece
from lsp_server.engine.beginning import after
from lsp_server.engine.host.fitting import Fitting
from lsp_server.engine.host.residency import Stages
from lsp_server.engine.settings import ModelSettings

_CPU_BLOCK_TOKENS = 32
_GPU_BLOCK_TOKENS = 16
_CPU_STEP_TOKENS = 1_024
_GPU_STEP_TOKENS = 2_048
"""What one step of the scheduler computes: nothing is aborted, and nobody gets in, before
its end. For 7B on an H100 that is 60 to 100 ms (14 GFLOP a token)."""
_GUESSED_TOKENS = 8
_AGREEING_TOKENS = 3
"""An answer that repeats a line of its prompt agrees in so many tokens before."""
_SHUTDOWN_SECONDS = 8.0


class EmbeddedEngine:
    """One ``AsyncLLM``, bound to the event loop that asks it.

    ``vllm`` is the ``vllm.v1.engine.async_llm.AsyncLLM`` itself, ``processes`` are those
    that it started.
    """

    def __init__(self, engine: Any, loaded: Loaded, processes: Sequence[Any]) -> None:
        self.loaded = loaded
        self.vllm = engine
        self._processes = processes
        self._requests = 0
        self._closed = False

    @property
    def dead(self) -> bool:
        """Whether vLLM's core has ended, so that no request can be served any more."""
        return self._closed or bool(self.vllm.errored)

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

    async def pause(self) -> None:
        """Compute nothing until ``resume``, and forget nothing.

        Not ``AsyncLLM.pause_generation``: that waits 20 ms for outputs.
        """
        await self.vllm.engine_core.pause_scheduler_async(
            mode="keep", clear_cache=False
        )

    async def resume(self) -> None:
        """Go on with what was asked before and meanwhile."""
        await self.vllm.resume_generation()

    async def sleep(self) -> None:
        """Move the weights to the main memory and drop the cache; on CPU a pause."""
        await self.vllm.sleep(level=1)

    async def wake(self) -> None:
        """Come back from ``sleep``."""
        await self.vllm.wake_up()

    async def answers(self) -> None:
        """Return when the core has answered; between two steps it does."""
        await self.vllm.engine_core.is_scheduler_paused_async()

    async def close(self) -> None:
        """Shut vLLM down, and end what is left of it: a core may be wedged."""
        self._closed = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SHUTDOWN_SECONDS):
                await asyncio.to_thread(self.vllm.shutdown)
        for process in self._processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def load(settings: ModelSettings, fitting: Fitting, report: Stages) -> EmbeddedEngine:
    """Construct the engine; takes 10 s to minutes and blocks, so call it in a thread."""
    report("importing vLLM", 0.02)
    from vllm import AsyncEngineArgs  # noqa: PLC0415 - 8 s: the socket answers before
    from vllm.platforms import current_platform  # noqa: PLC0415
    from vllm.v1.engine.async_llm import AsyncLLM  # noqa: PLC0415

    on_cpu = current_platform.is_cpu()
    arguments = _arguments(settings, on_cpu=on_cpu) | dict(fitting.arguments)
    step = arguments["max_num_batched_tokens"]
    # One long prompt leaves half of each step to others: to a keystroke beside a
    # warm-up, or beside an action.
    arguments["long_prefill_token_threshold"] = step // 2
    others = {*psutil.Process().children(recursive=True)}
    report("loading the weights", 0.2)
    engine = AsyncLLM.from_engine_args(AsyncEngineArgs(**arguments))
    loaded = Loaded(
        model=settings.name,
        window_tokens=engine.model_config.max_model_len,
        device="cpu" if on_cpu else current_platform.get_device_name(),
        why=fitting.why,
    )
    own = [*{*psutil.Process().children(recursive=True)} - others]
    return EmbeddedEngine(engine, loaded, own)


def _arguments(settings: ModelSettings, *, on_cpu: bool) -> dict[str, Any]:
    """Return what does not depend on how much memory is free."""
    from lsp_server.engine.healing import Healing  # noqa: PLC0415 - imports vLLM

    arguments: dict[str, Any] = {
        "model": settings.folder,
        "served_model_name": settings.name,
        "enable_prefix_caching": True,
        "block_size": _CPU_BLOCK_TOKENS if on_cpu else _GPU_BLOCK_TOKENS,
        "scheduling_policy": "priority",
        "max_num_batched_tokens": _CPU_STEP_TOKENS if on_cpu else _GPU_STEP_TOKENS,
        "logits_processors": [Healing] if settings.heals else None,
        "speculative_config": _speculation(settings),
        "trust_remote_code": False,
        "generation_config": "vllm",
        "disable_log_stats": True,
        "enable_log_requests": False,
    }
    if settings.load_format is not None:
        arguments["load_format"] = settings.load_format
        arguments["skip_tokenizer_init"] = settings.load_format == "dummy"
    if on_cpu:
        # Blocks of 32: vLLM's CPU kernels want a multiple of it, and the smallest one
        # caches most. Eager: compiling costs more seconds than a small model gives back.
        arguments |= {"dtype": "bfloat16", "enforce_eager": True}
    return arguments


def _speculation(settings: ModelSettings) -> dict[str, Any] | None:
    """Return vLLM's form of it; beside a custom logits processor it is refused."""
    if settings.speculation is None or settings.heals:
        return None
    if settings.speculation == "suffix":
        return {"method": "suffix"}
    return {
        "method": "ngram",
        "num_speculative_tokens": _GUESSED_TOKENS,
        "prompt_lookup_max": _GUESSED_TOKENS,
        "prompt_lookup_min": _AGREEING_TOKENS,
    }
