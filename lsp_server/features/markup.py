"""Markdown and plain text: how what is said of code looks in each.

What comes from a repository is text, whatever it looks like: in Markdown it is escaped, so
that no link, no picture and no HTML comes out of a comment.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lsp_server.explain.fence import fence, longest_run
from lsp_server.explain.signs import address, escaped

_VERBATIM = re.compile(r"`[^`\n]+`|https?://[^\s<>()\[\]`]+")
_BEGINS = re.compile(r"^(\s*)([#=+-]|\d+[.)])(?=\s|[#=+-]|$)")
_RULE = re.compile(r"[-=*_~^#]{3,}")
_ITEM = re.compile(r"\s*[-*•]\s+")
_PROMPT = (">>>", "...")


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """``block`` takes code and its language, ``link`` a label and a uri ("" for none)."""

    block: Callable[[str, str], str]
    code: Callable[[str], str]
    link: Callable[[str, str], str]
    text: Callable[[str], str]
    strong: Callable[[str], str]
    rule: str


def _fenced(text: str, language: str) -> str:
    ticks = fence(text)
    return f"{ticks}{language}\n{text}\n{ticks}"


def _coded(text: str) -> str:
    """Return a code span; one that begins or ends with a backtick has a space there."""
    text = " ".join(text.split())
    ticks = "`" * (longest_run(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _linked(label: str, uri: str) -> str:
    if not uri:
        return _coded(label)
    return f"[{_coded(label)}]({address(uri)})"


def _lines(text: str) -> str:
    """Return text whose signs mean nothing; lines stay lines where they are meant to be."""
    return "\n".join(_paragraphs(text.split("\n")))


def _paragraphs(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.lstrip().startswith(_PROMPT[0]):
            end = at
            while end < len(lines) and lines[end].strip():
                end += 1
            yield _fenced("\n".join(one.strip() for one in lines[at:end]), "python")
            at = end
            continue
        following = lines[at + 1] if at + 1 < len(lines) else ""
        breaks = bool(line.strip() and following.strip()) and (
            line.rstrip().endswith(":")
            or following[:1].isspace()
            or _ITEM.match(following) is not None
        )
        yield _line(line) + ("  " if breaks else "")
        at += 1


def _line(line: str) -> str:
    if _RULE.fullmatch(line.strip()):
        return ""
    item = _ITEM.match(line)
    if item:
        return f"- {_words(line[item.end() :])}"
    return _BEGINS.sub(r"\\\2", _words(line.strip()))


def _words(text: str) -> str:
    """Escape all but code spans and addresses."""
    parts, start = [], 0
    for found in _VERBATIM.finditer(text):
        parts += [escaped(text[start : found.start()]), found[0]]
        start = found.end()
    return "".join([*parts, escaped(text[start:])])


MARKDOWN = Markup(
    block=_fenced,
    code=_coded,
    link=_linked,
    text=_lines,
    strong=lambda text: f"**{_words(text)}**",
    rule="---",
)
PLAIN = Markup(
    block=lambda text, _: text,
    code=lambda text: text,
    link=lambda label, _: label,
    text=lambda text: text,
    strong=lambda text: text,
    rule="",
)
