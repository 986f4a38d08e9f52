"""LSP's types to our values and back: the only place that converts positions."""

from lsp_server.wire.inline_completion import (
    ACCEPTED,
    chosen,
    inline_completion_list,
)
from lsp_server.wire.positions import (
    UTF16,
    column,
    cursor,
    edits,
    encoding_of,
    place,
    places,
    position,
    range_of,
    units,
)
from lsp_server.wire.workspace import (
    completable,
    folders,
    folders_after,
    registrations,
)

__all__ = [
    "ACCEPTED",
    "UTF16",
    "chosen",
    "column",
    "completable",
    "cursor",
    "edits",
    "encoding_of",
    "folders",
    "folders_after",
    "inline_completion_list",
    "place",
    "places",
    "position",
    "range_of",
    "registrations",
    "units",
]
