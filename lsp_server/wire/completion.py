"""Ghost text as LSP's pop-up menu has it.

An item replaces the word before the cursor by that word and the text: editors filter by
what they think the word is, with the item's range or without (Helix, Kate, Emacs' eglot), so
its name and its filter text begin with it. There is no ``insertText``: eglot would show all
its lines as the name.
"""

import re
from dataclasses import dataclass

from lsprotocol.types import (
    ClientCapabilities,
    ClientInfo,
    Command,
    CompletionItem,
    CompletionItemKind,
    CompletionList,
    InsertTextFormat,
    InsertTextMode,
    MarkupContent,
    MarkupKind,
    PositionEncodingKind,
    TextEdit,
)

from lsp_server.record import Choice
from lsp_server.wire.inline_completion import ACCEPTED
from lsp_server.wire.positions import range_of
from retrieval.source import Cursor, split_lines, without_end

_LONGEST_LABEL = 60
_FIRST = "!"
"""Sorts before what other servers offer. It is not preselected: that is the editor's."""

_DETAIL = "Code Llama"
_WORD = re.compile(r"\w*\Z")
_WORDS = {
    **dict.fromkeys(
        ("javascript", "javascriptreact", "typescript", "typescriptreact"),
        re.compile(r"[\w$]*\Z"),
    ),
    **dict.fromkeys(
        ("clojure", "css", "emacs-lisp", "less", "lisp", "racket", "scheme", "scss"),
        re.compile(r"[\w-]*\Z"),
    ),
}
"""Where a name may have more in it: editors that know the language see all of it."""
_LANGUAGE = re.compile(r"[\w+#-]*")
_INDENT = re.compile(r"[ \t]*")
_SNIPPET_SIGNS = re.compile(r"[\\$}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemForm:
    """How a client takes an item in.

    ``as_is``: it can be told to leave the indentation of further lines alone.
    ``indents``: it adds that of the cursor's line to them, and wants them as a snippet.
    ``markup`` is what its documentation may be, None for a bare string.
    """

    as_is: bool = False
    indents: bool = False
    markup: MarkupKind | None = None


def has_ghost_text(capabilities: ClientCapabilities) -> bool:
    """Whether the client shows ghost text by the standard."""
    document = capabilities.text_document
    return document is not None and document.inline_completion is not None


def registers_completion(capabilities: ClientCapabilities) -> bool:
    """Whether the client learns later, too, that the pop-up menu is served."""
    document = capabilities.text_document
    popup = document.completion if document is not None else None
    return popup is not None and bool(popup.dynamic_registration)


def item_form(capabilities: ClientCapabilities, client: ClientInfo | None) -> ItemForm:
    """Return the form that the client's capabilities tell, or that it is known for.

    Sublime Text says that it adjusts the indentation, and does so for snippets. Neovim's
    own client, as of 0.12, says nothing, inserts of a text the first line, and of a
    snippet all, indented. Who says nothing else inserts it as it is: eglot, Helix, Kate.
    """
    document = capabilities.text_document
    popup = document.completion if document is not None else None
    item = popup.completion_item if popup is not None else None
    if item is None:
        return ItemForm()
    modes = item.insert_text_mode_support
    known = modes.value_set if modes is not None else ()
    is_neovim = client is not None and client.name == "Neovim"
    adjusts = InsertTextMode.AdjustIndentation in known or (is_neovim and not known)
    as_is = InsertTextMode.AsIs in known
    formats = item.documentation_format or ()
    return ItemForm(
        as_is=as_is,
        indents=adjusts and not as_is and bool(item.snippet_support),
        markup=next((one for one in formats if one in MarkupKind), None),
    )


def completion_list(
    cursor: Cursor,
    choice: Choice,
    encoding: PositionEncodingKind,
    form: ItemForm,
) -> CompletionList:
    """Offer one text. The list is never complete: the next key may bring another."""
    word = word_before(cursor)
    lines = [without_end(line) for line in split_lines(choice.text)]
    inserted, mode, text_format = _inserted(word, lines, cursor, form)
    name, is_whole = _name(word + lines[0])
    range_ = range_of(
        cursor.document,
        (cursor.line, cursor.column - len(word)),
        (cursor.line, cursor.column),
        encoding,
    )
    item = CompletionItem(
        label=name if is_whole and len(lines) == 1 else f"{name}…",
        kind=CompletionItemKind.Text,
        detail=_DETAIL,
        documentation=_documentation(word, lines, cursor, form),
        sort_text=_FIRST,
        filter_text=name,
        insert_text_format=text_format,
        insert_text_mode=mode,
        text_edit=TextEdit(range=range_, new_text=inserted),
        command=Command(
            title="Completion accepted", command=ACCEPTED, arguments=[choice.id]
        ),
    )
    return CompletionList(is_incomplete=True, items=[item])


def word_before(cursor: Cursor) -> str:
    """Return the name, or its beginning, that ends at the cursor."""
    pattern = _WORDS.get(cursor.document.language, _WORD)
    found = pattern.search(cursor.before)
    return found[0] if found is not None else ""


def _name(first_line: str) -> tuple[str, bool]:
    """Return what the item is called and filtered by, and whether it is all of the line.

    Without white space before it: some editors cut that off, and then find no match.
    """
    line = first_line.strip()
    name = line[:_LONGEST_LABEL].rstrip()
    return name, name == line


def _inserted(
    word: str, lines: list[str], cursor: Cursor, form: ItemForm
) -> tuple[str, InsertTextMode | None, InsertTextFormat]:
    """Return what is put in for the word, and how the client is to take it."""
    plain = InsertTextFormat.PlainText
    if form.as_is:
        return word + "\n".join(lines), InsertTextMode.AsIs, plain
    if len(lines) == 1 or not form.indents:
        return word + "\n".join(lines), None, plain
    told = _relative(lines, cursor)
    text = _SNIPPET_SIGNS.sub(r"\\\g<0>", word + "\n".join(told))
    return text, InsertTextMode.AdjustIndentation, InsertTextFormat.Snippet


def _relative(lines: list[str], cursor: Cursor) -> list[str]:
    """Return the lines without the indentation of the cursor's, which the client adds.

    A line that has less cannot be said so: the text ends before it.
    """
    indent = _INDENT.match(cursor.before)
    there = indent[0] if indent is not None else ""
    told = lines[:1]
    for line in lines[1:]:
        if line.strip() and not line.startswith(there):
            break
        told.append(line.removeprefix(there) if line.strip() else "")
    while len(told) > 1 and not told[-1]:
        told.pop()
    return told


def _documentation(
    word: str, lines: list[str], cursor: Cursor, form: ItemForm
) -> MarkupContent | str:
    """Return the whole, as it will stand there."""
    begin = cursor.before[: len(cursor.before) - len(word)].lstrip()
    text = "\n".join([begin + word + lines[0], *_relative(lines, cursor)[1:]])
    if form.markup is None:
        return text
    if form.markup is MarkupKind.PlainText:
        return MarkupContent(kind=MarkupKind.PlainText, value=text)
    ticks = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, ticks + 1)
    language = cursor.document.language
    language = language if _LANGUAGE.fullmatch(language) else ""
    return MarkupContent(
        kind=MarkupKind.Markdown, value=f"{fence}{language}\n{text}\n{fence}"
    )
