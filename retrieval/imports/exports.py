"""``exports`` and ``imports`` of package.json: keys, patterns and conditions to targets."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from retrieval.imports.configuration import table

# Conditions that lead to source come first; the rest follows in the order as written.
CONDITIONS = ("source", "development", "import", "module", "require", "default")
MOST = 32  # targets of one key
LONGEST = 500  # characters of a target
_DEEP = 16


def mapped(exports: Any, key: str) -> Iterator[str]:
    """Yield the targets of a key such as "./button" or "#db", the best condition first.

    Of the patterns with ``*`` the one with the longest beginning is taken.
    """
    subpaths = table(exports)
    if not any(k.startswith((".", "#")) for k in subpaths):
        if key == ".":
            yield from _targets(exports)
        return
    if key in subpaths and "*" not in key:
        yield from _targets(subpaths[key])
        return
    matching = []
    for pattern, value in subpaths.items():
        before, star, after = pattern.partition("*")
        if not star and pattern.endswith("/"):
            star = "*"  # "./features/": how folders were once exported
        elif not star or not key.endswith(after) or len(key) < len(before) + len(after):
            continue
        if key.startswith(before):
            rest = key[len(before) : len(key) - len(after)]
            matching.append((len(before), rest, value))
    for _, rest, value in sorted(matching, key=lambda m: -m[0])[:1]:
        for target in _targets(value):
            yield target.replace("*", rest) if "*" in target else f"{target}{rest}"


def _targets(value: Any) -> Iterator[str]:
    return islice((t for t in _leaves(value) if len(t) <= LONGEST), MOST)


def _leaves(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth < _DEEP:
        for one in value:
            yield from _leaves(one, depth + 1)
    elif isinstance(value, dict) and depth < _DEEP:
        known = [condition for condition in CONDITIONS if condition in value]
        for condition in [*known, *(c for c in value if c not in CONDITIONS)]:
            yield from _leaves(value[condition], depth + 1)
