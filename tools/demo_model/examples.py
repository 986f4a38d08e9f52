"""Training examples: windows of files as fill-in-the-middle token ids, with other files before them, in rows."""

import bisect
import itertools
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

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

_IDENTIFIER = re.compile(r"[A-Za-z_]\w{2,}")


class Examples:
    """All files of the corpus, to draw examples from; nothing here changes, and every draw is the caller's `rng`."""

    def __init__(self, files: list[File], tokenizer: Tokenizer) -> None:
        """Weigh the files: languages by their shares, files of one language by their sizes."""
        self._files = files
        self._tokenizer = tokenizer
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

    def rows(self, length: int, rng: random.Random) -> Iterator[list[int]]:
        """Yield rows of `length` ids without end.

        Each row starts with a new example; the last one of a row is cut, and its rest is dropped.
        """
        row: list[int] = []
        while True:
            row += self.draw(length, rng)
            if len(row) >= length:
                yield row[:length]
                row = []

    def draw(self, length: int, rng: random.Random) -> list[int]:
        """Return the ids of one example for rows of `length` ids.

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
        return example(text, ends_file, self._tokenizer, rng, context)

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
) -> list[int]:
    """Return left-to-right, PSM or SPM ids of one window, as the Code Llama paper formats them.

    `context` stands before the prefix and is never a part of what is asked for.
    """
    if not text or rng.random() >= INFILLING_RATE:
        return [
            tokenizer.bos,
            *tokenizer.encode(context + text),
            *([tokenizer.eos] if ends_file else []),
        ]
    start, end = (
        short_span(text, rng)
        if rng.random() < SHORT_MIDDLE_RATE
        else any_span(text, rng)
    )
    prefix, middle, suffix = context + text[:start], text[start:end], text[end:]
    if rng.random() < SHORT_SUFFIX_RATE:
        suffix = suffix[: int(math.exp(rng.uniform(0, math.log(SHORT_SUFFIX_CHARS))))]
    if rng.random() < PREFIX_FIRST_RATE:
        return [
            *psm_prompt(prefix, suffix, tokenizer),
            *tokenizer.encode_infilling(middle),
            tokenizer.eot,
        ]
    return [*spm_ids(prefix + middle, suffix, tokenizer), tokenizer.eot]


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
