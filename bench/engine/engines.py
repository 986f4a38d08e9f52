"""What is measured: a model, or only the shape of one, in engine hosts and in vllm serve."""

import json
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.engine.asking import answered
from bench.engine.prompts import document
from bench.engine.shapes import built
from lsp_server.engine.base import Engine, Loaded, Tier
from lsp_server.engine.host.fitting import fits
from lsp_server.engine.local.engine import LocalHost
from lsp_server.engine.models import check_weights, find_model
from lsp_server.engine.remote.engine import RemoteEngine
from lsp_server.engine.remote.settings import RemoteSettings
from lsp_server.engine.settings import HostSettings, ModelSettings
from lsp_server.prompt.infill import load
from tests.vllm.serving import HEALS, ON_CPU, RECOMMENDED, serving

_WARM_TOKENS = 64
_ON_GPU = ("--block-size", "16", "--long-prefill-token-threshold", "1024")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A model to load. ``heals``: with the logits processor that completions need."""

    name: str
    folder: Path
    vocabulary: int
    heals: bool
    load_format: str | None
    fp8: bool
    window_tokens: int | None

    def settings(self, tier: Tier = Tier.REALTIME) -> ModelSettings:
        return ModelSettings(
            tier=tier,
            folder=str(self.folder),
            name=self.name,
            heals=self.heals and tier is Tier.REALTIME,
            window_tokens=self.window_tokens,
            quantization="fp8" if self.fp8 else None,
            load_format=self.load_format,
        )


@contextmanager
def subject(
    name: str, *, shape: bool, fp8: bool, window_tokens: int | None
) -> Iterator[Subject]:
    """Find the model ``name``, or build the shape; raises EngineError."""
    if shape:
        with built(name) as folder:
            yield Subject(
                name=f"{name} (dummy weights)",
                folder=folder,
                vocabulary=_vocabulary(folder),
                heals=False,
                load_format="dummy",
                fp8=fp8,
                window_tokens=window_tokens,
            )
        return
    folder = find_model(name)
    check_weights(folder)
    yield Subject(
        name=name,
        folder=folder,
        vocabulary=_vocabulary(folder),
        heals=load(folder).spm is not None,
        load_format=None,
        fp8=fp8,
        window_tokens=window_tokens,
    )


@asynccontextmanager
async def hosted(
    models: Sequence[ModelSettings], vocabulary: int, logs: Path
) -> AsyncIterator[tuple[LocalHost, Loaded]]:
    """Load all of them in a host of their own; raises EngineError.

    Told with it is the first one.
    """
    host = LocalHost(HostSettings(models=tuple(models), fit="both"), logs)
    try:
        loaded = await host.engine(0).start(_say)
        for number in range(len(models)):
            engine = host.engine(number)
            await engine.start(_say)
            await _warm(engine, vocabulary)
        yield host, loaded
    finally:
        await host.close()


@asynccontextmanager
async def served(
    model: Subject, *, on_cpu: bool, log: Path
) -> AsyncIterator[RemoteEngine]:
    """Serve the same model with vllm serve on loopback; raises EngineError.

    What fits beside what runs already is given to it as to an engine host.
    """
    settings = model.settings()
    chosen = fits(HostSettings(models=(settings,))).of(settings).arguments
    flags = [*RECOMMENDED, *(() if on_cpu else _ON_GPU)]
    flags += [*(HEALS if model.heals else ()), *_flags(chosen)]
    if model.load_format is not None:
        flags += ["--load-format", model.load_format, "--skip-tokenizer-init"]
    _say("starting vllm serve")
    base = ON_CPU if on_cpu else ()
    async with serving(*flags, log=log, model=model.folder, base=base) as server:
        remote = RemoteEngine(
            RemoteSettings(endpoint=server.endpoint, heals=model.heals)
        )
        try:
            await remote.start(_say)
            await _warm(remote, model.vocabulary)
            yield remote
        finally:
            await remote.close()


async def _warm(engine: Engine, vocabulary: int) -> None:
    """Have done what only a first request does."""
    await answered(engine, document("warm", _WARM_TOKENS, vocabulary), 2)


def _flags(arguments: Any) -> list[str]:
    """Return vLLM's command line for the keywords that it takes in Python."""
    flags = []
    for name, value in arguments.items():
        said = json.dumps(value) if isinstance(value, dict) else f"{value}"
        flags += [f"--{name.replace('_', '-')}", said]
    return flags


def _vocabulary(folder: Path) -> int:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return int(config["vocab_size"])


def _say(stage: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{stage}", end="", file=sys.stderr, flush=True)
