"""Training within a budget of minutes, with checkpoints that a later run resumes from."""

import logging
import math
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from tools.demo_model.examples import rows
from tools.demo_model.model import Llama, Shape
from tools.demo_model.tokenizer import Tokenizer

LENGTHS = ((0.0, 256), (0.5, 512), (0.75, 1_024), (0.92, 2_048))
"""Row length in tokens from each share of the budget on; the last is the model's context length."""
TOKENS_PER_STEP = 4_096
PEAK_RATE = 2.5e-3
WARMUP_SHARE = 0.03
WEIGHT_DECAY = 0.1
GRADIENT_NORM_MAX = 1.0
CHECKPOINT_SECONDS = 180
IGNORED = -100
MIDDLE_WEIGHT = 4.0
"""Of the loss after `MID`, where the answers are; the rest weighs 1."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a training run has done so far."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    loss: float = math.nan


def train(
    texts: list[str],
    tokenizer: Tokenizer,
    shape: Shape,
    *,
    minutes: float,
    seed: int,
    checkpoint: Path,
) -> tuple[Llama, Progress]:
    """Train for `minutes` of wall clock, those of earlier runs included, and return the model.

    The clock rules the learning rate and the row length too, so a slower machine ends as smoothly with fewer steps.
    """
    torch.manual_seed(seed)
    model = Llama(shape)
    optimizer = _optimizer(model)
    progress = (
        _load(checkpoint, model, optimizer) if checkpoint.exists() else Progress()
    )
    rng = random.Random(seed + progress.step)  # noqa: S311  # to repeat, not to keep secrets
    budget = minutes * 60
    before, started = progress.seconds, time.monotonic()
    saved = progress.seconds
    length = 0
    batches: Iterator[Tensor] = iter(())
    while progress.seconds < budget:
        done = progress.seconds / budget
        wanted = [size for share, size in LENGTHS if done >= share][-1]
        if wanted != length:
            length = wanted
            batches = _batches(texts, tokenizer, length, rng)
        rate = learning_rate(done)
        loss = _step(model, optimizer, next(batches), rate, tokenizer)
        smooth = (
            loss if math.isnan(progress.loss) else 0.98 * progress.loss + 0.02 * loss
        )
        progress = Progress(
            step=progress.step + 1,
            tokens=progress.tokens + TOKENS_PER_STEP,
            seconds=before + time.monotonic() - started,
            loss=smooth,
        )
        if progress.step % 20 == 0:
            logger.info(
                "step %d loss %.3f rate %.1e tokens/s %.0f elapsed %.0f s",
                progress.step, progress.loss, rate, progress.tokens / progress.seconds, progress.seconds,
            )  # fmt: skip
        if progress.seconds - saved > CHECKPOINT_SECONDS:
            saved = progress.seconds
            _save(checkpoint, model, optimizer, progress)
    _save(checkpoint, model, optimizer, progress)
    return model, progress


def learning_rate(done: float) -> float:
    """Return the rate after a share of the budget: linear warm-up, then half a cosine down to zero."""
    if done < WARMUP_SHARE:
        return PEAK_RATE * (done / WARMUP_SHARE + 0.01)
    fallen = min(1.0, (done - WARMUP_SHARE) / (1 - WARMUP_SHARE))
    return PEAK_RATE * 0.5 * (1 + math.cos(math.pi * fallen))


def targets(ids: Tensor, tokenizer: Tokenizer) -> Tensor:
    """Return the next ids, without those that nothing in the text foretells: where the parts of an example begin."""
    following = ids[:, 1:].clone()
    for unforeseeable in (tokenizer.bos, tokenizer.pre, tokenizer.suf, tokenizer.mid):
        following[following == unforeseeable] = IGNORED
    return following


def in_middle(ids: Tensor, tokenizer: Tokenizer) -> Tensor:
    """Say for each input whether what follows it belongs to a middle, its `EOT` included."""
    begun = (ids[:, :-1] == tokenizer.mid).cumsum(1)
    ended = (ids[:, :-1] == tokenizer.eot).cumsum(1)
    return begun > ended


def _step(
    model: Llama,
    optimizer: torch.optim.Optimizer,
    ids: Tensor,
    rate: float,
    tokenizer: Tokenizer,
) -> float:
    for group in optimizer.param_groups:
        group["lr"] = rate
    # bfloat16 gives 2.8 times the tokens per second of float32 on a CPU with avx512_bf16
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(ids[:, :-1])
    following = targets(ids, tokenizer)
    losses = functional.cross_entropy(
        logits.float().flatten(0, 1),
        following.flatten(),
        ignore_index=IGNORED,
        reduction="none",
    ).view_as(following)
    weights = 1 + (MIDDLE_WEIGHT - 1) * in_middle(ids, tokenizer)
    loss = (losses * weights).sum() / (weights * (following != IGNORED)).sum()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_NORM_MAX)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss.item())


def _batches(
    texts: list[str], tokenizer: Tokenizer, length: int, rng: random.Random
) -> Iterator[Tensor]:
    """Yield the ids of one step; each row has one more than `length`, for its targets."""
    source = rows(texts, tokenizer, length + 1, rng)
    while True:
        yield torch.tensor([next(source) for _ in range(TOKENS_PER_STEP // length)])


def _optimizer(model: Llama) -> torch.optim.Optimizer:
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.dim() == 1]
    groups = [
        {"params": matrices, "weight_decay": WEIGHT_DECAY},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=PEAK_RATE, betas=(0.9, 0.98), fused=True)


def _save(
    path: Path, model: Llama, optimizer: torch.optim.Optimizer, progress: Progress
) -> None:
    """Replace the checkpoint in one step, so that a cut never leaves half of one."""
    partial = path.with_suffix(".partial")
    torch.save(
        {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "progress": asdict(progress),
        },
        partial,
    )
    partial.replace(path)


def _load(path: Path, model: Llama, optimizer: torch.optim.Optimizer) -> Progress:
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return Progress(**state["progress"])
