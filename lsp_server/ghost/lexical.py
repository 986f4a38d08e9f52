"""Brackets, strings and comments of code, seen without a grammar, in one pass.

A tree is better where there is one, but an answer is looked at after each token, and most
of what stands around a cursor is unfinished: signs are found in microseconds, and nothing
that is broken elsewhere changes them.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from retrieval.languages import language_of


class Kind(StrEnum):
    """What a stretch of text is, where it is no code."""

    STRING = "string"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Inside:
    """A string or comment that has begun. ``end`` is the text that ends it.

    One that is not ``long`` ends with its line at the latest; a line's comment has the
    line end as its ``end``.
    """

    kind: Kind
    end: str
    long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The signs of a text, by their offsets.

    ``marks`` are brackets in code, ``quiet`` the strings and comments as (start, end,
    kind), ``inside`` what the text ends in, None for code.
    """

    marks: tuple[tuple[int, str], ...]
    quiet: tuple[tuple[int, int, Kind], ...]
    inside: Inside | None

    def silent(self, at: int) -> Kind | None:
        """Return what the offset lies within; where one begins is still outside."""
        first = bisect_left(self.quiet, (at,)) - 1
        if first < 0:
            return None
        _, end, kind = self.quiet[first]
        return kind if at < end else None


PAIRS = {")": "(", "]": "[", "}": "{"}
OPENERS = frozenset(PAIRS.values())

_SLASHES = r"(?P<line>//[^\n]*)|(?P<block>/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))"
_DOUBLE = r'"(?:\\.|[^"\\\n])*(?:"|(?=\n)|\Z)'
_SINGLE = r"'(?:\\.|[^'\\\n])*(?:'|(?=\n)|\Z)"
_TRIPLE = r'(?P<triple>"""(?:\\.|[^"\\]|"(?!""))*(?:"""|"{0,2}\Z))'
_TICKS = r"(?P<tick>`(?:\\.|[^`\\])*(?:`|\Z))"
_LONG_DOUBLE = r'(?P<double>"(?:\\.|[^"\\])*(?:"|\Z))'
_BRACKETS = r"(?P<mark>[()\[\]{}])"
_HASH = r"(?P<line>#[^\n]*)"
_REGEX = (
    r"(?:(?<=[(,=:\[!&|?{};])|(?<=[(,=:\[!&|?{};]\s)|(?<=return\s))"
    r"/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*(?:\]|(?=\n)|\Z)|[^/\\\n\[])+(?:/\w*|(?=\n)|\Z)"
)
_HEREDOC = (
    r"(?P<here>(?<!<)<<[-~]?[ ]?(?P<hereq>['\"]?)(?P<word>[A-Za-z_]\w*)(?P=hereq)[^\n]*"
    r"(?:\n(?![ \t]*(?P=word)\b)[^\n]*)*+(?:\n[ \t]*(?P=word)\b|\Z))"
)


def _one_of(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.DOTALL)


_C = _one_of(
    _SLASHES,
    r'(?P<raw>R"(?P<delimiter>[^\s()\\]{0,16})\(.*?(?:\)(?P=delimiter)"|\Z))',
    _DOUBLE,
    r"(?<![0-9a-fA-F])" + _SINGLE,
    _BRACKETS,
)
_PATTERNS = {
    "python": _one_of(
        _HASH,
        _TRIPLE,
        r"(?P<apostrophes>'''(?:\\.|[^'\\]|'(?!''))*(?:'''|'{0,2}\Z))",
        _DOUBLE,
        _SINGLE,
        _BRACKETS,
    ),
    "c": _C,
    "cpp": _C,
    "java": _one_of(_SLASHES, _TRIPLE, _DOUBLE, _SINGLE, _BRACKETS),
    "csharp": _one_of(
        _SLASHES,
        _TRIPLE,
        r'(?P<verbatim>(?:@\$?|\$@)"(?:[^"]|"")*(?:"(?!")|\Z))',
        _DOUBLE,
        _SINGLE,
        _BRACKETS,
    ),
    "php": _one_of(
        _SLASHES,
        r"(?P<hash>#(?!\[)[^\n]*)",
        _HEREDOC.replace("<<[", "<<<[").replace("(?<!<)", ""),
        _LONG_DOUBLE,
        r"(?P<apostrophe>'(?:\\.|[^'\\])*(?:'|\Z))",
        _BRACKETS,
    ),
    "javascript": _one_of(_SLASHES, _REGEX, _DOUBLE, _SINGLE, _TICKS, _BRACKETS),
    "bash": _one_of(
        r"(?P<line>(?<![^\s;(])#[^\n]*)",
        r"\\.|\$\{#?\w+[^}\n]*\}?|\$['\"#]?(?=['\"#])",
        _HEREDOC,
        _LONG_DOUBLE,
        r"(?P<apostrophe>'[^']*(?:'|\Z))",
        _BRACKETS,
    ),
    "go": _one_of(_SLASHES, _DOUBLE, _SINGLE, _TICKS, _BRACKETS),
    "rust": _one_of(
        _SLASHES,
        r'(?P<raw>r(?P<delimiter>#{1,3})".*?(?:"(?P=delimiter)|\Z))',
        _LONG_DOUBLE,
        r"'(?:\\[^\n]{1,8}?|[^'\\\n])'",
        _BRACKETS,
    ),
    "ruby": _one_of(_HASH, _HEREDOC, _DOUBLE, _SINGLE, _BRACKETS),
    "//": _one_of(_SLASHES, _DOUBLE, _SINGLE, _BRACKETS),
    "#": _one_of(_HASH, _DOUBLE, _SINGLE, _BRACKETS),
    "--": _one_of(r"(?P<line>--[^\n]*)", _DOUBLE, r"(?<!\w)" + _SINGLE, _BRACKETS),
    "": _one_of(_DOUBLE, _BRACKETS),
}
_LIKE = {"typescript": "javascript", "tsx": "javascript"}
_GROUP_ENDS = {
    "triple": '"""',
    "apostrophes": "'''",
    "tick": "`",
    "double": '"',
    "apostrophe": "'",
    "verbatim": '"',
}
_QUOTES = frozenset(("'", '"', "`", '"""', "'''", "/"))
_COMMENTS = frozenset({"line", "hash", "block"})


@dataclass(frozen=True, slots=True)
class Signs:
    """How one language writes brackets, strings and comments."""

    name: str
    comment: str
    pattern: re.Pattern[str]

    def see(self, text: str, inside: Inside | None = None) -> Seen:
        """Return the signs of ``text``, which begins within ``inside``."""
        marks: list[tuple[int, str]] = []
        quiet: list[tuple[int, int, Kind]] = []
        start = 0
        if inside is not None:
            start, ended = _left(text, inside)
            quiet.append((-1, start if ended else len(text) + 1, inside.kind))
            if not ended:
                return Seen(marks=(), quiet=tuple(quiet), inside=inside)
        still: Inside | None = None
        for match in self.pattern.finditer(text, start):
            group = match.lastgroup
            if group == "mark":
                marks.append((match.start(), match[0]))
                continue
            if match[0][0] == "\\" or (match[0][0] == "$" and self.name == "bash"):
                continue
            kind = Kind.COMMENT if group in _COMMENTS else Kind.STRING
            end = match.end()
            if end == len(text):
                still = _unfinished(match, kind)
            quiet.append((match.start(), end + (still is not None), kind))
        return Seen(marks=tuple(marks), quiet=tuple(quiet), inside=still)


def signs_of(uri: str, language_id: str) -> Signs:
    """Return how the document's language writes them; what is not known is guessed."""
    language = language_of(uri, language_id=language_id)
    name = language.name if language else ""
    return _signs(name, language.comment if language else "#")


@cache
def _signs(name: str, comment: str) -> Signs:
    key = _LIKE.get(name, name)
    if key not in _PATTERNS:
        key = comment if comment in _PATTERNS else ""
    return Signs(name, comment, _PATTERNS[key])


def _left(text: str, inside: Inside) -> tuple[int, bool]:
    """Return where ``text`` leaves what it begins in, and whether it does."""
    if inside.kind is Kind.STRING and inside.end in _QUOTES:
        sign = re.escape(inside.end)
        line_end = "" if inside.long else "|(?=\n)"
        found = re.match(
            rf"(?:\\.|(?!{sign}{line_end}).)*+(?:{sign}{line_end})", text, re.DOTALL
        )
        return (found.end(), True) if found else (len(text), False)
    at = text.find(inside.end)
    return (at + len(inside.end.rstrip("\n")), True) if at >= 0 else (len(text), False)


def _unfinished(match: re.Match[str], kind: Kind) -> Inside | None:
    """Return what a match that reaches the end of the text has left open."""
    text, group = match[0], match.lastgroup
    if kind is Kind.COMMENT:
        if group != "block":
            return Inside(kind, "\n")
        ended = text.endswith("*/") and len(text) > 3  # noqa: PLR2004 - not "/*/"
        return None if ended else Inside(kind, "*/", long=True)
    groups = match.groupdict()
    if groups.get("word"):
        last = text.rpartition("\n")[2].strip()
        return (
            None if last == groups["word"] else Inside(kind, groups["word"], long=True)
        )
    if groups.get("delimiter") is not None:
        end = (
            f'){groups["delimiter"]}"' if text[0] == "R" else f'"{groups["delimiter"]}'
        )
        return None if text.endswith(end) else Inside(kind, end, long=True)
    end = _GROUP_ENDS.get(group or "", text[0])
    if end == "/":
        whole = re.search(r"/\w*\Z", text[1:])
        return None if whole else Inside(kind, end)
    opening = len(text) - len(text.lstrip("@$")) + len(end)
    body = text[opening:]
    if group == "verbatim":
        closed = (len(body) - len(body.rstrip(end))) % 2 == 1
    else:
        bare = body.removesuffix(end)
        escapes = len(bare) - len(bare.rstrip("\\"))
        closed = body.endswith(end) and escapes % 2 == 0
    return None if closed else Inside(kind, end, long=group in _GROUP_ENDS)
