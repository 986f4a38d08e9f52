"""Training within a budget of minutes, with checkpoints that a later run resumes from."""

import contextlib
import io
import logging
import math
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
from tools.demo_model.tokenizer import Tokenizer

WARMUP_SHARE = 0.01
DECAY_FROM_SHARE = 0.4
LAST_RATE = 0.02
WEIGHT_DECAY = 0.1
GRADIENT_NORM_MAX = 1.0
CHECKPOINT_SECONDS = 180
SMOOTHING = 0.98
MIDDLE_WEIGHT = 4.0
"""Of the loss after `MID`, where the answers are; the rest weighs 1."""
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
    """What a step changes; `run` is the model, compiled where that pays."""

    model: Llama
    run: Callable[[Tensor], Tensor]
    optimizers: list[torch.optim.Optimizer]


class _Steps(IterableDataset[Tensor]):
    """The ids of one step after the other: (rows, length + 1), the same for a step in every run."""

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
            yield torch.tensor([next(source) for _ in range(self._rows)])
            step += worker.num_workers if worker else 1


def device() -> torch.device:
    """Return where to train: the GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train(
    examples: Examples,
    tokenizer: Tokenizer,
    preset: Preset,
    *,
    minutes: float,
    seed: int,
    checkpoint: Path,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Llama, Progress]:
    """Train for `minutes` of the clock, those of earlier runs included, and return the model.

    The clock rules the learning rate and the row length too, so a slower machine ends as smoothly with fewer steps.
    Interrupted (Ctrl-C, SIGTERM), it writes a checkpoint first; a step's data depend on seed and step alone, so a
    resumed run goes on as if nothing had happened. Raises TrainingError where the checkpoint is another model's.
    """
    torch.manual_seed(seed)
    on = device()
    model = Llama(preset.shape).to(on)
    learner = _Learner(
        model,
        torch.compile(model) if on.type == "cuda" else model,
        _optimizers(model, preset.peak_rate),
    )
    progress = _load(checkpoint, learner) if checkpoint.exists() else Progress()
    budget = minutes * 60
    before, started, saved = progress.seconds, clock(), progress.seconds
    length = 0
    batches: Iterator[Tensor] = iter(())
    with (
        tqdm(total=round(budget), initial=round(before), unit="s", mininterval=5, smoothing=0) as bar,
        _interruptions() as interrupted,
    ):  # fmt: skip
        try:
            while progress.seconds < budget:
                if interrupted:
                    raise KeyboardInterrupt
                done = progress.seconds / budget
                if preset.length(done) != length:
                    length = preset.length(done)
                    batches = iter(_loader(examples, preset, length, seed, progress.step))  # fmt: skip
                for optimizer in learner.optimizers:
                    for group in optimizer.param_groups:
                        group["lr"] = preset.peak_rate * rate(done)
                ids = next(batches)
                loss = _step(learner, ids, tokenizer, preset.pass_tokens)
                _note(progress, loss, ids, before + clock() - started)
                bar.set_postfix_str(
                    f"step {progress.step:,}, loss {progress.loss:.3f}, rows of {length:,}, "
                    f"{progress.tokens / progress.seconds:,.0f} tokens/s",
                    refresh=False,
                )
                bar.update(min(round(progress.seconds), bar.total) - bar.n)
                if progress.seconds - saved > CHECKPOINT_SECONDS:
                    saved = progress.seconds
                    _save_or_warn(checkpoint, learner, progress)
        finally:
            _save_or_warn(checkpoint, learner, progress)
    return model, progress


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


def weights(ids: Tensor, tokenizer: Tokenizer) -> Tensor:
    """Return what the loss of each next id weighs: MIDDLE_WEIGHT after `MID` up to `EOT`, else 1.

    Nothing where the next id is one that nothing in the text foretells: where the parts of an example begin.
    """
    following = ids[:, 1:]
    begun = (ids[:, :-1] == tokenizer.mid).cumsum(1)
    ended = (ids[:, :-1] == tokenizer.eot).cumsum(1)
    # A row's examples each end what they begin, but for the last; one cut off never has more ends than beginnings.
    found = 1 + (MIDDLE_WEIGHT - 1) * (begun > ended)
    for unforeseeable in (tokenizer.bos, tokenizer.pre, tokenizer.suf, tokenizer.mid):
        found = found * (following != unforeseeable)
    return found


def autocast(on: torch.device) -> AbstractContextManager[None]:
    """Compute in bfloat16: 2.8 times the tokens per second of float32 on a CPU with avx512_bf16."""
    context: AbstractContextManager[None] = torch.autocast(on.type, torch.bfloat16)
    return context


def _step(
    learner: _Learner, ids: Tensor, tokenizer: Tokenizer, pass_tokens: int
) -> Tensor:
    model = learner.model
    on = model.embed_tokens.weight.device
    rows = max(1, pass_tokens // (ids.shape[1] - 1))
    parts = ids.to(on, non_blocking=True).split(rows)
    total = torch.zeros((), device=on)
    for part in parts:
        with autocast(on):
            hidden = learner.run(part[:, :-1])
        loss = model.loss(hidden.bfloat16(), part[:, 1:], weights(part, tokenizer))
        share = len(part) / len(ids)
        (loss * share).backward()
        total += loss.detach() * share
    torch.nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_NORM_MAX)
    for optimizer in learner.optimizers:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return total


def _note(progress: Progress, loss: Tensor, ids: Tensor, seconds: float) -> None:
    value = float(loss.item())
    progress.loss = (
        value
        if math.isnan(progress.loss)
        else SMOOTHING * progress.loss + (1 - SMOOTHING) * value
    )
    length = ids.shape[1] - 1
    progress.step += 1
    progress.tokens += len(ids) * length
    progress.seconds = seconds
    point = Point(seconds=seconds, tokens=progress.tokens, length=length, loss=value)
    progress.points.append(point)


def _loader(
    examples: Examples, preset: Preset, length: int, seed: int, first: int
) -> DataLoader[Tensor]:
    """Return the steps' ids; beside a GPU, other processes encode them ahead."""
    steps = _Steps(examples, max(1, preset.step_tokens // length), length, seed, first)
    on_gpu = device().type == "cuda"
    workers = WORKERS_MAX if on_gpu else 0
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
        "shape": asdict(learner.model.shape),
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
    except (RuntimeError, pickle.UnpicklingError, EOFError) as error:
        raise TrainingError(
            f"{path} is no checkpoint ({error}): remove it to begin anew"
        ) from None
    if state["shape"] != asdict(learner.model.shape):
        raise TrainingError(
            f"{path} is a checkpoint of another shape of model: remove it, or take another --work folder"
        )
    learner.model.load_state_dict(state["model"])
    for optimizer, stored in zip(learner.optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(stored)
    points = [Point(**point) for point in state["progress"].pop("points")]
    return Progress(**state["progress"], points=points)
