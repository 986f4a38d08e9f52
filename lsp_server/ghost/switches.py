"""Where users want no ghost text: by language, and by file."""

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from pathspec import GitIgnoreSpec


def switched_off(
    uri: str, language: str, languages: Sequence[str], patterns: Sequence[str]
) -> bool:
    """Tell whether a document is of these languages, or matches these patterns.

    ``language`` is as the editor calls it. The patterns are those of a .gitignore at the
    root of the drive; a "!" takes back what an earlier one says.
    """
    if language and language.casefold() in {one.casefold() for one in languages}:
        return True
    if not patterns:
        return False
    return _spec(tuple(patterns)).match_file(unquote(urlsplit(uri).path).lstrip("/"))


def wrong_pattern(patterns: Sequence[str]) -> str | None:
    """Say what is wrong with the first pattern that is none; None where all are."""
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError:
            return f"has {pattern!r}, which is no pattern of a .gitignore"
    return None


@lru_cache(4)
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(patterns)
