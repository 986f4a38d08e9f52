"""Markdown of a model, made harmless as it comes: it is shown as a page.

What the model read may have told it what to write. Outside of code no HTML, no picture and
no link is left, of whatever scheme: a picture is fetched when the page is opened, and a
``command:`` link does something. Code stays as it is; what only may be code is none.
"""

import re

_HIDES = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
"""Controls, other line ends than LF, and what turns the direction of a text."""
_INLINE = re.compile(
    r"(?P<pair>\\[!-/:-@\[-`{-~])|(?P<ticks>`+)|(?P<sign>[<\[])|(?P<half>\\\Z)"
)
_OPENS = re.compile(r"[ \t]*(?P<fence>`{3,}|~{3,})[^`|<\[]*$")
"""With more of an info string it may be the first row of a table."""
_ITEM = re.compile(r"(?P<mark>[ \t]*(?:[-*+]|1[.)]|(?P<later>\d{1,9}[.)])))[ \t]+\S")
_UNDECIDED = re.compile(r"(?:`+|~+|[-*+][ \t]*|\d{1,9}[.)]?[ \t]*)\Z|`{3}|~{3}")
"""What a line may begin with that opens a fence, or an item of a list."""
_MOST_INDENT = 3
"""Columns: what is indented more is no block of its own, but code."""
_TAB_COLUMNS = 4


class Harmless:
    """One text. A piece is held back only while nobody can know what it is.

    That is how a line begins, and code within a line up to where it ends.
    """

    def __init__(self) -> None:
        self._held = ""
        self._begun = False
        self._fence = ""
        self._depth = 0
        self._item = 0
        self._after_blank = True
        self._split = False

    @property
    def fence(self) -> str:
        """The fence that closes the block of code that is open, "" for none."""
        return " " * self._depth + self._fence if self._fence else ""

    def feed(self, piece: str) -> str:
        """Return what can be shown now."""
        *lines, rest = (self._held + _HIDES.sub("", piece)).split("\n")
        shown = ""
        for line in lines:
            more, _ = self._take(line, whole=True)
            shown += f"{more}\n"
            self._begun = self._split = False
        more, self._held = self._take(rest, whole=False)
        return shown + more

    def end(self) -> str:
        """Return what was held back, once there is no more."""
        shown, self._held = self._take(self._held, whole=True)
        return shown

    def _take(self, text: str, *, whole: bool) -> tuple[str, str]:
        """Return what of the line can be shown, and what is held back."""
        if self._begun:
            return (text, "") if self._fence else self._inline(text, whole=whole)
        bare = text.lstrip(" \t")
        if not whole and (not bare or _UNDECIDED.match(bare)):
            return "", text
        begins, verbatim = self._begin(text, bare)
        self._begun = True
        if verbatim:
            return begins, ""
        rest = bare
        if bare.startswith("~~~"):
            begins, rest = f"{begins}\\~", bare[1:]
        shown, held = self._inline(rest, whole=whole)
        return begins + shown, held

    def _begin(self, text: str, bare: str) -> tuple[str, bool]:
        """Take note of how a line begins: (how it is shown, True) where it is code.

        Else (what goes before it, False): an indented fence ends where its item of a list
        may. Each fence ends as deep as it began, or it may end for us alone.
        """
        depth = len(text[: len(text) - len(bare)].expandtabs(_TAB_COLUMNS))
        after_blank, self._after_blank = self._after_blank, not bare
        before = ""
        if self._fence:
            if not bare or (depth >= self._depth and not self._closes(bare)):
                return text, True
            closing, self._fence = self.fence, ""
            if depth >= self._depth:
                return closing, True
            before = f"{closing}\n"
        elif not bare:
            return text, False
        if depth < self._item:
            self._item = 0
        opens = _OPENS.match(text)
        near = self._item <= depth <= self._item + _MOST_INDENT
        if opens and (near or depth <= _MOST_INDENT or after_blank):
            self._fence, self._depth = opens["fence"], depth
            return before + text, True
        item = _ITEM.match(text)
        if item and near and (after_blank or self._item or not item["later"]):
            self._item = len(item["mark"].expandtabs(_TAB_COLUMNS)) + 1
        return before + text[: len(text) - len(bare)], False

    def _closes(self, bare: str) -> bool:
        return bare.rstrip(" \t").strip(self._fence[0]) == "" and (
            len(bare.rstrip(" \t")) >= len(self._fence)
        )

    def _inline(self, text: str, *, whole: bool) -> tuple[str, str]:
        shown, at = "", 0
        while found := _INLINE.search(text, at):
            shown += text[at : found.start()]
            at = found.end()
            if found["half"] and not whole:
                return shown, found[0]
            if found["sign"]:
                shown += f"\\{found[0]}"
            elif found["ticks"]:
                end = _end_of_code(text, at, len(found["ticks"]))
                if not whole and (at == len(text) or end < 0 or end == len(text)):
                    return shown, text[found.start() :]
                if end < 0 or self._splits(text[at:end]):
                    shown += found[0].replace("`", "\\`")
                else:
                    shown += text[found.start() : end]
                    at = end
            else:
                shown += found[0]
        return shown + text[at:], ""

    def _splits(self, code: str) -> bool:
        """Whether a table's cell may end within the code, and the rest be none."""
        self._split = self._split or "|" in code
        return self._split and ("<" in code or "[" in code)


def open_fence(text: str) -> str:
    """Return the fence that closes the block of code in which a text ends, "" for none."""
    seen = Harmless()
    seen.feed(text)
    seen.end()
    return seen.fence


def _end_of_code(text: str, at: int, ticks: int) -> int:
    """Return where the run of as many backticks ends, -1 for nowhere."""
    for found in re.finditer("`+", text[at:]):
        if len(found[0]) == ticks:
            return at + found.end()
    return -1
