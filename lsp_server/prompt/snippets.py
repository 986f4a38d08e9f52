"""Other files' code in a prompt: as each family was trained to see it, or commented out.

Comments are for models without a form of their own for other files (Code Llama's was not
trained on one): one block for each snippet, under its path, before the prefix.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lsp_server.prompt.families import Part
from lsp_server.prompt.infill import IdTemplate, Infiller, assemble, fill
from lsp_server.prompt.spans import Kind, Span
from retrieval.languages import comment_sign
from retrieval.source import Document, Snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What is said of the file that is infilled: its path, and its repository's name."""

    path: str = ""
    repository: str = ""


UNNAMED = Own()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A template that has other files in it already; ``within`` stands before the prefix.

    ``tokens`` is all that it has more than the template without; ``snippets`` are shown.
    ``spans`` are those of ``within``, or of what stands first in the template.
    """

    template: IdTemplate
    within: tuple[int, ...] = ()
    tokens: int = 0
    snippets: int = 0
    spans: tuple[Span, ...] = ()


def shown(
    model: Infiller,
    template: IdTemplate,
    snippets: Sequence[Snippet],
    *,
    sign: str,
    own: Own,
    room: int,
) -> Shown:
    """Put ``snippets``, the best last, into ``template``, in at most ``room`` tokens.

    Where they do not fit, whole snippets are left out, the first first. The same snippets
    give the same ids.
    """
    for first in range(len(snippets)):
        found = _put(model, template, snippets[first:], sign, own)
        if found.tokens <= room:
            return found
    return Shown(template=template)


def cost(model: Infiller, sign: str) -> Callable[[str, str], int]:
    """Return what tells how many tokens a snippet of a path and a text takes in a prompt."""

    def tokens(path: str, text: str) -> int:
        return len(_ids(model, path, text, sign))

    return tokens


def sign_of(document: Document) -> str:
    """Return what begins a comment in the document's language."""
    return comment_sign(urlsplit(document.uri).path, document.language)


def commented(path: str, text: str, comment: str) -> str:
    """Return the snippet as lines of comment, the path first, ending with a line end.

    ``comment`` is the language's sign of a line comment. A blank line stays a bare sign, so
    that the snippet is one block. Code Llama was not trained on a form of its own for this; the
    demo model is, on this one.
    """
    lines = [path, *text.strip("\n").split("\n")]
    return "".join(f"{comment} {line}".rstrip() + "\n" for line in lines)


def _put(
    model: Infiller,
    template: IdTemplate,
    snippets: Sequence[Snippet],
    sign: str,
    own: Own,
) -> Shown:
    if model.among is None:
        first, *others = snippets
        within = model.encoder.encode_lines([commented(first.path, first.text, sign)])
        spans = [Span(Kind.SNIPPET, len(within), first)]
        for other in others:
            more = _ids(model, other.path, other.text, sign)
            within += more
            spans.append(Span(Kind.SNIPPET, len(more), other))
        return Shown(
            template=template,
            within=within,
            tokens=len(within),
            snippets=len(snippets),
            spans=tuple(spans),
        )
    encode, among = model.encoder.line, model.among
    name = {
        Part.REPOSITORY: encode(own.repository),
        Part.REPOSITORY_LINE: encode(f"{own.repository}\n"),
    }
    ids = fill(among.head, name)
    spans = [Span(Kind.REPOSITORY, len(ids))]
    for snippet in snippets:
        before = len(ids)
        ids += _ids(model, snippet.path, snippet.text, sign)
        spans.append(Span(Kind.SNIPPET, len(ids) - before, snippet))
    ids += fill(among.psm, {Part.PATH_LINE: encode(f"{own.path}\n")})
    return Shown(
        template=ids,
        tokens=len(ids) - len(template),
        snippets=len(snippets),
        spans=tuple(spans),
    )


def _ids(model: Infiller, path: str, text: str, sign: str) -> tuple[int, ...]:
    """Return what one snippet is where another stands before it.

    It is encoded, and remembered, as a whole: that is one call of the tokenizer, where its
    lines would be twenty, and ``gather`` asks for the cost of hundreds.
    """
    encoder = model.encoder
    if model.among is None:
        return encoder.line(commented(path, text, sign))
    parts = {
        Part.PATH_LINE: encoder.line(f"{path}\n"),
        Part.TEXT: encoder.line(text.strip("\n") + "\n"),
    }
    return assemble(fill(model.among.file, parts), (), ())
