"""Chat tags that are plain text: how they are kept out of what models are told.

Code Llama's "[INST]" and DeepSeek-Coder's "### Instruction:" are no special pieces: text
that says them would be taken for them. A middle dot within makes such a tag plain, says
so to whoever reads it, and can be taken out again.
"""

import re

DOT = "·"

_TAG = re.compile(
    r"(?P<head>\[/?(?=·*INST\])|<</?(?=·*SYS>>)|(?m:^)[ \t]*###(?=·* (?:Instruction|Response):))"
    r"(?P<dots>·*)"
)

_BARE = re.compile(
    r"\[/?INST\]|<</?SYS>>|^[ \t]*### (?:Instruction|Response):", re.MULTILINE
)


def escaped(text: str) -> str:
    """Return ``text`` without tags: "[INST]" is "[·INST]", and that "[··INST]"."""
    return _TAG.sub(lambda match: match["head"] + match["dots"] + DOT, text)


def restored(text: str) -> str:
    """Return what ``escaped`` was given."""
    return _TAG.sub(lambda match: match["head"] + match["dots"][1:], text)


def first_tag(text: str) -> str | None:
    """Return the first tag in ``text``, for messages."""
    found = _BARE.search(text)
    return found[0].strip() if found else None
