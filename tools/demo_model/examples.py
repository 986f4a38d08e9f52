"""Training examples: windows of files as fill-in-the-middle token ids, with other files before them, in rows."""

import bisect
import itertools
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from lsp_server.prompt.snippets import commented
from tools.demo_model.corpus import File
from tools.demo_model.languages import BY_NAME
from tools.demo_model.tokenizer import Tokenizer

INFILLING_RATE = 0.9
PREFIX_FIRST_RATE = 0.5
SHORT_MIDDLE_RATE = 0.5
WINDOW_CHARS_MIN = 100
SHORT_MIDDLE_LINES = (1, 3)
AT_CONTENT_RATE = 0.5
SHORT_SUFFIX_RATE = 0.5
SHORT_SUFFIX_CHARS = 240
"""At most, and short ones as often as long: where `MID` comes soon after `SUF`, a small model learns to look back over
the suffix to the end of the prefix, and then over longer ones."""
CONTEXT_RATE = 0.3
CONTEXT_LINES = (5, 30)
CONTEXT_CANDIDATES = 24
CONTEXT_SHARE = (0.15, 0.45)
CONTEXT_LENGTH_MIN = 512
"""Tokens of a row: in shorter ones there is no room for other files."""
CHARS_PER_TOKEN = 2.8

MIDDLE_WEIGHT = 6
"""Of the loss of a middle's ids and the `EOT` behind them; the other ids weigh 1."""

Row = tuple[list[int], list[int]]
"""Ids, and what the loss of each weighs."""

_IDENTIFIER = re.compile(r"[A-Za-z_]\w{2,}")


@dataclass(frozen=True, slots=True)
class Example:
    """Ids of one example; from `middle` on they are the answer, which may be none of them."""

    ids: list[int]
    middle: int

    def weights(self, tokenizer: Tokenizer) -> list[int]:
        """Return what the loss of each id weighs.

        Nothing for those that no text foretells: where the parts of an example begin.
        """
        unforeseeable = {tokenizer.bos, tokenizer.pre, tokenizer.suf, tokenizer.mid}
        return [
            0 if id_ in unforeseeable else MIDDLE_WEIGHT if at >= self.middle else 1
            for at, id_ in enumerate(self.ids)
        ]


class Examples:
    """All files of the corpus, to draw examples from; nothing here changes, and every draw is the caller's `rng`."""

    def __init__(self, files: list[File], tokenizer: Tokenizer) -> None:
        """Weigh the files: languages by their shares, files of one language by their sizes."""
        self._files = files
        self.tokenizer = tokenizer
        of_language: Counter[str] = Counter()
        self._neighbours: dict[tuple[str, str], list[File]] = defaultdict(list)
        for file in files:
            of_language[file.language] += len(file.text)
            self._neighbours[file.package, file.language].append(file)
        self._weights = list(
            itertools.accumulate(
                BY_NAME[file.language].share * len(file.text) / of_language[file.language]
                for file in files
            )
        )  # fmt: skip

    def rows(self, length: int, rng: random.Random) -> Iterator[Row]:
        """Yield rows of `length` ids, and what each weighs, without end.

        Each row starts with a new example; the last one of a row is cut, and its rest is dropped.
        """
        ids: list[int] = []
        weights: list[int] = []
        while True:
            drawn = self.draw(length, rng)
            ids += drawn.ids
            weights += drawn.weights(self.tokenizer)
            if len(ids) >= length:
                yield ids[:length], weights[:length]
                ids, weights = [], []

    def draw(self, length: int, rng: random.Random) -> Example:
        """Return one example for rows of `length` ids.

        Short windows are as frequent as long ones: each shows once where a prefix ends, which is hardest to learn.
        """
        at = bisect.bisect(self._weights, rng.random() * self._weights[-1])
        file = self._files[min(at, len(self._files) - 1)]
        most = length * CHARS_PER_TOKEN * 0.7
        chars = math.exp(rng.uniform(math.log(WINDOW_CHARS_MIN), math.log(most)))
        text, ends_file = window(file.text, int(chars), rng)
        context = ""
        if length >= CONTEXT_LENGTH_MIN and rng.random() < CONTEXT_RATE:
            context = self._context(file, text, length, rng)
        return example(text, ends_file, self.tokenizer, rng, context)

    def _context(self, file: File, text: str, length: int, rng: random.Random) -> str:
        """Return snippets of the package's other files in the same language, the likest to `text` last.

        They fill less than half of a row, so that what they are for is in it, too.
        """
        others = self._neighbours[file.package, file.language]
        sign = BY_NAME[file.language].comment
        wanted = set(_IDENTIFIER.findall(text))
        found: list[tuple[float, str]] = []
        for _ in range(CONTEXT_CANDIDATES):
            other = rng.choice(others)
            if other is not file:
                lines = other.text.split("\n")
                size = rng.randint(*CONTEXT_LINES)
                start = rng.randrange(max(1, len(lines) - size))
                part = "\n".join(lines[start : start + size])
                names = set(_IDENTIFIER.findall(part))
                like = len(names & wanted) / (len(names | wanted) or 1)
                found.append((like, commented(other.path, part, sign)))
        room = length * CHARS_PER_TOKEN * rng.uniform(*CONTEXT_SHARE)
        taken: list[str] = []
        for _, snippet in sorted(found, reverse=True):
            room -= len(snippet)
            if room > 0:
                taken.insert(0, snippet)
        return "".join(taken)


def window(text: str, chars: int, rng: random.Random) -> tuple[str, bool]:
    """Return about `chars` characters of whole lines, and whether they reach the file's end."""
    if len(text) <= chars:
        return text, True
    start = rng.randrange(-chars // 4, len(text) - chars // 2)
    start = 0 if start <= 0 else text.find("\n", start) + 1
    end = text.find("\n", start + chars) + 1 or len(text)
    return text[start:end], end == len(text)


def example(
    text: str,
    ends_file: bool,
    tokenizer: Tokenizer,
    rng: random.Random,
    context: str = "",
) -> Example:
    """Return one window left to right, or in PSM or SPM order, as the Code Llama paper formats them.

    `context` stands before the prefix and is never a part of what is asked for.
    """
    if not text or rng.random() >= INFILLING_RATE:
        end = [tokenizer.eos] if ends_file else []
        ids = [tokenizer.bos, *tokenizer.encode(context + text), *end]
        return Example(ids, len(ids))
    start, stop = (
        short_span(text, rng)
        if rng.random() < SHORT_MIDDLE_RATE
        else any_span(text, rng)
    )
    prefix, middle, suffix = context + text[:start], text[start:stop], text[stop:]
    if rng.random() < SHORT_SUFFIX_RATE:
        suffix = suffix[: int(math.exp(rng.uniform(0, math.log(SHORT_SUFFIX_CHARS))))]
    if rng.random() < PREFIX_FIRST_RATE:
        prompt = psm_prompt(prefix, suffix, tokenizer)
        answer = [*tokenizer.encode_infilling(middle), tokenizer.eot]
        return Example(prompt + answer, len(prompt))
    # A token that the cursor cuts belongs to the answer: healing has it said.
    begin = len(spm_ids(prefix, suffix, tokenizer)) - 1
    return Example([*spm_ids(prefix + middle, suffix, tokenizer), tokenizer.eot], begin)


def psm_prompt(prefix: str, suffix: str, tokenizer: Tokenizer) -> list[int]:
    """Return Code Llama's prompt ids in prefix, suffix, middle order."""
    ids = [tokenizer.bos, tokenizer.pre, *tokenizer.encode(prefix), tokenizer.suf]
    return [*ids, *tokenizer.encode_infilling(suffix), tokenizer.mid]


def spm_ids(prefix_and_middle: str, suffix: str, tokenizer: Tokenizer) -> list[int]:
    """Return ids in suffix, prefix, middle order; prefix and middle are encoded as one text, as in the paper."""
    ids = [tokenizer.bos, tokenizer.pre, tokenizer.suf]
    ids += [*tokenizer.encode_infilling(suffix), tokenizer.mid]
    return ids + tokenizer.encode(prefix_and_middle)


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
