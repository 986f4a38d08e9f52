"""Windows of a package's other files that are like what is being written: a stand-in for the repository's index."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.prompt.snippets import commented
from tools.demo_model.corpus import File
from tools.demo_model.languages import BY_NAME

_WINDOW_LINES = 20
_STRIDE_LINES = 10
_IDENTIFIER = re.compile(r"[A-Za-z_]\w{2,}")


@dataclass(frozen=True, slots=True)
class Given:
    """What stands before the prefix; ``score`` is of the best of it, None for nothing."""

    text: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Some lines of a file, and the identifiers in them."""

    file: File
    text: str
    names: frozenset[str]


def windows(files: Sequence[File]) -> list[Window]:
    """Cut files into windows of twenty lines that overlap by half."""
    found = []
    for file in files:
        lines = file.text.split("\n")
        for start in range(0, len(lines), _STRIDE_LINES):
            text = "\n".join(lines[start : start + _WINDOW_LINES])
            found.append(Window(file, text, frozenset(_IDENTIFIER.findall(text))))
    return found


def gathered(file: File, prefix: str, known: Sequence[Window], count: int) -> Given:
    """Return the ``count`` likest windows of the package's other files in the language, the likest last.

    Likeness is Jaccard's of the identifiers, with those of the last lines before the cursor.
    """
    lately = "\n".join(prefix.split("\n")[-_WINDOW_LINES:])
    wanted = frozenset(_IDENTIFIER.findall(lately))
    here = (file.package, file.language)
    likeness = [
        (len(window.names & wanted) / (len(window.names | wanted) or 1), at)
        for at, window in enumerate(known)
        if (window.file.package, window.file.language) == here
        and window.file.path != file.path
    ]
    best = sorted(likeness, reverse=True)[:count]
    sign = BY_NAME[file.language].comment
    text = "".join(
        commented(known[at].file.path, known[at].text, sign)
        for like, at in sorted(best)
        if like > 0
    )
    return Given(text, best[0][0]) if text else Given()
