"""Token healing: how much of the prefix is taken back, for the model to say anew.

A model in SPM order has learned prefix and middle as one text in one tokenization. What
stands before a cursor is cut there, and its last tokens are often not those that the
whole line has: "ret" of "return", a "▁" that would have belonged to the next word.
"""

import re
from collections.abc import Sequence

from lsp_server.prompt.encoding import Encoder

_MOST_TOKENS = 8
"""Each is a step of the engine, of a few milliseconds, that adds nothing to the answer."""

_INSIDE_A_WORD = re.compile(r"\w\w")

_UNDECODABLE = "\ufffd"


def taken_back(encoder: Encoder, ids: Sequence[int], before: str) -> tuple[int, str]:
    """Return how many of the last of ``ids`` to take back, and the text that they are.

    ``ids`` are the prefix's, ``before`` is the text of the cursor's line to its left.
    What is taken back is the last token, and the whole word that the cursor stands in or
    behind; at most eight tokens, nothing of another line, and never the first of ``ids``,
    which carries the implicit space. (0, "") if that is nothing.

    The rest of ``ids`` and the text are the prefix, exactly: a character of several
    tokens is never taken apart.
    """
    found = (0, "")
    for count in range(1, min(_MOST_TOKENS, len(ids) - 1) + 1):
        text = encoder.decode(ids[-count:])
        if "\n" in text:
            break
        if text.startswith(_UNDECODABLE):
            continue  # inside a character, or right before a true U+FFFD: not worth it
        found = (count, text)
        start = len(before) - len(text)
        if start < 1 or not _INSIDE_A_WORD.match(before, start - 1):
            break
    return found
