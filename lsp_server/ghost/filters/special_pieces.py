"""A model's own signs are no code: the answer ends before the first.

Engines stop at a special piece's id; some models spell one out in ordinary tokens, and are
then cut off in the middle of it. Where the answer quotes the piece, or the document itself speaks
of it, as code about models does, it is text like any other.
"""

import re

from lsp_server.ghost.lexical import Kind
from lsp_server.ghost.place import Place

_WORDS = r"""fim_(?:prefix|suffix|middle|pad)|file_sep(?:arator)?|repo_name|endoftext
|im_(?:start|end)|EOT|eot_id|end_of_text"""
_PIECE = re.compile(
    rf"""[▁\ ]?<(?:PRE|SUF|MID|EOT|FILL_ME)>|<\|(?:{_WORDS})\|>|<(?:{_WORDS}|eos|bos)>
    |<｜[^\s｜<>]{{1,40}}｜>""",  # noqa: RUF001 - DeepSeek's own bars
    re.VERBOSE,
)
_BEGUN = re.compile(
    r"""[▁\ ]?<(?:PRE|SUF|MID|EOT?)\Z|<\|[a-zA-Z_]{2,16}\|?\Z|<fim_[a-z]{0,6}\Z
    |<｜[^\s｜<>]{0,40}｜?\Z|</?s>\Z""",  # noqa: RUF001
    re.VERBOSE,
)


def apply(text: str, place: Place) -> str:
    for pattern in (_PIECE, _BEGUN):
        for found in pattern.finditer(text):
            if not _is_text(found, place):
                text = text[: found.start()]
                break
    return text


def _is_text(found: re.Match[str], place: Place) -> bool:
    """Whether the answer quotes the piece, or the document speaks of it."""
    first = len(place.before)
    for start, end, kind in place.see(found.string).quiet:
        within = start <= first + found.start() and first + found.end() <= end
        if within and start >= first and kind is Kind.STRING:
            return end <= first + len(found.string)
    piece = found[0].strip("▁ ")
    return any(piece in line for line in place.cursor.document.lines)
