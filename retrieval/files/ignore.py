"""What git ignores: ``.gitignore`` files, the repository's and the user's excludes.

Patterns are pathspec's. It answers for whole paths at once; git goes down folder by
folder, and a file below an ignored folder can never be had back. So a walk asks here for
one level at a time, and each pattern is held against that level only.
"""

import functools
import os
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pathspec.patterns.gitignore import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from retrieval.files.disk import regular

_LIMIT = 1 << 20  # bytes of one file of patterns
_ANY_FOLDER = "^(?:.+/)?"
_DEEP = "(?:/.+)?/"
_TAILS = ((r"(?:(?P<ps_d>/)|$)", r"/?\Z"), (r"(?P<ps_d>/)", r"/\Z"))
_STARS = re.compile(r"(?:\[\^/\]\*)+")
_MANY_STARS = re.compile(r"(?<!\\)\*{3,}")  # as good as two
_MOST_DEEP = 3  # "/**/" in one pattern: each multiplies the work by a path's depth


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: does it ignore or take back, and what it is held against."""

    ignores: bool
    on_name: bool  # against the last part of the path only
    regex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The patterns of one file, of the folder ``base`` ("" or "a/b/", from the root).

    A path is held against ``names`` and ``paths``, all patterns at once; only where one
    of them fits, the last such line decides.
    """

    base: int
    lines: tuple[tuple[bool, bool, re.Pattern[str]], ...]
    names: re.Pattern[str] | None
    paths: re.Pattern[str] | None


Chain = tuple[Rules, ...]
"""The rules that hold in a folder, the strongest (deepest) first."""


def ignored(chain: Chain, path: str, name: str) -> bool:
    """Tell whether the path is ignored, given that none of its folders is.

    ``path`` is relative to where the outermost rules begin, ``name`` its last part; both
    end in "/" for a folder.
    """
    for rules in chain:
        verdict = _verdict(rules, path[rules.base :], name)
        if verdict is not None:
            return verdict
    return False


def _verdict(rules: Rules, path: str, name: str) -> bool | None:
    if (rules.names is None or not rules.names.match(name)) and (
        rules.paths is None or not rules.paths.match(path)
    ):
        return None
    for ignores, on_name, pattern in rules.lines:
        if pattern.match(name if on_name else path):
            return ignores
    return None


@functools.lru_cache(
    maxsize=256
)  # compiling takes milliseconds, and files rarely change
def rules_of(text: str, base: int = 0) -> Rules:
    """Return the rules that a text says; ``base`` is the length of its folder with "/"."""
    parsed = [
        pattern
        for line in text.removeprefix("\ufeff").split("\n")
        if (pattern := _pattern(line.removesuffix("\r")))
    ]
    parsed.reverse()
    return Rules(
        base=base,
        lines=tuple(
            (one.ignores, one.on_name, re.compile(one.regex)) for one in parsed
        ),
        names=_any(one.regex for one in parsed if one.on_name),
        paths=_any(one.regex for one in parsed if not one.on_name),
    )


def _any(regexes: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(dict.fromkeys(regexes))
    return re.compile(joined) if joined else None


def _pattern(line: str) -> Pattern | None:
    if not line or line.startswith("#"):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # "[[": re thinks of nested sets
        try:
            pattern = GitIgnoreSpecPattern(_as_git_means(line))
            if pattern.regex is None:
                return None
            regex = _level(pattern.regex.pattern)
            if regex.count(_DEEP) > _MOST_DEEP:
                return None
            body = regex.removeprefix(_ANY_FOLDER)
            on_name = body != regex and "/" not in _without_sets(body)
            regex = body if on_name else regex
            re.compile(regex)
        except (GitIgnorePatternError, re.error):
            return None
    return Pattern(bool(pattern.include), on_name, regex)


def _as_git_means(line: str) -> str:
    """Rewrite what pathspec reads differently: ``***``, and ``a/**/`` (folders *below* a)."""
    line = _MANY_STARS.sub("**", line)
    return line + "*/" if line.endswith("/**/") else line


def _level(regex: str) -> str:
    r"""Make pathspec's regex fit the whole path, and not by way of a folder above it."""
    if not regex.startswith("^"):  # "*", "**" and "**/": searched for
        return "." if regex == "." else r".*/\Z"
    for tail, exact in _TAILS:
        if regex.endswith(tail):
            regex = regex.removesuffix(tail) + exact
            break
    else:
        regex += "."  # "a/**": all that is below, not the folder itself
    regex = re.sub(r"\[\^(?!/)", "[^/", regex)
    return _without_backtracking(regex)


def _without_backtracking(regex: str) -> str:
    """Let only the last star of a pattern try again: ``*a*a*a*a*b`` would take for ever.

    The first place where what follows a star fits is as good as any later one, as long as
    another star follows.
    """
    head, *parts = _STARS.split(regex)
    if not parts:
        return regex
    *between, tail = parts
    atomic = [
        f"(?>[^/]*?{part})" if _DEEP not in part else f"[^/]*{part}" for part in between
    ]
    return f"{head}{''.join(atomic)}[^/]*{tail}"


def _without_sets(regex: str) -> str:
    """Leave out the "/" that stand in sets and in the tail."""
    return regex.replace("[^/", "").removesuffix(r"/?\Z").removesuffix(r"/\Z")


def read_rules(path: Path, base: int = 0) -> Chain:
    """Return the rules of a file, () where there is none that can be read."""
    try:
        data, _ = regular(path, _LIMIT)
    except (OSError, ValueError):
        return ()
    if len(data) > _LIMIT:
        return ()
    rules = rules_of(data.decode("utf-8", "surrogateescape"), base)
    return (rules,) if rules.lines else ()


def outer_rules(root: Path) -> tuple[Chain, str]:
    """Return what holds for all of ``root`` from outside, and where it begins.

    That are the user's excludes, those in ``.git/info``, and the ``.gitignore`` files
    above ``root`` where it is a folder inside of a git repository. The second value is
    ``root`` as seen from that repository ("" or "a/b/"): paths begin with it.
    """
    top = next((one for one in (root, *root.parents) if _has_git(one)), None)
    chain = _users_excludes()
    if top is None:
        return chain, ""
    chain = read_rules(_common_folder(top) / "info" / "exclude") + chain
    inner = root.relative_to(top).parts
    for depth in range(len(inner)):
        base = "".join(part + "/" for part in inner[:depth])
        chain = read_rules(top / base / ".gitignore", len(base)) + chain
    return chain, "".join(part + "/" for part in inner)


def _has_git(folder: Path) -> bool:
    return os.path.lexists(folder / ".git")


def _users_excludes() -> Chain:
    """``core.excludesFile`` where git's configuration does not move it."""
    config = os.environ.get("XDG_CONFIG_HOME", "")
    try:
        folder = Path(config) if config else Path.home() / ".config"
    except RuntimeError:  # nobody's home
        return ()
    return read_rules(folder / "git" / "ignore")


def _common_folder(top: Path) -> Path:
    """Return the ``.git`` folder with what worktrees share."""
    git = top / ".git"
    if not os.path.isfile(git):  # noqa: PTH113 - it raises nothing
        return git
    git = top / _line(git).removeprefix("gitdir:").strip()
    return git / (_line(git / "commondir") or ".")


def _line(path: Path) -> str:
    try:
        data, _ = regular(path, 4096)
    except (OSError, ValueError):
        return ""
    return data.decode("utf-8", "surrogateescape").strip()
