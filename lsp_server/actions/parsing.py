"""Whether a document parses no worse than before, and where it does not."""

import ast
import warnings
from collections.abc import Sequence

from lsp_server.actions.attempt import Attempt
from lsp_server.ghost.lexical import PAIRS, signs_of
from retrieval.source import Document
from retrieval.syntax import faults


def parses_worse(attempt: Attempt) -> str | None:
    """Return what is wrong with the syntax, None where it is no worse than it was."""
    language = attempt.language
    if language is None:
        return None
    after = faults(attempt.after.text, language)
    if after is None:
        return _unbalanced(attempt.after, attempt.new, attempt.replaced)
    if language.name == "python":
        wrong = _badly_indented(attempt.after.text)
        if wrong and not _badly_indented(attempt.before.text):
            return wrong
    before = faults(attempt.before.text, language) or 0
    if after <= before:
        return None
    where = _unbalanced(attempt.after, attempt.new, attempt.replaced)
    found = f"{after} syntax error{'s' * (after > 1)}"
    rather = f" instead of {before}" if before else ""
    return f"The file would have {found}{rather}" + (f": {where}" if where else ".")


def _badly_indented(text: str) -> str | None:
    """Return what Python says of indentation; the grammar here forgives all of that.

    Other errors are not asked for: the user's Python may be newer than this one.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except IndentationError as error:
            return f"Python says of line {error.lineno}: {error.msg}."
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return None


def _unbalanced(
    document: Document, new: Sequence[str], replaced: Sequence[str]
) -> str | None:
    """Return which bracket of the new lines has no partner, if those before all had."""
    signs = signs_of(document.uri, document.language)
    found = _lonely(signs.see("\n".join(new)).marks)
    if found is None or _lonely(signs.see("\n".join(replaced)).marks) is not None:
        return None
    at, sign = found
    line = "\n".join(new)[:at].count("\n")
    return f"{sign!r} has no partner in the line {new[line].strip()!r}."


def _lonely(marks: Sequence[tuple[int, str]]) -> tuple[int, str] | None:
    opened: list[tuple[int, str]] = []
    for at, sign in marks:
        if sign not in PAIRS:
            opened.append((at, sign))
        elif opened and opened[-1][1] == PAIRS[sign]:
            opened.pop()
        else:
            return at, sign
    return opened[-1] if opened else None
