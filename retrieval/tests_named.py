"""How tests are called, language by language."""

import posixpath
import re
from collections.abc import Sequence

from retrieval.index import Index
from retrieval.languages import language_of

_FOLDER = re.compile(r"(?:^|[/.])(?:__tests__|tests?|specs?)(?:/|$)", re.IGNORECASE)

SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_KIN = (SCRIPTS, frozenset({"c", "cpp"}))

Affix = tuple[str, str]
"""What a test's stem has before and behind the name of what it tests."""

AFFIXES: dict[str, tuple[Affix, ...]] = {
    "python": (("test_", ""), ("", "_test"), ("tests_", ""), ("", "_tests")),
    "java": (("", "Test"), ("", "Tests"), ("Test", ""), ("", "IT"), ("", "Spec")),
    "csharp": (("", "Tests"), ("", "Test"), ("", "Facts"), ("", "Specs")),
    "php": (("", "Test"), ("", "TestCase"), ("", "Cest")),
    "javascript": (
        ("", ".test"),
        ("", ".spec"),
        ("", "-test"),
        ("", "_test"),
        ("test-", ""),
    ),
    "cpp": (
        *(("", "_test"), ("test_", ""), ("", "Test"), ("", "_unittest")),
        *(("", "_tests"), ("", "-test"), ("test-", ""), ("", "Tests"), ("t_", "")),
    ),
    "bash": (("test_", ""), ("test-", ""), ("", "_test"), ("", "-test"), ("", ".test")),
    "go": (("", "_test"),),
    "rust": (("", "_test"), ("test_", ""), ("", "_tests")),
    "ruby": (("", "_spec"), ("", "_test"), ("test_", "")),
    "kotlin": (("", "Test"), ("", "Tests"), ("", "Spec")),
    "scala": (("", "Test"), ("", "Spec"), ("", "Suite")),
    "swift": (("", "Tests"), ("", "Test")),
    "lua": (("", "_spec"), ("test_", ""), ("", "_test")),
}
AFFIXES |= dict.fromkeys(("typescript", "tsx"), AFFIXES["javascript"])
AFFIXES |= {"c": AFFIXES["cpp"]}
ANY: tuple[Affix, ...] = (("test_", ""), ("", "_test"))


def is_test(path: str) -> bool:
    """Tell whether a file's path says that it is a test, or stands among tests."""
    if _FOLDER.search(posixpath.dirname(path)):
        return True
    language = language_of(path)
    return language is not None and _affix(path, language.name) is not None


def named_after(index: Index, path: str, language: str) -> Sequence[str]:
    """Return the tests that are called after the file at ``path``, the nearest first."""
    _, base, _ = path_parts(path)
    found: list[str] = []
    for before, behind in AFFIXES.get(language, ANY):
        for suffix in suffixes(path, language):
            found += index.named(f"{before}{base}{behind}{suffix}")
    found = [one for one in dict.fromkeys(found) if one != path]
    return sorted(found, key=lambda one: -shared(one, path))


def affix_of(path: str, language: str) -> Affix | None:
    """Return how a test of this language is called, None for what is none."""
    suffix = posixpath.splitext(path)[1]
    if suffix == ".bats" and language == "bash":
        return "", ""
    other = language_of(path) if suffix else None
    if other is None or not _alike(other.name, language):
        return None
    affix = _affix(path, other.name)
    if affix is None and other.name in SCRIPTS and "__tests__" in path.split("/"):
        return "", ""
    return affix


def _affix(path: str, language: str) -> Affix | None:
    stem = path_parts(path)[1]
    affixes = AFFIXES.get(language, ANY)
    return next((one for one in affixes if has_affix(stem, one)), None)


def has_affix(stem: str, affix: Affix) -> bool:
    before, behind = affix
    return (
        bool(before or behind)
        and stem.startswith(before)
        and stem.endswith(behind)
        and len(stem) > len(before) + len(behind)
    )


def suffixes(path: str, language: str) -> Sequence[str]:
    own = posixpath.splitext(path)[1]
    if language in SCRIPTS:
        return tuple(dict.fromkeys((own, ".ts", ".tsx", ".js", ".jsx", ".mjs")))
    if language in {"c", "cpp"}:
        return tuple(dict.fromkeys((own, ".cpp", ".cc", ".cxx", ".c", ".h", ".hpp")))
    if language == "bash":
        return tuple(dict.fromkeys((own, ".sh", ".bash", ".bats", "")))
    return (own,)


def path_parts(path: str) -> tuple[str, str, str]:
    """Return folder, stem and suffix: ``x.test.ts`` has the stem ``x.test``."""
    folder, name = posixpath.split(path)
    stem, suffix = posixpath.splitext(name)
    return folder, stem, suffix


def shared(one: str, other: str) -> int:
    """Return how many folders two paths have in common, wherever they stand."""
    first, second = posixpath.dirname(one), posixpath.dirname(other)
    return len({*first.split("/")} & {*second.split("/")})


def _alike(one: str, other: str) -> bool:
    return one == other or any({one, other} <= kin for kin in _KIN)
