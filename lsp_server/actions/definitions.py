"""What an edit does to definitions: those that go, come twice, or change their header."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lsp_server.actions.attempt import Attempt
from lsp_server.actions.elisions import is_stub
from retrieval.outline import Definition, Kind, Outline
from retrieval.source import Document, without_end

Key = tuple[str, str]
"""Scope and name."""

_FUNCTIONS = frozenset({Kind.FUNCTION, Kind.METHOD})
_LEAST_BODY_LINES = 2
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
    """Return what is defined twice, under the same header, and was not before."""
    before = Counter(_headed(attempt.before, attempt.was))
    found = []
    for one, header in zip(
        attempt.becomes.definitions,
        _headed(attempt.after, attempt.becomes),
        strict=True,
    ):
        before[header] -= 1
        if (
            one.kind in {*_FUNCTIONS, Kind.CLASS}
            and before[header] == -1
            and (_twice(attempt, header))
        ):
            found.append(one)
    return found


def changed_headers(attempt: Attempt) -> Iterator[tuple[Definition, str, str]]:
    """Yield functions and classes whose header is another, with both headers."""
    kinds = {*_FUNCTIONS, Kind.CLASS}
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
        if other is None or one.kind not in _FUNCTIONS:
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
        elif one.kind in {*_FUNCTIONS, Kind.CLASS}:
            found.append(one)
    return found


def named_in(wish: str, one: Definition) -> bool:
    """Whether what was asked for speaks of the definition."""
    return one.name in _WORD.findall(wish)


def _key(one: Definition) -> Key:
    return one.scope, one.name


def _inner(said: Outline) -> frozenset[Key]:
    """Return what is defined within functions, or set by them."""
    functions = [one for one in said.definitions if one.kind in _FUNCTIONS]
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
    return [
        (one.scope, one.name, "".join(_header(document, one).split()))
        for one in said.definitions
    ]


def _twice(attempt: Attempt, header: tuple[str, str, str]) -> bool:
    """Whether it was there already: what is new is no repetition."""
    return header in _headed(attempt.before, attempt.was)


def _body(document: Document, one: Definition) -> Sequence[str]:
    """Return the lines of a body, without its documentation."""
    rows = range(one.header_last + 1, one.last + 1)
    documented = range(one.doc_first, one.doc_last + 1) if one.doc_first >= 0 else ()
    lines = (without_end(document.lines[row]) for row in rows if row not in documented)
    return [line for line in lines if line.strip() not in {"", "{", "}", "};"}]
