"""LSP's types to our values and back: the only place that converts positions."""

from lsp_server.wire.actions import (
    ACTION,
    ACTION_KINDS,
    INPUT,
    Can,
    Wanted,
    asked_for,
    can,
    code_action,
    data_of,
    findings,
    is_wanted,
    offerable,
    wanted_by,
)
from lsp_server.wire.hover import hovered
from lsp_server.wire.inline_completion import (
    ACCEPTED,
    chosen,
    inline_completion_list,
)
from lsp_server.wire.page_wanted import page_wanted
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
from lsp_server.wire.workspace_edit import (
    Mark,
    insertion,
    new_file,
    renamed,
    workspace_edit,
)

__all__ = [
    "ACCEPTED",
    "ACTION",
    "ACTION_KINDS",
    "INPUT",
    "UTF16",
    "Can",
    "Mark",
    "Wanted",
    "asked_for",
    "can",
    "chosen",
    "code_action",
    "column",
    "completable",
    "cursor",
    "data_of",
    "edits",
    "encoding_of",
    "findings",
    "folders",
    "folders_after",
    "hovered",
    "inline_completion_list",
    "insertion",
    "is_wanted",
    "new_file",
    "offerable",
    "page_wanted",
    "place",
    "places",
    "position",
    "range_of",
    "registrations",
    "renamed",
    "units",
    "wanted_by",
    "workspace_edit",
]
