"""Where a project keeps its tests: told by the tests that are there, else by the language's habit."""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from retrieval.index import Index
from retrieval.tests_named import (
    AFFIXES,
    ANY,
    SCRIPTS,
    Affix,
    affix_of,
    has_affix,
    path_parts,
    shared,
    suffixes,
)

_EXAMPLES = 40
"""Tests that are looked at for their rule, the nearest ones."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPlace:
    """``path`` does not exist yet; ``example`` is a test to imitate, None for none."""

    __test__: ClassVar[bool] = False
    path: str
    example: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What a test that is there tells: how tests are called, and in which folder.

    ``source`` is the folder of what it tests, None where that is not found.
    """

    example: str
    folder: str
    affix: Affix
    base: str
    suffix: str
    source: str | None


def test_place(
    index: Index | None,
    path: str,
    language: str,
    name: str,
    *,
    exists: Callable[[str], bool],
) -> TestPlace:
    """Return where tests of ``name``, which is defined in the file at ``path``, would stand.

    ``language`` is a name of ``retrieval.languages``; ``exists`` tells of any path.
    """
    folder, base, suffix = path_parts(path)
    rules = [] if index is None else [*_rules(index, path, language)]
    if not rules:
        found = _habit(folder, base, suffix, language)
        return TestPlace(path=_fresh(found, name, exists))
    rule = max(rules, key=lambda one: _fit(one, folder, base))
    own = language in SCRIPTS and rule.suffix != ".bats"
    before, behind = rule.affix
    stem = f"{before}{base}{behind}{suffix if own else rule.suffix}"
    found = posixpath.join(_folder(rule, folder), stem)
    return TestPlace(path=_fresh(found, name, exists), example=rule.example)


test_place.__test__ = False  # type: ignore[attr-defined] # it is not one for pytest


def _rules(index: Index, path: str, language: str) -> Iterator[_Rule]:
    """Yield what the nearest tests of the language tell."""
    tests = [
        (other, affix)
        for other in (*index.saved_paths(), *index.opened)
        if other != path and (affix := affix_of(other, language)) is not None
    ]
    tests.sort(key=lambda one: (-shared(one[0], path), one[0]))
    for other, affix in tests[:_EXAMPLES]:
        folder, stem, suffix = path_parts(other)
        base = stem[len(affix[0]) : len(stem) - len(affix[1])]
        yield _Rule(
            example=other,
            folder=folder,
            affix=affix,
            base=base,
            suffix=suffix,
            source=_source(index, other, base, language),
        )


def _source(index: Index, test: str, base: str, language: str) -> str | None:
    """Return the folder of what a test is for: the file of its name that is nearest."""
    found = [
        one
        for suffix in suffixes(test, language)
        for one in index.named(f"{base}{suffix}")
        if one != test and affix_of(one, language) is None
    ]
    if not found:
        return None
    parts = set(posixpath.dirname(test).split("/"))
    best = max(
        found, key=lambda one: (len(parts & {*posixpath.dirname(one).split("/")}), one)
    )
    return posixpath.dirname(best)


def _folder(rule: _Rule, folder: str) -> str:
    """Return the folder of a test for what is in ``folder``: as the rule has it for its own."""
    if rule.source is None:
        return rule.folder
    if rule.folder == rule.source or rule.folder.startswith(f"{rule.source}/"):
        return posixpath.join(folder, rule.folder[len(rule.source) :].strip("/"))
    there, tests = rule.source.split("/"), rule.folder.split("/")
    while there and tests and there[-1] == tests[-1]:
        there.pop()
        tests.pop()
    here = folder.split("/") if folder else []
    there = [part for part in there if part]
    if here[: len(there)] == there:
        return posixpath.join("", *tests, *here[len(there) :])
    return rule.folder


def _fit(rule: _Rule, folder: str, base: str) -> tuple[bool, bool, int, int]:
    """Return how well a rule suits: of the same file, folder, and near to it."""
    source = rule.source
    return (
        source == folder and rule.base == base,
        source is not None,
        -1 if source is None else shared(f"{source}/x", f"{folder}/x"),
        -len(rule.folder),
    )


def _habit(folder: str, base: str, suffix: str, language: str) -> str:
    """Return where the language's people put a test, where no other is."""
    before, behind = AFFIXES.get(language, ANY)[0]
    stem = f"{before}{base}{behind}{suffix}"
    parts = [part for part in folder.split("/") if part]
    there = ["tests"]
    if language in {"java", "kotlin", "scala"}:
        there = ["test" if one == "main" else one for one in parts]
    elif language in {*SCRIPTS, "go"}:
        there = parts
    elif language == "csharp":
        in_sources = parts[:1] in (["src"], ["source"]) and len(parts) > 1
        project, *rest = (parts[1:] if in_sources else parts) or ["Project"]
        there = [*(["tests"] if in_sources else []), f"{project}.Tests", *rest]
    elif language == "php":
        there += parts[1:] if parts[:1] in (["src"], ["lib"], ["app"]) else parts
    elif language == "bash":
        stem = f"{base}.bats"
    elif language == "cpp":
        stem = f"{before}{base}{behind}.cpp"
    return posixpath.join("", *there, stem)


def _fresh(path: str, name: str, exists: Callable[[str], bool]) -> str:
    """Return ``path``, or one beside it that does not exist, called after ``name``."""
    if not exists(path):
        return path
    folder, stem, suffix = path_parts(path)
    affix = next(
        (one for every in AFFIXES.values() for one in every if has_affix(stem, one)),
        ("", ""),
    )
    before, behind = affix
    base = stem[len(before) : len(stem) - len(behind)]
    for number in range(1, 1_000):
        more = _joined(base, name) if number == 1 else f"{_joined(base, name)}{number}"
        other = posixpath.join(folder, f"{before}{more}{behind}{suffix}")
        if not exists(other):
            return other
    return path


def _joined(base: str, name: str) -> str:
    """Return both names as one, in the way that the first is written."""
    words = [word for word in _HUMP.split(name) if word]
    if base[:1].isupper():
        return base + "".join(word[:1].upper() + word[1:] for word in words)
    sign = "-" if "-" in base else "_"
    return sign.join([base, *(word.lower() for word in words)])
