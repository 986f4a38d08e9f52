"""Placeholders where code was: "rest of the code unchanged", bodies that became stubs."""

import re
from collections import Counter
from collections.abc import Sequence

_COMMENT = re.compile(
    r"(?:#|//|/\*+|(?:^\s*)\*|--|<!--)\s*(?P<said>.*?)\s*(?:\*/|-->)?\s*$"
)
_DOTS = re.compile(r"\.{3}|…")
_CODE_WORD = (
    r"(?:code|functions?|methods?|class(?:es)?|file|implementation|body|logic|module|"
    r"script|program|imports?|fields?|properties|tests?|cases?|lines?|stuff)"
)
_STAYS = (
    r"(?:unchanged|omitted|elided|skipped|truncated|untouched|"
    r"(?:remains?|stays?|is|are)\s+(?:the\s+same|unchanged|as\s+(?:is|before|it\s+was)))"
)
_PLAIN = re.compile(
    rf"\b(?:rest|remainder)\s+of\s+(?:\w+\s+){{0,2}}{_CODE_WORD}\b"
    rf"|\b(?:existing|previous|original|remaining)\s+(?:\w+\s+)?{_CODE_WORD}\b"
    rf"|\b(?:{_CODE_WORD}|rest|else|everything|nothing)\b.*\b{_STAYS}"
    r"|^\W*(?:unchanged|no changes?|snip(?:ped)?|omitted|same as (?:before|above)|"
    r"as before|as above)\W*$"
    rf"|\b(?:your|more|other)\s+(?:\w+\s+)?{_CODE_WORD}\s+(?:goes\s+)?here\b"
    r"|\bfor brevity\b"
    r"|\b(?:implementation|code|logic)\s+goes\s+here\b",
    re.IGNORECASE,
)
_TODO = re.compile(
    r"^\W*(?:TODO|FIXME)?\W*(?:implement|complete|finish|fill\s+in)\b(?:.{0,30})$"
    r"|^\W*TODO\b\W*(?:add|write)\b.*\b(?:code|logic|implementation|body)\b",
    re.IGNORECASE,
)
_PART = re.compile(rf"\b(?:{_CODE_WORD}|same|rest|more|other|etc)\b", re.IGNORECASE)
_LONGEST = 10
"""Words: a longer comment tells something."""

_STUB = re.compile(
    r"^(?:pass|\.\.\.|return;?|\{|\}|:|raise NotImplementedError.*|"
    r"throw\s+(?:new\s+)?\\?(?:NotImplementedException|UnsupportedOperationException|"
    r"NotSupportedException|\w*Error|\w*Exception|std::\w+)\s*\(.*(?:implement).*\);?|"
    r"throw\s+new\s+\\?(?:NotImplementedException|UnsupportedOperationException)\(\);?|"
    r"unimplemented!\(.*\);?|todo!\(.*\);?)$",
    re.IGNORECASE,
)
_TYPED = re.compile(r"\bProtocol\b|@(?:\w+\.)?(?:overload|abstractmethod)\b|\.pyi\b")


def elision(new: Sequence[str], old: Sequence[str]) -> str | None:
    """Return the first line of ``new`` that stands for code, None if there is none.

    What stood in ``old`` as often is no elision.
    """
    known = Counter(line.strip() for line in old)
    stubs = any(_TYPED.search(line) for line in new)
    for line in new:
        bare = line.strip()
        if known[bare]:
            known[bare] -= 1
        elif _elides(bare, stubs=stubs):
            return bare
    return None


def is_stub(body: Sequence[str]) -> bool:
    """Whether a body does nothing: it only says that it is not written."""
    code = [line.strip() for line in body if line.strip()]
    return all(_STUB.match(line) or _COMMENT.match(line) for line in code)


def _elides(bare: str, *, stubs: bool) -> bool:
    if bare in {"...", "…", "[...]", "(...)"}:
        return not stubs
    comment = _COMMENT.search(bare)
    if comment is None:
        return False
    said = comment["said"]
    if not _DOTS.sub("", said).strip(" .*/#-"):
        return bool(_DOTS.search(said))
    short = len(said.split()) <= _LONGEST
    dotted = bool(_DOTS.match(said)) and bool(_PART.search(said))
    return short and (dotted or bool(_TODO.search(said) or _PLAIN.search(said)))
