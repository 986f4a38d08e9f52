"""What is wrong with an edit, found before anybody is shown it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from lsp_server.actions import definitions
from lsp_server.actions.alignment import pieces
from lsp_server.actions.answer import Block
from lsp_server.actions.attempt import Attempt, language_named
from lsp_server.actions.catalogue import Name
from lsp_server.actions.elisions import elision
from lsp_server.actions.parsing import parses_worse
from lsp_server.actions.prose import is_prose, is_sentence
from lsp_server.ghost.lexical import signs_of
from retrieval.outline import Definition, Kind
from retrieval.source import Document, without_end

_KEEPS_SIGNATURES = frozenset({Name.SIMPLIFY, Name.EXTRACT, Name.RENAME, Name.DOCUMENT})
_KEEPS_LINES = {Name.FIX: 0.5, Name.TYPES: 0.7, Name.RENAME: 0.7, Name.EXTRACT: 0.6}
"""Of the lines of a region so many must be left, at least."""
_FEW_LINES = 12
"""Of fewer lines any may go."""
_LEAST_ALIKE = 0.25
"""Of the words of a fix and of what it replaces."""
_FEW_WORDS = 12
_LONGEST_QUOTE = 60
_PATCH = re.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")
_WORD = re.compile(r"\w+")
_HIDES = re.compile(
    "[\x0b\x0c\x1c-\x1e\x85\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
"""Line ends that languages disagree about, no width at all, another direction."""


def unusable(document: Document, answer: Block) -> tuple[str, ...]:
    """Return why nothing can be made of an answer, () where something can."""
    if answer.looped:
        return ("The answer says the same again and again.",)
    if answer.cut:
        return ("The answer is cut off: it got longer than there is room for.",)
    if not answer.code.strip():
        return ("The model answered nothing.",)
    language = language_named(document)
    lines = answer.code.split("\n")
    if any(map(_PATCH.match, lines)) and document.language != "diff":
        return ("The answer is a patch, and not the lines themselves.",)
    if language is not None and language.grammar and is_prose(lines):
        return ("The answer is prose, and no code.",)
    return ()


def problems(attempt: Attempt) -> tuple[str, ...]:
    """Return what is wrong, in words for the model and the user; () for nothing.

    Synchronous and pure; it parses both versions, so call it in a thread.
    """
    found = (said for check in _CHECKS for said in check(attempt))
    return tuple(dict.fromkeys(found))


def notes(attempt: Attempt) -> tuple[str, ...]:
    """Return what the user should know of an edit that is fine."""
    found: list[str] = []
    if attempt.name is not Name.TYPES:
        for one, before, after in definitions.changed_headers(attempt):
            found.append(f"The signature of {one.name} changed: {before} -> {after}")
    found += [f"{one.name} is gone." for one in definitions.gone(attempt)]
    if attempt.name not in {Name.TESTS, Name.GENERATE, Name.EXTRACT}:
        found += [f"{one.name} is new." for one in definitions.added(attempt)]
    found += [f"New at the top: {line.strip()}" for line in attempt.imports]
    return tuple(dict.fromkeys(found))


def _outside(attempt: Attempt) -> Iterator[str]:
    """By construction it never is: should a fault of ours break that, it is not shown."""
    region = attempt.region
    rows = [without_end(line) for line in attempt.before.lines]
    after = region.first if region.insert else region.last + 1
    wanted = [*rows[: region.first], *attempt.new, *rows[after:]]
    left = [without_end(line) for line in attempt.after.lines]
    added = [*attempt.imports]
    at = 0
    for row in left:
        if at < len(wanted) and wanted[at] == row:
            at += 1
        elif row in added:
            added.remove(row)
        else:
            yield "The edit would change lines outside of its place."
            return
    if at < len(wanted) and wanted[at:] != [""]:
        yield "The edit would change lines outside of its place."


def _line_ends(attempt: Attempt) -> Iterator[str]:
    def ends(document: Document) -> set[str]:
        return {line[len(without_end(line)) :] for line in document.lines} - {""}

    if ends(attempt.before) and not ends(attempt.after) <= ends(attempt.before):
        yield "The edit would bring line ends that the file does not have."


def _hidden(attempt: Attempt) -> Iterator[str]:
    """Find signs that make code look like other code, or end a comment unseen.

    What joins letters (U+200C, U+200D) is part of some scripts.
    """
    before = Counter(_HIDES.findall(attempt.before.text))
    for sign, times in Counter(_HIDES.findall(attempt.after.text)).items():
        if times > before[sign]:
            yield f"The answer has signs that nobody sees: U+{ord(sign):04X}."


def _syntax(attempt: Attempt) -> Iterator[str]:
    wrong = parses_worse(attempt)
    if wrong:
        yield wrong


def _elided(attempt: Attempt) -> Iterator[str]:
    if attempt.name is Name.DOCUMENT:
        return
    found = elision(attempt.new, attempt.replaced)
    if found is not None:
        yield f"The answer leaves code out: {_quoted(found)}"
    for one in definitions.emptied(attempt):
        yield f"The answer leaves out what {one.name} does."


def _no_code(attempt: Attempt) -> Iterator[str]:
    """Find sentences and fences between the lines of code."""
    language = attempt.language
    if language is None or not language.grammar or attempt.name is Name.DOCUMENT:
        return
    signs = signs_of(attempt.before.uri, attempt.before.language)
    seen = signs.see("\n".join(attempt.new))
    known = {line.strip() for line in attempt.replaced}
    at = 0
    for line in attempt.new:
        silent = seen.silent(at + 1) or seen.silent(at + len(line) // 2)
        if line.strip() not in known and not silent:
            if line.startswith(("```", "~~~")):
                yield "The answer has a code fence within its code."
                return
            if is_sentence(line):
                yield f"The answer has prose within its code: {_quoted(line.strip())}"
                return
        at += len(line) + 1


def _dropped(attempt: Attempt) -> Iterator[str]:
    if attempt.name is Name.REWRITE:
        return
    for one in definitions.gone(attempt):
        if not (attempt.name is Name.FIX and definitions.may_go(attempt.wish, one)):
            yield f"The answer leaves out {_kind(one)} {one.name}, which was defined there."


def _repeated(attempt: Attempt) -> Iterator[str]:
    for one in definitions.repeated(attempt):
        yield f"The answer defines {one.name} again, which the file defines elsewhere."


def _signatures(attempt: Attempt) -> Iterator[str]:
    if attempt.name not in _KEEPS_SIGNATURES:
        return
    for one, before, after in definitions.changed_headers(attempt):
        yield f"The signature of {one.name} must stay {before!r}, not become {after!r}."


def _shrunk(attempt: Attempt) -> Iterator[str]:
    share = _KEEPS_LINES.get(attempt.name)
    if share is None:
        return
    old, new = _told(attempt.replaced), _told(attempt.new)
    if old > _FEW_LINES and new < share * old:
        yield f"The answer has only {new} of the {old} lines that were there."


def _unlike(attempt: Attempt) -> Iterator[str]:
    """Find a fix that is something else: where nothing is known of a broken text."""
    if attempt.name is not Name.FIX:
        return
    old = _WORD.findall("\n".join(attempt.replaced))
    new = _WORD.findall("\n".join(attempt.new))
    same = sum(one.end - one.start for one in pieces(old, new) if one.same)
    if len(old) >= _FEW_WORDS and 2 * same < _LEAST_ALIKE * (len(old) + len(new)):
        yield "The answer has nothing to do with the lines that were there."


def _only_documented(attempt: Attempt) -> Iterator[str]:
    """Documentation brings and takes no definition: its text is no code."""
    if attempt.name is Name.DOCUMENT:
        names = [(one.scope, one.name) for one in attempt.was.definitions]
        if names != [(one.scope, one.name) for one in attempt.becomes.definitions]:
            yield "The documentation would change what the file defines."


_CHECKS: Sequence[Callable[[Attempt], Iterator[str]]] = (
    _outside,
    _line_ends,
    _hidden,
    _syntax,
    _elided,
    _no_code,
    _dropped,
    _repeated,
    _signatures,
    _shrunk,
    _unlike,
    _only_documented,
)


def _told(lines: Sequence[str]) -> int:
    return sum(bool(line.strip()) for line in lines)


def _kind(one: Definition) -> str:
    words = {Kind.MODULE: "the namespace", Kind.MACRO: "the macro"}
    return words.get(one.kind, f"the {one.kind}")


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…")
