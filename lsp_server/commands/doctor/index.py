"""The index of this folder's repository: what is in it, and what is left out, and why."""

from collections.abc import Iterator
from pathlib import Path

from lsp_server.commands.cache import size
from lsp_server.commands.doctor.finding import Finding
from lsp_server.commands.indexed import indexed
from lsp_server.settings import cache_path
from retrieval.files.walk import Skipped, refusal, repository_of, walk
from retrieval.index import Index
from retrieval.store.cache_folder import folder_name
from retrieval.store.shelf import caches


def index_state(folder: Path, examples: int | None) -> Iterator[Finding]:
    """Bring the index of the folder's repository up to date, and tell what is in it."""
    root = repository_of(folder)
    if root is None:
        why = refusal(folder) or "nothing here is under version control, or a project"
        yield Finding("index", f"no repository: {why}")
        return
    with indexed(root) as index:
        left_out = left_out_of(index)
        bytes_ = sum(
            each.size for each in caches(cache_path()) if each.name == folder_name(root)
        )
        where = "in memory" if index.in_memory else f"{size(bytes_)} in {cache_path()}"
        yield Finding("index", f"{root}: {index.files():,} files, {where}", fine=True)
    for reason, (number, some) in sorted(left_out.items()):
        shown = some if examples is None else some[:examples]
        more = ", ..." if number > len(shown) else ""
        says = f"{reason.replace('_', ' ')}: {number:,} ({', '.join(shown)}{more})"
        yield Finding("skipped", says)


LeftOut = dict[str, tuple[int, list[str]]]


def left_out_of(index: Index) -> LeftOut:
    """Return by reason how many files and folders are not read, and which.

    Of those that are left out by what stands in them, only some are named.
    """
    named: dict[str, list[str]] = {}
    for each in walk(index.root):
        if isinstance(each, Skipped):
            named.setdefault(each.reason, []).append(_said(each.path, each.detail))
    numbers = {reason: len(all_) for reason, all_ in named.items()}
    for reason, (number, examples) in index.skipped().items():
        known = named.setdefault(reason, [])
        known += {_said(path, detail): None for path, detail in examples}.keys() - {
            *known
        }
        numbers[reason] = max(number, len(known))
    return {reason: (numbers[reason], all_) for reason, all_ in named.items()}


def _said(path: str, detail: str) -> str:
    return f"{path}: {detail}" if detail else path
