"""What the model is worth on packages that it has not seen: bits per byte, and how often a line's rest is right."""

import math
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch.nn import functional

from tools.demo_model.corpus import File
from tools.demo_model.examples import psm_prompt, spm_ids
from tools.demo_model.languages import LANGUAGES
from tools.demo_model.model import Llama
from tools.demo_model.tokenizer import Tokenizer

LOSS_TOKENS = 1_024
LOSS_TOKENS_MAX = 60_000
PLACES = 200
PREFIX_CHARS_MAX = 2_000
SUFFIX_CHARS_MAX = 800
REST_CHARS_MIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Of one language: bits per byte left to right, and line ends infilled without a fault, of `places`."""

    language: str
    bits_per_byte: float
    nats_per_token: float
    exact_psm: int
    exact_spm: int
    places: int


def evaluate(
    model: Llama, tokenizer: Tokenizer, files: list[File], seed: int
) -> Iterator[Quality]:
    """Yield each language's figures; the places are chosen by the seed."""
    by_language: dict[str, list[str]] = defaultdict(list)
    for file in files:
        by_language[file.language].append(file.text)
    for language in LANGUAGES:
        texts = by_language[language.name]
        if not texts:
            continue
        rng = random.Random(f"{seed} {language.name}")
        rng.shuffle(texts)  # so that all packages take part in what is cut off
        nats, bits = left_to_right(model, tokenizer, texts)
        chosen = [place(rng, texts, language.comment) for _ in range(PLACES)]
        yield Quality(
            language=language.name,
            bits_per_byte=bits,
            nats_per_token=nats,
            exact_psm=sum(completes(model, tokenizer, *parts, spm=False) for parts in chosen),
            exact_spm=sum(completes(model, tokenizer, *parts, spm=True) for parts in chosen),
            places=len(chosen),
        )  # fmt: skip


def left_to_right(
    model: Llama, tokenizer: Tokenizer, texts: list[str]
) -> tuple[float, float]:
    """Return nats per token and bits per byte of the files' first LOSS_TOKENS tokens."""
    nats, tokens, size = 0.0, 0, 0
    for text in texts:
        if tokens >= LOSS_TOKENS_MAX:
            break
        ids = tokenizer.encode(text)[: LOSS_TOKENS - 1]
        row = torch.tensor([[tokenizer.bos, *ids]])
        with torch.inference_mode():
            logits = model.logits(model(row[:, :-1]))[0]
        nats += functional.cross_entropy(logits, row[0, 1:], reduction="sum").item()
        tokens += len(ids)
        size += len(tokenizer.decode(ids).encode())
    return nats / tokens, nats / size / math.log(2)


def place(rng: random.Random, texts: list[str], comment: str) -> tuple[str, str, str]:
    """Return prefix, rest of the line and suffix of a random character of the texts' code.

    The place lies within a line, or where its content starts, and at least REST_CHARS_MIN characters remain.
    """
    while True:
        text = rng.choice(texts)
        start = rng.randrange(len(text))
        end = text.find("\n", start)
        line = text[text.rfind("\n", 0, start) + 1 : start]
        rest = text[start:end]
        if (
            end >= 0
            and len(rest.strip()) >= REST_CHARS_MIN
            and comment not in line
            and not line.strip().startswith(("/*", "*"))
            and (line.strip() or not rest[0].isspace())
        ):
            return (
                text[max(0, start - PREFIX_CHARS_MAX) : start],
                rest,
                text[end : end + SUFFIX_CHARS_MAX],
            )


def completes(
    model: Llama,
    tokenizer: Tokenizer,
    prefix: str,
    rest: str,
    suffix: str,
    *,
    spm: bool,
) -> bool:
    """Say whether greedy infilling gives the rest of the line, and then ends it.

    One pass with the answer given: greedy decoding says it exactly if each of its ids is the likeliest there.
    """
    prompt = (
        spm_ids(prefix, suffix, tokenizer)
        if spm
        else psm_prompt(prefix, suffix, tokenizer)
    )
    answer = tokenizer.encode_infilling(rest)
    with torch.inference_mode():
        hidden = model(torch.tensor([prompt + answer]))[0, len(prompt) - 1 :]
        best = model.logits(hidden).argmax(-1).tolist()
    (newline,) = tokenizer.encode_infilling("\n")
    return best[:-1] == answer and best[-1] in (tokenizer.eot, tokenizer.eos, newline)
