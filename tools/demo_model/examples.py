"""Training examples: windows of files as fill-in-the-middle token ids, packed into rows."""

import math
import random
from collections.abc import Iterator

from tools.demo_model.tokenizer import Tokenizer

INFILLING_RATE = 0.9
PREFIX_FIRST_RATE = 0.5
SHORT_MIDDLE_RATE = 0.5
WINDOW_CHARS_MIN = 100
SHORT_MIDDLE_LINES = (1, 3)
AT_CONTENT_RATE = 0.5


def rows(
    texts: list[str], tokenizer: Tokenizer, length: int, rng: random.Random
) -> Iterator[list[int]]:
    """Yield rows of `length` ids without end.

    Each row starts with a new example; the last one of a row is cut, and its rest is dropped.
    """
    row: list[int] = []
    for ids in _examples(texts, tokenizer, length, rng):
        row += ids
        if len(row) >= length:
            yield row[:length]
            row = []


def _examples(
    texts: list[str], tokenizer: Tokenizer, length: int, rng: random.Random
) -> Iterator[list[int]]:
    """Yield one window at a time, chosen in proportion to the files' sizes, as token ids.

    Short windows are as frequent as long ones: each shows once where a prefix ends, which is what is hardest to learn.
    """
    weights = [len(text) for text in texts]
    while True:
        for text in rng.choices(texts, weights, k=1_000):
            chars = math.exp(
                rng.uniform(math.log(WINDOW_CHARS_MIN), math.log(length * 2))
            )
            yield example(*window(text, int(chars), rng), tokenizer, rng)


def window(text: str, chars: int, rng: random.Random) -> tuple[str, bool]:
    """Return about `chars` characters of whole lines, and whether they reach the file's end."""
    if len(text) <= chars:
        return text, True
    start = rng.randrange(-chars // 4, len(text) - chars // 2)
    start = 0 if start <= 0 else text.find("\n", start) + 1
    end = text.find("\n", start + chars) + 1 or len(text)
    return text[start:end], end == len(text)


def example(
    text: str, ends_file: bool, tokenizer: Tokenizer, rng: random.Random
) -> list[int]:
    """Return left-to-right, PSM or SPM ids of one window, as the Code Llama paper formats them."""
    if not text or rng.random() >= INFILLING_RATE:
        return [
            tokenizer.bos,
            *tokenizer.encode(text),
            *([tokenizer.eos] if ends_file else []),
        ]
    start, end = (
        short_span(text, rng)
        if rng.random() < SHORT_MIDDLE_RATE
        else any_span(text, rng)
    )
    prefix, middle, suffix = text[:start], text[start:end], text[end:]
    if rng.random() < PREFIX_FIRST_RATE:
        return [
            *psm_prompt(prefix, suffix, tokenizer),
            *tokenizer.encode_infilling(middle),
            tokenizer.eot,
        ]
    ids = [
        tokenizer.bos,
        tokenizer.pre,
        tokenizer.suf,
        *tokenizer.encode_infilling(suffix),
        tokenizer.mid,
    ]
    return [*ids, *tokenizer.encode(prefix + middle), tokenizer.eot]


def psm_prompt(prefix: str, suffix: str, tokenizer: Tokenizer) -> list[int]:
    """Return Code Llama's prompt ids in prefix, suffix, middle order."""
    ids = [tokenizer.bos, tokenizer.pre, *tokenizer.encode(prefix), tokenizer.suf]
    return [*ids, *tokenizer.encode_infilling(suffix), tokenizer.mid]


def any_span(text: str, rng: random.Random) -> tuple[int, int]:
    """Return two uniformly random offsets, as in the paper."""
    first, second = rng.randint(0, len(text)), rng.randint(0, len(text))
    return min(first, second), max(first, second)


def short_span(text: str, rng: random.Random) -> tuple[int, int]:
    """Return a span that ends at the end of its first, second or third line.

    Half of them start at any character, the other half where the content of a line starts.
    """
    start = rng.randrange(len(text))
    if rng.random() < AT_CONTENT_RATE:
        start = text.rfind("\n", 0, start) + 1
        while start < len(text) and text[start] in " \t":
            start += 1
    end = start
    for line in range(rng.randint(*SHORT_MIDDLE_LINES)):
        found = text.find("\n", end + (line > 0))
        end = found if found >= 0 else len(text)
    return start, end
