"""Ghost text as LSP has it."""

from collections.abc import Sequence

from lsprotocol.types import (
    Command,
    InlineCompletionItem,
    InlineCompletionList,
    PositionEncodingKind,
    Range,
    SelectedCompletionInfo,
)

from lsp_server.features.query import Chosen
from lsp_server.record import Choice
from lsp_server.wire.positions import places, position, range_of
from retrieval.source import Cursor, Document, split_lines, without_end

ACCEPTED = "codellama.accepted"
"""The command by which an editor tells that a completion, named by its id, was taken."""

UTF16 = PositionEncodingKind.Utf16
"""What LSP counts characters in where nothing else was agreed."""


def chosen(
    document: Document,
    info: SelectedCompletionInfo | None,
    encoding: PositionEncodingKind,
) -> Chosen | None:
    """Return what the pop-up menu has chosen, as places in this snapshot."""
    if info is None:
        return None
    start, end = places(document, info.range, encoding)
    return Chosen(start=start, end=end, text=info.text)


def inline_completion_list(
    cursor: Cursor,
    choices: Sequence[Choice],
    encoding: PositionEncodingKind,
    chosen: Chosen | None = None,
) -> InlineCompletionList:
    """Offer texts at the cursor; accepting one sends its id back as a command.

    The range is empty: Neovim draws an item with any other as an overlay. The text's line
    ends become LF whatever the file has: Neovim would keep a CR, VS Code converts itself.

    Where the pop-up menu has ``chosen`` something, the item takes the place of what that
    would replace, and begins with it.
    """
    document = cursor.document
    here = position(document, cursor.line, cursor.column, encoding)
    range_, begin = Range(start=here, end=here), ""
    if chosen is not None:
        begin = chosen.text
        range_ = range_of(document, chosen.start, chosen.end, encoding)
    return InlineCompletionList(
        items=[
            InlineCompletionItem(
                insert_text=begin
                + "\n".join(without_end(line) for line in split_lines(choice.text)),
                range=range_,
                command=Command(
                    title="Completion accepted",
                    command=ACCEPTED,
                    arguments=[choice.id],
                ),
            )
            for choice in choices
        ]
    )
