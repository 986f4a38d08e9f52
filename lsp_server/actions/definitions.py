"""What an edit does to definitions: those that go, come twice, or change their header."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from lsp_server.actions.attempt import Attempt
from lsp_server.actions.elisions import is_stub
from retrieval.outline import (
    FUNCTIONS,
    FUNCTIONS_AND_CLASSES,
    Definition,
    Outline,
)
from retrieval.source import Document, without_end

Key = tuple[str, str]
"""Scope and name."""

_LEAST_BODY_LINES = 2
_LEAST_LINES = 3
_NEEDLESS = re.compile(
    r"unused|\bnever\b|not used|not accessed|duplicate|redefin|redeclar|already|unreachable|"
    r"\bdead\b|redundant|unnecessary|superfluous|remove|delete|drop",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def gone(attempt: Attempt) -> list[Definition]:
    """Return the definitions of the region that are nowhere any more, outer ones first.

    Not those within functions: they are its own. Overloads count each.
    """
    left = Counter(map(_key, attempt.becomes.definitions))
    region = attempt.region
    inner = _inner(attempt.was)
    missing: list[Definition] = []
    for one in attempt.was.definitions:
        key = _key(one)
        if left[key]:
            left[key] -= 1
        elif (
            not region.insert
            and region.first <= one.start <= region.last
            and key not in inner
        ):
            missing.append(one)
    return missing


def repeated(attempt: Attempt) -> list[Definition]:
    """Return what the new lines define though it stands elsewhere, and stays there.

    That is what has the same name and header in the same scope, or the header of what is
    around the region, or word for word the same text.
    """
    before = _headed(attempt.before, attempt.was)
    left = Counter(before)
    around = {one[1:] for one in map(_headed_by(attempt.before), _around(attempt))}
    texts = {_text(attempt.before, one) for one in attempt.was.definitions} - {""}
    found = []
    for one in attempt.becomes.definitions:
        header = _headed_by(attempt.after)(one)
        left[header] -= 1
        if one.kind not in FUNCTIONS_AND_CLASSES or left[header] >= 0:
            continue
        if (
            header in before
            or header[1:] in around
            or _text(attempt.after, one) in texts
        ):
            found.append(one)
    return found


def changed_headers(attempt: Attempt) -> Iterator[tuple[Definition, str, str]]:
    """Yield functions and classes whose header is another, with both headers."""
    kinds = FUNCTIONS_AND_CLASSES
    then, now = _single(attempt.was), _single(attempt.becomes)
    for key, one in then.items():
        other = now.get(key)
        if other is None or one.kind not in kinds:
            continue
        left, right = _header(attempt.before, one), _header(attempt.after, other)
        if "".join(left.split()) != "".join(right.split()):
            yield one, left, right


def emptied(attempt: Attempt) -> list[Definition]:
    """Return the functions that did something, and now only say that they do not."""
    then, now = _single(attempt.was), _single(attempt.becomes)
    found = []
    for key, one in then.items():
        other = now.get(key)
        if other is None or one.kind not in FUNCTIONS:
            continue
        body, left = _body(attempt.before, one), _body(attempt.after, other)
        if len(body) >= _LEAST_BODY_LINES and is_stub(left) and not is_stub(body):
            found.append(one)
    return found


def added(attempt: Attempt) -> list[Definition]:
    """Return the functions and classes that are new."""
    known = Counter(map(_key, attempt.was.definitions))
    found = []
    for one in attempt.becomes.definitions:
        if known[_key(one)]:
            known[_key(one)] -= 1
        elif one.kind in FUNCTIONS_AND_CLASSES:
            found.append(one)
    return found


def may_go(wish: str, one: Definition) -> bool:
    """Whether what was asked for says that the definition is needless."""
    return any(
        one.name in _WORD.findall(line) and _NEEDLESS.search(line)
        for line in wish.split("\n")
    )


def _key(one: Definition) -> Key:
    return one.scope, one.name


def _inner(said: Outline) -> frozenset[Key]:
    """Return what is defined within functions, or set by them."""
    functions = [one for one in said.definitions if one.kind in FUNCTIONS]
    return frozenset(
        _key(one)
        for one in said.definitions
        if any(
            function is not one and function.start <= one.start <= function.last
            for function in functions
        )
    )


def _single(said: Outline) -> dict[Key, Definition]:
    """Return the definitions that have no overload, by key."""
    counts = Counter(map(_key, said.definitions))
    return {_key(one): one for one in said.definitions if counts[_key(one)] == 1}


def _header(document: Document, one: Definition) -> str:
    """Return the signature as one line, without what opens the body."""
    lines = document.lines[one.start : one.header_last + 1]
    text = " ".join(without_end(line).strip() for line in lines)
    if one.header_last == one.last:
        text = re.split(r"\s*(?:\{|=>|:\s+(?=\S+.*$)(?![^()]*\)))", text, maxsplit=1)[0]
    return re.sub(r"\s*(?:\{|:|=>\s*\{?)\s*(?:#.*|//.*)?$", "", text).strip()


def _headed(document: Document, said: Outline) -> list[tuple[str, str, str]]:
    return [*map(_headed_by(document), said.definitions)]


def _headed_by(document: Document) -> Callable[[Definition], tuple[str, str, str]]:
    """Return what gives a definition's scope, name and header."""
    return lambda one: (one.scope, one.name, "".join(_header(document, one).split()))


def _around(attempt: Attempt) -> list[Definition]:
    """Return the definitions that the region is a part of, and not all."""
    region = attempt.region
    return [
        one
        for one in attempt.was.definitions
        if one.first <= region.first <= region.last <= one.last
        and (region.insert or (one.first, one.last) != (region.first, region.last))
    ]


def _text(document: Document, one: Definition) -> str:
    """Return what a definition says, without white space; "" where that is little."""
    lines = document.lines[one.start : one.last + 1]
    return "".join("".join(lines).split()) if len(lines) >= _LEAST_LINES else ""


def _body(document: Document, one: Definition) -> Sequence[str]:
    """Return the lines of a body, without its documentation."""
    rows = range(one.header_last + 1, one.last + 1)
    documented = range(one.doc_first, one.doc_last + 1) if one.doc_first >= 0 else ()
    lines = (without_end(document.lines[row]) for row in rows if row not in documented)
    return [line for line in lines if line.strip() not in {"", "{", "}", "};"}]
