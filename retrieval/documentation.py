"""Documentation comments as plain text: without their signs, tags as words, dedented.

What comes out is text for people, no markup: whoever shows it as Markdown escapes it.
"""

import html
import re
from collections.abc import Sequence

_LONGEST_LINES = 60
_LONGEST_CHARS = 4_000

_STRING = re.compile(r"[rRuUbBfF]{0,2}(\"\"\"|'''|\"|')")
_LINE_SIGN = re.compile(r"\s*(?:///?/?!?<?|//!|#+!?|--+|;+|%+)(?: |$|(?=\S))")
_BLOCK_BEGIN = re.compile(r"\s*/\*[*!]*<?\s?")
_BLOCK_LINE = re.compile(r"\s*\*(?!/)\s?")

_INLINE = re.compile(r"\{@(\w+)\s*([^{}]*)\}")
_ROLE = re.compile(r":[\w:+]+:`~?([^`]*)`")
_DOUBLED = re.compile(r"``([^`]+)``")
_LIST = re.compile(r"<li>\s*", re.IGNORECASE)
_BREAK = re.compile(
    r"</?(?:p|para|br|ul|ol|pre|remarks|summary|blockquote)\s*/?>", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"<(?:see|seealso|paramref|typeparamref)\s+\w+=\"(?:\w:)?([^\"]*)\"\s*/?>"
)
_CODE = re.compile(r"</?(?:c|code|tt)>", re.IGNORECASE)
_XML_PART = re.compile(
    r"<(param|typeparam|exception|returns|value|example)(?:\s+\w+=\"(?:\w:)?([^\"]*)\")?"
    r"\s*>(.*?)</\1>",
    re.DOTALL,
)
_TAG = re.compile(
    r"</?[A-Za-z][\w-]*(?:\s+[\w:-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*/?>"
)

_PARAMETER = re.compile(
    r"\s*[@\\](?:t?param|arg|property|prop|template)(?:\[[\w,]+\])?\s+"
    r"(?:\{[^}]*\}\s*)?(?:[\w|\\<>\[\]?]+\s+(?=\$))?(?:&?\.{0,3})?\[?(\$?[\w.]+)"
    r"(?:=[^\]]*)?\]?\s*(?:[-:]\s+)?(.*)"
)
_TAGGED = re.compile(r"\s*[@\\](\w+)\b(?:\s+\{([^}]*)\})?\s*(.*)")
_FIELD = re.compile(r"\s*:(\w+)(?:\s+([^:]*))?:\s*(.*)")
_FIELD_NAMES = frozenset({"param", "parameter", "arg", "argument", "key", "keyword"})
_WORDS = {
    "return": "Returns",
    "returns": "Returns",
    "result": "Returns",
    "rtype": "Returns",
    "value": "Value",
    "throws": "Throws",
    "throw": "Throws",
    "exception": "Throws",
    "raises": "Raises",
    "raise": "Raises",
    "except": "Raises",
    "deprecated": "Deprecated",
    "since": "Since",
    "see": "See",
    "sa": "See",
    "note": "Note",
    "warning": "Warning",
    "example": "Example",
    "typeparam": "Type",
}
_PLAIN = frozenset({"brief", "short", "summary", "details", "description", "desc"})
_NAMED = frozenset({"throws", "throw", "exception", "raises", "raise", "except"})


def documentation(lines: Sequence[str], language: str) -> str:
    """Return what a docstring or comment says; ``lines`` are all of it, "" for nothing.

    Parameters become lines "- name: what it is", whatever the convention.
    """
    lines = lines[: 2 * _LONGEST_LINES]
    text = "\n".join(lines).strip()
    if language == "python" and _STRING.match(text):
        text = _unquoted(text)
    else:
        text = _uncommented(text.split("\n"))
    return _short(_told("\n".join(_dedented(text.split("\n")))))


def _unquoted(text: str) -> str:
    found = _STRING.match(text)
    if found is None:
        return text
    inside = text[found.end() :]
    end = inside.rfind(found[1])
    return inside if end < 0 else inside[:end]


def _uncommented(lines: Sequence[str]) -> str:
    if not lines[0].lstrip().startswith("/*"):
        text = "\n".join(_LINE_SIGN.sub("", line, count=1) for line in lines)
        return f"\n{text}"  # its first line has the margin of the others
    lines = [line.removesuffix("*/").rstrip() for line in lines]
    first, *rest = lines
    if rest and rest[-1].strip(" \t*") == "":
        rest = rest[:-1]
    inside = [_BLOCK_LINE.sub("", line, count=1) for line in rest]
    return "\n".join([_BLOCK_BEGIN.sub("", first, count=1), *inside])


def _dedented(lines: Sequence[str]) -> list[str]:
    """Return the lines without the margin that all but the first have."""
    expanded = [line.expandtabs(4).rstrip() for line in lines]
    margins = [len(one) - len(one.lstrip()) for one in expanded[1:] if one]
    margin = min(margins, default=0)
    return [expanded[0].lstrip(), *(one[margin:] for one in expanded[1:])]


def _told(text: str) -> str:
    """Return the text with its tags in words."""
    if "<" in text:
        text = _XML_PART.sub(_xml_part, text)
        text = _REFERENCE.sub(lambda found: found[1].rpartition(".")[2], text)
        text = _CODE.sub("`", _LIST.sub("\n- ", _BREAK.sub("\n\n", text)))
        text = html.unescape(_TAG.sub("", text))
    elif "&" in text:
        text = html.unescape(text)
    if "{@" in text:
        text = _INLINE.sub(_inline, text)
    if "`" in text:
        text = _DOUBLED.sub(r"`\1`", _ROLE.sub(r"`\1`", text))
    return "\n".join(map(_line, text.split("\n")))


def _xml_part(found: re.Match[str]) -> str:
    tag, name, said = found[1], found[2] or "", " ".join(found[3].split())
    if tag in {"param", "typeparam"}:
        return f"\n- {name}: {said}\n"
    if tag == "exception":
        return f"\nThrows {name.rpartition('.')[2]}: {said}\n"
    return f"\n{_WORDS[tag]}: {said}\n"


def _inline(found: re.Match[str]) -> str:
    tag, said = found[1], " ".join(found[2].split())
    if tag in {"code", "literal", "value"}:
        return f"`{said}`"
    target, _, label = said.replace("|", " ").partition(" ")
    return label or target.replace("#", ".").lstrip(".")


def _line(line: str) -> str:
    """Return one line with the tag that it begins with in words."""
    parameter = _PARAMETER.match(line)
    if parameter:
        return f"- {parameter[1]}: {parameter[2]}".rstrip(": ")
    tagged = _TAGGED.match(line)
    if tagged:
        return _said(tagged[1], "", tagged[3], line)
    field = _FIELD.match(line)
    if field and (field[1] in _WORDS or field[1] in _FIELD_NAMES or field[1] == "type"):
        name = (field[2] or "").strip().rpartition(" ")[2]
        if field[1] in _FIELD_NAMES:
            return f"- {name}: {field[3]}".rstrip(": ")
        return _said(field[1], name, field[3], line)
    return line


def _said(tag: str, name: str, text: str, line: str) -> str:
    if tag in _PLAIN:
        return text
    if tag == "inheritdoc":
        return ""
    word = _WORDS.get(tag)
    if word is None:
        return line
    if tag in _NAMED and not name:
        name, _, text = text.partition(" ")
    before = f"{word} {name}".rstrip()
    return f"{before}: {text.strip()}" if text.strip() else before


def _short(text: str) -> str:
    """Return the text without blank lines that say nothing, and no longer than is read."""
    kept: list[str] = []
    for line in text.split("\n"):
        if line.strip() or (kept and kept[-1].strip()):
            kept.append(line.rstrip())
    while kept and not kept[-1]:
        kept.pop()
    cut = "\n".join(kept[:_LONGEST_LINES])
    if len(cut) > _LONGEST_CHARS:
        cut = cut[:_LONGEST_CHARS].rpartition("\n")[0] or cut[:_LONGEST_CHARS]
    return f"{cut}\n…" if cut != "\n".join(kept) else cut
