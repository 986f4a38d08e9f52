"""What the model is worth on packages that it has not seen: loss, bits per byte, exact match, samples."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch.nn import functional

from tools.demo_model.examples import psm_prompt
from tools.demo_model.model import Llama
from tools.demo_model.tokenizer import Tokenizer

LOSS_LENGTH = 2_048
LOSS_TOKENS_MAX = 200_000
PLACES = 200
PREFIX_CHARS_MAX = 2_000
SUFFIX_CHARS_MAX = 800
REST_CHARS_MIN = 3
NEW_TOKENS_MAX = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Measured on validation text; `exact` of `places` line ends were infilled without a fault."""

    loss: float
    bits_per_byte: float
    exact: int
    places: int


def evaluate(
    model: Llama, tokenizer: Tokenizer, texts: list[str], seed: int
) -> Quality:
    """Measure left-to-right loss, and greedy infilling of the rest of a line at places chosen by the seed."""
    loss, bits_per_byte = left_to_right(model, tokenizer, texts)
    rng = random.Random(seed)  # noqa: S311  # to repeat, not to keep secrets
    chosen = [place(rng.choice(texts), rng) for _ in range(PLACES)]
    exact = sum(completes(model, tokenizer, *parts) for parts in chosen)
    return Quality(
        loss=loss, bits_per_byte=bits_per_byte, exact=exact, places=len(chosen)
    )


def left_to_right(
    model: Llama, tokenizer: Tokenizer, texts: list[str]
) -> tuple[float, float]:
    """Return nats per token and bits per byte over windows of plain text, each begun without context."""
    nats, tokens, size = 0.0, 0, 0
    for text in texts:
        if tokens >= LOSS_TOKENS_MAX:
            break
        ids = tokenizer.encode(text)[: LOSS_LENGTH - 1]
        row = torch.tensor([[tokenizer.bos, *ids]])
        with torch.inference_mode():
            nats += functional.cross_entropy(
                model(row[:, :-1])[0], row[0, 1:], reduction="sum"
            ).item()
        tokens += len(ids)
        size += len(tokenizer.decode(ids).encode())
    return nats / tokens, nats / size / math.log(2)


def place(text: str, rng: random.Random) -> tuple[str, str, str]:
    """Return prefix, rest of the line and suffix of a random character of the text's code.

    The place lies within a line, or where its content starts, and at least REST_CHARS_MIN characters remain.
    """
    while True:
        start = rng.randrange(len(text))
        end = text.find("\n", start)
        line = text[text.rfind("\n", 0, start) + 1 : start]
        rest = text[start:end]
        if (
            end >= 0
            and len(rest.strip()) >= REST_CHARS_MIN
            and "#" not in line
            and (line.strip() or not rest[0].isspace())
        ):
            return (
                text[max(0, start - PREFIX_CHARS_MAX) : start],
                rest,
                text[end : end + SUFFIX_CHARS_MAX],
            )


def completes(
    model: Llama, tokenizer: Tokenizer, prefix: str, rest: str, suffix: str
) -> bool:
    """Say whether the greedy infilling's first line is the rest of the line, white space at its end aside."""
    wanted = rest.rstrip()
    ids: list[int] = []
    for token in greedy(model, tokenizer, psm_prompt(prefix, suffix, tokenizer)):
        ids.append(token)
        line, newline, _ = tokenizer.decode_infilling(ids).partition("\n")
        if newline or not wanted.startswith(line.rstrip().rstrip("\ufffd")):
            break
    return tokenizer.decode_infilling(ids).partition("\n")[0].rstrip() == wanted


def infill(model: Llama, tokenizer: Tokenizer, prefix: str, suffix: str) -> str:
    """Return the greedy middle."""
    return tokenizer.decode_infilling(
        list(greedy(model, tokenizer, psm_prompt(prefix, suffix, tokenizer)))
    )


def greedy(model: Llama, tokenizer: Tokenizer, prompt: list[int]) -> Iterator[int]:
    """Yield the likeliest ids until the end of the infilling; without a cache, so for short answers only."""
    ids = list(prompt)
    for _ in range(NEW_TOKENS_MAX):
        with torch.inference_mode():
            last = model.hidden(torch.tensor([ids]))[0, -1]
            token = int((model.embed_tokens.weight @ last).argmax())
        if token in (tokenizer.eot, tokenizer.eos):
            return
        ids.append(token)
        yield token
