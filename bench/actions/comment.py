"""Whether an edit adds documentation and nothing else, whatever the documentation says."""

import re

from retrieval.source import split_lines

_BLOCK = re.compile(r"/\*(?:(?!\*/).)*\*/", re.DOTALL)
_DOCSTRING = re.compile(r'r?"""(?:(?!""").)*"""', re.DOTALL)
_LINE = re.compile(r"(?:///|//|#(?!!))")


def adds_a_comment(before: str, after: str) -> bool:
    """Whether ``after`` is ``before`` with the lines of one comment or docstring more."""
    old, new = split_lines(before), split_lines(after)
    added = len(new) - len(old)
    if added < 1:
        return False
    first = next(
        (at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        len(old),
    )
    return any(
        old[:at] == new[:at]
        and old[at:] == new[at + added :]
        and _is_comment(new[at : at + added])
        for at in range(max(0, first - added), first + 1)
    )


def _is_comment(lines: tuple[str, ...]) -> bool:
    told = [line.strip() for line in lines]
    if all(_LINE.match(line) for line in told):
        return True
    text = "\n".join(told).strip()
    return any(form.fullmatch(text) for form in (_BLOCK, _DOCSTRING))
