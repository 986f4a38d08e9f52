"""All actions, as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Name(StrEnum):
    """What an action is called in settings, in commands and in the audit."""

    FIX = "fix"
    EXPLAIN = "explain"
    SIMPLIFY = "simplify"
    EXTRACT = "extract"
    RENAME = "rename"
    TYPES = "types"
    REWRITE = "rewrite"  # in the user's own words
    DOCUMENT = "document"
    TESTS = "tests"
    GENERATE = "generate"
    SUMMARY = "summary"  # the hover's, made anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One row: ``kind`` is LSP's, ``edits`` whether the answer becomes an edit."""

    name: Name
    kind: str
    title: str
    edits: bool = True


_ACTIONS = (
    Action(name=Name.FIX, kind="quickfix", title="Fix"),
    Action(
        name=Name.EXPLAIN,
        kind="codellama.explain",
        title="Explain",
        edits=False,
    ),
    Action(
        name=Name.SIMPLIFY,
        kind="refactor.rewrite.simplify",
        title="Simplify",
    ),
    Action(
        name=Name.EXTRACT,
        kind="refactor.rewrite.extract",
        title="Extract into a function",
    ),
    Action(
        name=Name.RENAME,
        kind="refactor.rewrite.rename",
        title="Rename local variables",
    ),
    Action(name=Name.TYPES, kind="refactor.rewrite.types", title="Add types"),
    Action(
        name=Name.REWRITE,
        kind="refactor.rewrite.words",
        title="Rewrite as I say...",
    ),
    Action(
        name=Name.DOCUMENT,
        kind="refactor.rewrite.document",
        title="Write documentation",
    ),
    Action(name=Name.TESTS, kind="codellama.tests", title="Write tests"),
    Action(
        name=Name.GENERATE,
        kind="codellama.generate",
        title="Generate from this comment",
    ),
    Action(
        name=Name.SUMMARY,
        kind="codellama.summary",
        title="Summarise anew",
        edits=False,
    ),
)

CATALOGUE: Mapping[Name, Action] = {action.name: action for action in _ACTIONS}
