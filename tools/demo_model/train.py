"""Training within a budget of minutes, with checkpoints that a later run resumes from."""

import contextlib
import io
import logging
import math
import os
import pickle
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info
from tqdm import tqdm

from tools.demo_model.examples import Examples
from tools.demo_model.model import Llama
from tools.demo_model.presets import Preset

WARMUP_SHARE = 0.01
DECAY_FROM_SHARE = 0.4
LAST_RATE = 0.02
WEIGHT_DECAY = 0.1
GRADIENT_NORM_MAX = 1.0
CHECKPOINT_SECONDS = 180
SMOOTHING = 0.98
WORKERS_MAX = 12

logger = logging.getLogger(__name__)


class TrainingError(Exception):
    """Training cannot go on: why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point of the loss curve: after `seconds`, `tokens` were seen in rows of `length` tokens."""

    seconds: float
    tokens: int
    length: int
    loss: float


@dataclass(slots=True, kw_only=True)
class Progress:
    """What a training run has done so far; `loss` is smoothed, in nats per token of the weighted examples."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    loss: float = math.nan
    points: list[Point] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Learner:
    """What a step changes; `run` is the model, compiled where that pays; `identity` is what a checkpoint must agree on."""

    model: Llama
    run: Callable[[Tensor], Tensor]
    optimizers: list[torch.optim.Optimizer]
    identity: dict[str, object]


class _Steps(IterableDataset[Tensor]):
    """One step after the other: ids and their weights, (2, rows, length + 1) of int32; the same for a step in every run."""

    def __init__(self, examples: Examples, rows: int, length: int, seed: int, first: int) -> None:  # fmt: skip
        """Begin with step `first`."""
        self._examples, self._rows, self._length = examples, rows, length
        self._seed, self._first = seed, first

    def __iter__(self) -> Iterator[Tensor]:
        """Yield each step, or every n-th of them where n workers share the work."""
        worker = get_worker_info()
        step = self._first + (worker.id if worker else 0)
        while True:
            rng = random.Random(f"{self._seed} {step}")
            source = self._examples.rows(self._length + 1, rng)
            rows = [next(source) for _ in range(self._rows)]
            ids, weights = zip(*rows, strict=True)
            yield torch.tensor([ids, weights], dtype=torch.int32)
            step += worker.num_workers if worker else 1


def device() -> torch.device:
    """Return where to train: the GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train(
    examples: Examples,
    preset: Preset,
    *,
    minutes: float,
    seed: int,
    checkpoint: Path,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Llama, Progress]:
    """Train for `minutes` of the clock, those of earlier runs included, and return the model.

    The clock rules the learning rate and the row length too, so a slower machine ends as smoothly with fewer steps.
    Interrupted (Ctrl-C, SIGTERM), it writes a checkpoint and raises KeyboardInterrupt; a step's data depend on seed and
    step alone, so a resumed run goes on as if nothing had happened. Raises TrainingError where the checkpoint is of
    another run, and where the loss is no number any more.
    """
    torch.manual_seed(seed)
    on = device()
    model = Llama(preset.shape).to(on)
    learner = _Learner(
        model,
        # not dynamic: there are three lengths of rows, and each is worth its own graph
        torch.compile(model, dynamic=False) if on.type == "cuda" else model,
        _optimizers(model, preset.peak_rate),
        {"shape": asdict(preset.shape), "seed": seed, "tokenizer": examples.tokenizer.digest},
    )  # fmt: skip
    progress = _load(checkpoint, learner) if checkpoint.exists() else Progress()
    budget = minutes * 60
    before, started, saved = progress.seconds, clock(), progress.seconds
    length = 0
    batches: Iterator[Tensor] = iter(())
    with (
        _interruptions() as interrupted,
        tqdm(total=round(budget), initial=round(before), unit="s", mininterval=5) as bar,
    ):  # fmt: skip
        while progress.seconds < budget and not interrupted:
            done = progress.seconds / budget
            if preset.length(done) != length:
                length = preset.length(done)
                batches = iter(_loader(examples, preset, length, seed, progress.step))
            for optimizer in learner.optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = preset.peak_rate * rate(done)
            batch = next(batches)
            loss = _step(learner, batch, preset.pass_tokens)
            _note(progress, loss, batch, before + clock() - started)
            bar.set_postfix_str(_told(progress, length), refresh=False)
            bar.update(min(round(progress.seconds), bar.total) - bar.n)
            if progress.seconds - saved > CHECKPOINT_SECONDS:
                saved = progress.seconds
                _save_or_warn(checkpoint, learner, progress)
    _save_or_warn(checkpoint, learner, progress)
    if interrupted:
        raise KeyboardInterrupt
    return model, progress


def _told(progress: Progress, length: int) -> str:
    rate = progress.tokens / progress.seconds
    return f"step {progress.step:,}, loss {progress.loss:.3f}, rows of {length:,}, {rate:,.0f} tokens/s"


@contextlib.contextmanager
def _interruptions() -> Iterator[list[int]]:
    """Collect Ctrl-C and SIGTERM instead of breaking off in the middle of a step."""
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _: came.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def rate(done: float) -> float:
    """Return the part of the peak rate after a share of the time: a warm-up, a plain, and a straight way down."""
    if done < WARMUP_SHARE:
        return max(done / WARMUP_SHARE, 0.05)
    left = (1 - done) / (1 - DECAY_FROM_SHARE)
    return min(1.0, max(left, LAST_RATE))


def autocast(on: torch.device) -> AbstractContextManager[None]:
    """Compute in bfloat16: 2.8 times the tokens per second of float32 on a CPU with avx512_bf16."""
    context: AbstractContextManager[None] = torch.autocast(on.type, torch.bfloat16)
    return context


def _step(learner: _Learner, batch: Tensor, pass_tokens: int) -> Tensor:
    """Change the model by one step, and return the mean loss."""
    model = learner.model
    on = model.embed_tokens.weight.device
    ids, weights = batch.to(on, non_blocking=True).long()
    rows = max(1, pass_tokens // (ids.shape[1] - 1))
    total = torch.zeros((), device=on)
    for part, weight in zip(ids.split(rows), weights.split(rows), strict=True):
        with autocast(on):
            hidden = learner.run(part[:, :-1])
        loss = model.loss(hidden.bfloat16(), part[:, 1:], weight[:, 1:].float())
        share = len(part) / len(ids)
        (loss * share).backward()
        total += loss.detach() * share
    torch.nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_NORM_MAX)
    for optimizer in learner.optimizers:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return total


def _note(progress: Progress, loss: Tensor, batch: Tensor, seconds: float) -> None:
    value = float(loss.item())
    if not math.isfinite(value):
        raise TrainingError(
            f"The loss of step {progress.step} is {value}: the last checkpoint is kept, but goes the same way. "
            "Try another --seed."
        )
    progress.loss = (
        value
        if math.isnan(progress.loss)
        else SMOOTHING * progress.loss + (1 - SMOOTHING) * value
    )
    rows, length = batch.shape[1], batch.shape[2] - 1
    progress.step += 1
    progress.tokens += rows * length
    progress.seconds = seconds
    point = Point(seconds=seconds, tokens=progress.tokens, length=length, loss=value)
    progress.points.append(point)


def _loader(
    examples: Examples, preset: Preset, length: int, seed: int, first: int
) -> DataLoader[Tensor]:
    """Return the steps' ids; beside a GPU, other processes encode them ahead."""
    steps = _Steps(examples, max(1, preset.step_tokens // length), length, seed, first)
    on_gpu = device().type == "cuda"
    workers = min(WORKERS_MAX, (os.cpu_count() or 2) - 1) if on_gpu else 0
    return DataLoader(steps, batch_size=None, num_workers=workers, pin_memory=on_gpu)


def _optimizers(model: Llama, peak_rate: float) -> list[torch.optim.Optimizer]:
    """Return Muon for the layers' matrices and AdamW for the rest.

    Muon's orthogonal updates (https://kellerjordan.github.io/posts/muon) reached AdamW's loss of 150 steps after 100
    here, for a fifth more time per step of 4,096 tokens.
    """
    matrices = [p for layer in model.layers for p in layer.parameters() if p.dim() > 1]
    gains = [p for p in model.parameters() if p.dim() == 1]
    return [
        torch.optim.Muon(
            matrices,
            lr=peak_rate,
            weight_decay=WEIGHT_DECAY,
            adjust_lr_fn="match_rms_adamw",
        ),
        torch.optim.AdamW(
            [model.embed_tokens.weight, *gains],
            lr=peak_rate,
            betas=(0.9, 0.98),
            weight_decay=0.0,
            fused=True,
        ),
    ]


def _save_or_warn(path: Path, learner: _Learner, progress: Progress) -> None:
    """Replace the checkpoint in one step; a full disk costs the checkpoint, not the run."""
    state = {
        "identity": learner.identity,
        "model": learner.model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in learner.optimizers],
        "progress": asdict(progress),
    }
    buffer = io.BytesIO()
    torch.save(state, buffer)
    partial = path.with_suffix(".partial")
    try:
        partial.write_bytes(buffer.getbuffer())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        logger.warning(
            "No checkpoint was written (%s); the one before it is kept. Make room: training goes on and tries again.",
            error,
        )


def _load(path: Path, learner: _Learner) -> Progress:
    """Put a checkpoint's state into the learner; raises TrainingError where it does not fit."""
    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
        if state["identity"] != learner.identity:
            raise TrainingError(
                f"{path} is of another run (shape, seed or tokenizer differ): remove it, or take another --work folder"
            )
        learner.model.load_state_dict(state["model"])
        for optimizer, stored in zip(
            learner.optimizers, state["optimizers"], strict=True
        ):
            optimizer.load_state_dict(stored)
        points = [Point(**point) for point in state["progress"].pop("points")]
        return Progress(**state["progress"], points=points)
    except (RuntimeError, pickle.UnpicklingError, EOFError, LookupError, TypeError, ValueError, AttributeError) as error:  # fmt: skip
        raise TrainingError(
            f"{path} is no checkpoint ({error}): remove it to begin anew"
        ) from None
