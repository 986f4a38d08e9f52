"""One file from the disk to what the store keeps of it: done in workers, or here."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.files.walk import Found, Skipped, read
from retrieval.languages import LANGUAGES, Language
from retrieval.outline import Outline
from retrieval.store.faults import StoreBusy, StoreReplaced
from retrieval.store.file import File
from retrieval.store.packed import Packed, key_of, packed
from retrieval.syntax import outline

FAILED = "failed"

_LOG = logging.getLogger(__name__)

_SETTLED_NS = 100_000_000
"""A file that changed just now can change again without another time on it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``content`` is None where the store has it already, or the file was skipped."""

    file: File
    content: Packed | None = None


def outcome(root: Path, found: Found, has: Callable[[bytes], bool]) -> Outcome:
    """Read one file; ``has`` tells whether the store knows a content by its key.

    Raises what ``has`` does. A fault of ours in a file is no reason to lose all others:
    then it comes out skipped, so that ``skipped`` tells of it.
    """
    try:
        return _read(root, found, has)
    except (StoreBusy, StoreReplaced):
        raise
    except Exception as error:  # noqa: BLE001 # a supervisor's edge, see above
        _LOG.exception("Could not read %s", found.path)
        file = File(
            path=found.path,
            size=found.size,
            mtime_ns=found.mtime_ns,
            reason=FAILED,
            detail=repr(error),
        )
        return Outcome(file)


def _read(root: Path, found: Found, has: Callable[[bytes], bool]) -> Outcome:
    now = time.time_ns()
    taken = read(root, found.path)
    if isinstance(taken, Skipped):
        return Outcome(
            File(
                path=found.path,
                size=found.size,
                mtime_ns=_settled(found.mtime_ns, now),
                reason=str(taken.reason),
                detail=taken.detail,
            )
        )
    key = key_of(taken.digest, taken.language)
    file = File(
        path=found.path,
        size=taken.size,
        mtime_ns=_settled(taken.mtime_ns, now),
        key=key,
    )
    if has(key):
        return Outcome(file)
    language = language_named(taken.language)
    said = outline(taken.text, language) if language else Outline()
    return Outcome(file, packed(key, taken.language, taken.text, said))


def _settled(mtime_ns: int, now: int) -> int:
    return mtime_ns if now - mtime_ns > _SETTLED_NS else -1


@cache
def language_named(name: str) -> Language | None:
    return next((one for one in LANGUAGES if one.name == name), None)
