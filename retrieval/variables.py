"""Variables of a function: where one gets its value, told by the lines themselves.

Which names are a function's own, no query tells yet: the outline leaves them out, and the
bindings know those with a type only. Lines that give a value look alike in all languages.
"""

import re
from collections.abc import Sequence

from retrieval.languages import Language
from retrieval.outline import Definition, Kind
from retrieval.source import without_end

_WORD = re.compile(r"[^\W\d]\w*")
_EQUALS = re.compile(r"(?<![=!<>+\-*/%&|^~:])(?::=|=)(?![=>~])")
_ANNOTATION = re.compile(r":(?!=)[^,=]*")
_LOOP = re.compile(r"\b(?:for|foreach|catch|except|with|lambda|select|read)\b(.*)")
_LOOP_ENDS = re.compile(r"\b(?:in|of)\b|:=|(?<!:):(?!:)|\{|->")
_ARROW = re.compile(r"([\w$]+|\([^()]*\))\s*(?::[^=]*)?=>")
_CLOSURE = re.compile(r"\|([^|]*)\|")

_TYPE_FIRST = frozenset({"c", "cpp", "java", "csharp"})
_ROUTINES = frozenset({Kind.FUNCTION, Kind.METHOD})
_FURTHEST_LINES = 2_000
_LONGEST_LINE = 1_000


def bound_at(
    lines: Sequence[str],
    scope: Sequence[Definition],
    line: int,
    name: str,
    language: Language,
) -> tuple[int, Definition] | None:
    """Return the row that gives ``name`` its value, and the function whose own it is.

    ``scope`` are the definitions around ``line``, the outermost first. The nearest row
    above counts, or the function's header for a parameter; None for what is no variable
    of a function around.
    """
    for function in reversed(scope):
        if function.kind not in _ROUTINES:
            continue
        first = max(function.header_last + 1, line - _FURTHEST_LINES)
        for row in range(min(line, len(lines) - 1), first - 1, -1):
            text = without_end(lines[row])[:_LONGEST_LINE]
            if name in text and name in _targets(text, language):
                return row, function
        header = range(function.start, min(function.header_last + 1, len(lines)))
        text = "\n".join(without_end(lines[row]) for row in header)
        if name in _parameters(text, function.name, language):
            word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
            row = next(row for row in reversed(header) if word.search(lines[row]))
            return row, function
    return None


def _targets(text: str, language: Language) -> set[str]:
    """Return the names that a line gives a value: assigned, looped over, caught."""
    found: set[str] = set()
    equals = _EQUALS.search(text)
    if equals:
        found |= _assigned(text[: equals.start()], language)
    loop = _LOOP.search(text)
    if loop:
        inside = loop[1]
        end = _LOOP_ENDS.search(inside)
        found |= {*_names(inside[: end.start()] if end else inside, language)}
        if language.name == "php":  # foreach ($all as $key => $each)
            found |= {*_names(inside.partition(" as ")[2], language)}
    if " as " in text and language.name == "python":
        found |= {
            word[0] for part in text.split(" as ")[1:] if (word := _WORD.match(part))
        }
    for arrow in _ARROW.finditer(text):
        found |= {*_names(_ANNOTATION.sub("", arrow[1]), language)}
    if language.name in {"rust", "ruby"}:
        for closure in _CLOSURE.finditer(text):
            found |= {*_names(_ANNOTATION.sub("", closure[1]), language)}
    return found


def _assigned(left: str, language: Language) -> set[str]:
    """Return what stands left of an equals sign and is no member, argument or type."""
    left = left.rpartition(";")[2]
    if (
        "." in left
        or "->" in left
        or ("(" in left and not left.strip().startswith("("))
    ):
        opened = left.rpartition("(")[2]  # for (int i = 0, if ((x = ...
        if "." in opened or "->" in opened or ")" in opened:
            return set()
        left = opened
    if language.name in _TYPE_FIRST and "{" not in left and "[" not in left[:1]:
        names = _names(left, language)
        return {names[-1]} if names else set()
    return {*_names(_ANNOTATION.sub("", left), language)}


def _parameters(header: str, function: str, language: Language) -> set[str]:
    """Return the names in a function's brackets that are no types."""
    _, opened, inside = header.partition("(")
    if not opened:
        return set()
    inside = inside[: _closing(inside)]
    found: set[str] = set()
    for part in _split(inside):
        names = _names(part.partition("=")[0], language)
        if not names:
            continue
        if language.name in _TYPE_FIRST or language.name == "php":
            dollar = re.search(r"\$(\w+)", part)
            found.add(dollar[1] if dollar else names[-1])
        elif part.lstrip().startswith(("{", "[")):  # destructured
            found |= {*_names(_ANNOTATION.sub("", part), language)}
        else:
            found |= {*_names(part.partition(":")[0], language)[:1]}
    return found - {function}


def _closing(text: str) -> int:
    """Return where the bracket ends that was opened before ``text``."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0:
            return at
    return len(text)


def _split(text: str) -> list[str]:
    """Cut at the commas that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign in "([{<") - (sign in ")]}>")
        if sign == "," and depth <= 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _names(text: str, language: Language) -> list[str]:
    return [word for word in _WORD.findall(text) if word not in language.keywords]
