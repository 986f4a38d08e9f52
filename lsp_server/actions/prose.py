"""Sentences where code should be: what a model says around its answer."""

import re
from collections.abc import Sequence

_SENTENCE = re.compile(
    r"\s*(?:[-*] |\d+\. )?[A-Z][\w']*,?(?: [\w'`\"./()-]+[,;:]?){3,}[.:!?]?\s*$"
)
_SHORT = re.compile(
    r"\s*(?:Sure|Here|Certainly|Of course|Okay|Yes|Note|Explanation)\b[^;{}=]*[.:!,]\s*$"
)
_CODE = re.compile(r"[{};=]|\)\s*$|\w\(|^\s*(?:import|from|using|SELECT)\b|::|->")


def is_sentence(line: str) -> bool:
    """Whether a line is English rather than code: words, and no sign of code."""
    if _SHORT.match(line):
        return True
    return bool(_SENTENCE.match(line)) and not _CODE.search(_without_quotes(line))


def is_prose(lines: Sequence[str]) -> bool:
    """Whether there is nothing but sentences; true of no lines at all."""
    return all(is_sentence(line) for line in lines if line.strip())


def _without_quotes(line: str) -> str:
    return re.sub(r"`[^`]*`", "", line)
