"""The parts of the bench, each with the engines that it takes."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import replace
from pathlib import Path

from bench.engine import beside, clients, first
from bench.engine.action import Asking
from bench.engine.engines import Subject, hosted, served, subject
from bench.engine.options import at_most, lengths
from bench.engine.table import Figures
from bench.progress import Progress
from lsp_server.engine.base import (
    PRIORITY_ACTION,
    PRIORITY_SHOWN,
    Engine,
    EngineError,
    Tier,
)

_LOG_CHARS = 4_000


async def measured(typed: argparse.Namespace, logs: Path) -> Figures:
    """Measure what is asked for; raises EngineError."""
    with ExitStack() as stack:
        model = stack.enter_context(
            subject(
                typed.shape or typed.model,
                shape=typed.shape is not None,
                fp8=typed.fp8,
                window_tokens=typed.window_tokens,
            )
        )
        async with hosted([model.settings()], model.vocabulary, logs) as (host, loaded):
            engine = host.engine()
            found = Figures(
                model=model.name,
                device=loaded.device,
                window_tokens=loaded.window_tokens,
            )
            found = await _alone(typed, found, model, engine)
            if "remote" in typed.what:
                found = await _remote(typed, found, model, engine, logs)
        if "beside" in typed.what:
            other = model
            if typed.on_demand is not None:
                other = stack.enter_context(
                    subject(
                        typed.on_demand,
                        shape=True,
                        fp8=typed.fp8,
                        window_tokens=typed.window_tokens,
                    )
                )
            found = await _two_engines(typed, found, model, other, logs)
    return found


async def _alone(
    typed: argparse.Namespace, found: Figures, model: Subject, engine: Engine
) -> Figures:
    """Measure what takes one engine."""
    if "first" in typed.what:
        fit, not_fit = lengths(typed.prompts, found.window_tokens, typed.answer_tokens)
        rows = await first.measured(
            {"embedded": engine},
            fit,
            times=typed.repeat,
            answer_tokens=typed.answer_tokens,
            vocabulary=model.vocabulary,
            seed=f"{typed.seed} first",
            step=Progress("first", typed.repeat * len(fit)).step,
        )
        notes = tuple(
            f"{length:,} tokens and their answer do not fit into the window."
            for length in not_fit
        )
        found = replace(found, first=rows, notes=(*found.notes, *notes))
    if "beside" in typed.what:
        ways = (
            _way("one engine, priority", engine, engine, PRIORITY_ACTION),
            _way("one engine, equal", engine, engine, PRIORITY_SHOWN),
        )
        rows_beside = await _beside(typed, found, model, ways)
        found = replace(found, beside=rows_beside)
    if "clients" in typed.what:
        how = clients.Typing(
            prompt_tokens=at_most(typed.completion_prompt, found.window_tokens),
            answer_tokens=typed.completion_tokens,
            requests=typed.requests,
            pause_ms=typed.pause_ms,
            vocabulary=model.vocabulary,
            seed=f"{typed.seed} clients",
        )
        progress = Progress("clients", len(typed.clients))
        rows_clients = []
        for count in typed.clients:
            rows_clients.append(await clients.measured(engine, count, how))
            progress.step()
        found = replace(found, clients=rows_clients)
    return found


async def _remote(
    typed: argparse.Namespace,
    found: Figures,
    model: Subject,
    engine: Engine,
    logs: Path,
) -> Figures:
    wanted = typed.prompts or [512, 2048]
    fit, _ = lengths(wanted, found.window_tokens, typed.answer_tokens)
    on_cpu = found.device == "cpu"
    log = logs / "serve.log"
    try:
        async with served(model, on_cpu=on_cpu, log=log) as remote:
            rows = await first.measured(
                {"embedded": engine, "vllm serve": remote},
                fit,
                times=typed.repeat,
                answer_tokens=typed.answer_tokens,
                vocabulary=model.vocabulary,
                seed=f"{typed.seed} remote",
                step=Progress("remote", typed.repeat * len(fit)).step,
            )
    except (EngineError, RuntimeError) as error:
        if log.exists():
            print(log.read_text(errors="replace")[-_LOG_CHARS:], file=sys.stderr)
        return replace(found, notes=(*found.notes, f"No vllm serve: {error}"))
    return replace(found, remote=rows)


async def _two_engines(
    typed: argparse.Namespace,
    found: Figures,
    model: Subject,
    other: Subject,
    logs: Path,
) -> Figures:
    """Measure completions beside an action of another model; a note where both do not fit."""
    models = [model.settings(), other.settings(Tier.ON_DEMAND)]
    try:
        async with AsyncExitStack() as stack:
            host, _ = await stack.enter_async_context(
                hosted(models, min(model.vocabulary, other.vocabulary), logs)
            )
            fast, slow = host.engine(0), host.engine(1)
            ways = (
                _way("two engines, paused", fast, slow, PRIORITY_ACTION),
                # Only a completion that is shown pauses the other.
                replace(
                    _way("two engines, not paused", fast, slow, PRIORITY_ACTION),
                    completion_priority=PRIORITY_ACTION,
                ),
            )
            rows = await _beside(typed, found, model, ways)
    except EngineError as error:
        return replace(found, notes=(*found.notes, f"No two engines: {error}"))
    return replace(found, beside=(*found.beside, *rows))


async def _beside(
    typed: argparse.Namespace,
    found: Figures,
    model: Subject,
    ways: Sequence[beside.Way],
) -> list[beside.Row]:
    load = beside.Load(
        prompt_tokens=at_most(typed.completion_prompt, found.window_tokens),
        answer_tokens=typed.completion_tokens,
        action=Asking(
            prompt_tokens=at_most(typed.action_prompt, found.window_tokens),
            answer_tokens=at_most(typed.action_tokens, found.window_tokens),
            vocabulary=model.vocabulary,
        ),
        completions=typed.completions,
        rounds=typed.repeat,
        pace_s=typed.pace_ms / 1000,
        vocabulary=model.vocabulary,
        seed=f"{typed.seed} beside",
    )
    progress = Progress("beside", len(ways) * load.rounds * beside.STEPS)
    return await beside.measured(ways, load, progress.step)


def _way(
    name: str, completions: Engine, actions: Engine, action_priority: int
) -> beside.Way:
    return beside.Way(
        name=name,
        completions=completions,
        completion_priority=PRIORITY_SHOWN,
        actions=actions,
        action_priority=action_priority,
    )
