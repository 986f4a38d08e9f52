"""``codellama-lsp cache``: the indexes of repositories on this machine; ``clear`` removes them.

Without a folder it removes the summaries that models wrote for hovers, too.
"""

import sys
import time
from pathlib import Path

from lsp_server.settings import APPLICATION, cache_path, summaries_path
from lsp_server.summaries.kept import Kept
from retrieval.store.cache_folder import folder_name
from retrieval.store.shelf import CacheInfo, caches, clear

_UNITS = ("KiB", "MiB", "GiB")
_STEP = 1024
_DAY_S = 86_400.0


def show_caches() -> int:
    """Print a line for each index, the one used last first."""
    folder = cache_path()
    found = caches(folder)
    rows = [("name", "size", "files", "last used", "root"), *map(_row, found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    total = size(sum(each.size for each in found))
    number = "1 index" if len(found) == 1 else f"{len(found)} indexes"
    print(f"{folder}: {number}, {total}")
    if found:
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            print("  ".join(cells).rstrip())
    return 0


def clear_caches(root: Path | None) -> int:
    """Remove the index of ``root``, or all; 1 if one that is meant is still there."""
    folder = cache_path()
    name = None if root is None else folder_name(root.resolve())
    meant = [each for each in caches(folder) if name in {None, each.name}]
    if root is not None and not meant:
        print(f"{APPLICATION}: there is no index of {root}", file=sys.stderr)
        return 1
    summaries = Kept(summaries_path()).clear() if root is None else 0
    if summaries:
        print(f"removed {summaries} {'summary' if summaries == 1 else 'summaries'}")
    removed = {*clear(folder, root.resolve() if root is not None else None)}
    for each in meant:
        if each.name in removed:
            print(f"removed {each.name} ({size(each.size)})")
        else:
            print(f"{APPLICATION}: {each.name} is in use: it stays", file=sys.stderr)
    return 0 if all(each.name in removed for each in meant) else 1


def size(number: float) -> str:
    """Return so many bytes as people write them."""
    if number < _STEP:
        return f"{number:.0f} B"
    for unit in _UNITS:
        number /= _STEP
        if number < _STEP:
            return f"{number:.1f} {unit}"
    return f"{number:,.0f} {_UNITS[-1]}"


def _row(info: CacheInfo) -> tuple[str, ...]:
    return (
        info.name,
        size(info.size),
        f"{info.files:,}",
        "now" if info.in_use else _ago(info.used),
        info.root or "(not known any more)",
    )


def _ago(then: float) -> str:
    days = int((time.time() - then) / _DAY_S)
    if days < 1:
        return "today"
    return "yesterday" if days == 1 else f"{days} days ago"
