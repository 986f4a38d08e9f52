"""An explanation as a page of Markdown: its title, its text, and the code it rests on."""

import contextlib
import re
import time
from pathlib import Path

from lsp_server.actions.harmless import open_fence
from lsp_server.actions.outcome import Sources
from lsp_server.explain.signs import address, escaped
from retrieval.store.cache_folder import private_folder

_KEPT = 20
"""Explanations; older ones are removed when a new one begins."""

_UNFIT = re.compile(r"[^\w.-]+")


def new_page(folder: Path, sources: Sources) -> Path:
    """Return the file of a new explanation, which is not there yet; raises OSError.

    Older ones are removed, but for the last few.
    """
    private_folder(folder)
    with contextlib.suppress(OSError):
        pages = sorted(folder.glob("*.md"), key=lambda page: page.stat().st_mtime_ns)
        for page in pages[: -_KEPT + 1]:
            page.unlink(missing_ok=True)
    name = _UNFIT.sub("_", Path(sources.path).name)[:60] or "code"
    return folder / f"{name}-{sources.first + 1}-{time.time_ns() // 1_000_000:x}.md"


def heading(sources: Sources, model: str) -> str:
    """Return how the page begins."""
    link = _link(sources.path, sources.first, sources.last, _uri(sources, sources.path))
    return (
        f"# {link}\n\n*Written by {_plain(model)}, which may be wrong: "
        "the code is what counts.*\n\n"
    )


def ending(sources: Sources, text: str) -> str:
    """Return how a page ends whose text is this: with links to what was read."""
    ends = "\n" * max(0, 2 - (len(text) - len(text.rstrip("\n"))))
    fence = open_fence(text)
    if fence:
        ends = f"{ends[:1]}{fence}\n\n"
    lines = [
        f"- {_link(one.path, one.start_line, one.end_line, _uri(sources, one.path))}"
        f" ({_plain(one.why)})"
        for one in reversed(sources.snippets)  # the best first
    ]
    own = _link(sources.path, sources.first, sources.last, _uri(sources, sources.path))
    listed = "\n".join([f"- {own}", *lines])
    return f"{ends}## What it rests on\n\n{listed}\n"


def _uri(sources: Sources, path: str) -> str:
    if path == sources.path or sources.root is None:
        return sources.document.uri
    return (sources.root / path).as_uri()


def _link(path: str, first: int, last: int, uri: str) -> str:
    lines = f"line {first + 1}" if first == last else f"lines {first + 1} to {last + 1}"
    return f"[{_plain(path)}, {lines}]({address(uri)}#L{first + 1})"


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is, in one line."""
    return escaped(" ".join(text.split()))
