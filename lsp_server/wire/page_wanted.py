"""The argument of ``codellama.showPrompt``: in which form, and whether to show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWanted:
    """A page for a browser, or Markdown; shown, or only returned."""

    html: bool = False
    show: bool = True


def page_wanted(arguments: Sequence[Any]) -> PageWanted:
    """Read the arguments, of which there may be one; raises JsonRpcInvalidParams."""
    wanted = arguments[0] if len(arguments) == 1 else {} if not arguments else None
    form = wanted.get("format", "markdown") if isinstance(wanted, Mapping) else None
    show = wanted.get("show", True) if isinstance(wanted, Mapping) else None
    if form not in ("markdown", "html") or not isinstance(show, bool):
        raise JsonRpcInvalidParams(
            'expected {"format": "markdown" or "html", "show": true or false}'
        )
    return PageWanted(html=form == "html", show=show)
