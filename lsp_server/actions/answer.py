"""What a model says, cut from the stream as it comes."""

import re
from collections.abc import Sequence

from lsp_server.actions.documentation import finished
from lsp_server.actions.endless import TAIL_LINES, says_again
from lsp_server.actions.prose import is_prose
from lsp_server.prompt.tags import DOT, restored

_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\s]*)[^`]*$")
"""As CommonMark reads it. What is indented deeper is text of a docstring."""
_TAGGED = re.compile(
    r"\s*\[(?P<end>/?)(?:PYTHON|TESTS|CODE|JAVA|PHP|BASH|ANSWER)\]\s*$"
)
"""The fences that Code Llama's training had, beside Markdown's."""
_LONG_LINE = 1000
"""Characters: one that goes on may be a loop."""
_NEXT_TURN = re.compile(r"\s*(?:\[/?INST\]|<<SYS>>|<\|im_(?:start|end)\|>)")


class Block:
    """One code block. ``code`` is what it holds so far, LF between its lines.

    ``begin`` is how the answer was made to begin ("```python" and a line end), which the
    stream does not repeat; without it the block begins with the first fence. Where it goes
    on behind the fence, it begins a comment, and the block is decided where that ends.

    Once the stream has ended (:meth:`end`): ``closed`` says whether its fence came,
    ``cut`` that the answer was longer than it was allowed to be, ``looped`` that it
    repeated itself and was given up.
    """

    def __init__(self, begin: str = "") -> None:
        fence, _, self._begun = begin.partition("\n")
        opening = _FENCE.match(fence)
        self.closed = self.cut = self.looped = False
        self._inside = opening is not None
        self._fence = opening["fence"] if opening else "```"
        self._nested = 0
        self._lines: list[str] = []
        self._rest = self._begun

    @property
    def code(self) -> str:
        lines = self._lines
        if self._inside and self._rest:
            lines = [*lines, self._rest]
        return restored("\n".join(lines))

    def feed(self, piece: str) -> bool:
        """Take the next piece; True once all is decided and the stream can be closed."""
        if self.closed or self.looped:
            return True
        *lines, self._rest = (self._rest + piece).split("\n")
        for line in lines:
            self._take(line.removesuffix("\r"))
            if self.closed:
                self._rest = ""
                return True
        if self._begun and finished(self._begun, self.code):
            self.closed = True
            return True
        if lines or len(self._rest) > _LONG_LINE:
            end = self._lines[-TAIL_LINES:]
            self.looped = says_again("\n".join([*end, self._rest]))
        return self.looped

    def end(self, *, cut: bool = False) -> None:
        """Say that the stream has ended; ``cut``: because the answer was too long.

        Where there was no fence at all, what was said is the code, if it looks like any.
        """
        if self.closed or self.looped:
            return
        rest, self._rest = self._rest, ""
        if rest:
            self._take(rest)
        if not self._inside and not self.closed:
            self._inside = not is_prose(self._lines)
            if not self._inside:
                self._lines = []
        self.cut = cut and not self.closed

    def _take(self, line: str) -> None:
        if _NEXT_TURN.match(line) and self._inside:
            self.closed = True
            return
        tagged = _TAGGED.match(line)
        if tagged and (not self._inside or self._bare):
            if not tagged["end"]:
                self._open("[")
            return
        if tagged and tagged["end"] and self._fence == "[":
            self.closed = True
            return
        fence = _FENCE.match(line)
        if fence is None:
            self._lines.append(line)
        elif not self._inside or (self._bare and not self._shorter(fence["fence"])):
            self._open(fence["fence"])
        else:
            self._meet(fence["fence"], fence["info"], line)

    def _meet(self, fence: str, info: str, line: str) -> None:
        """Take a fence that stands within the block: its end, or part of its text."""
        if fence[0] == self._fence[0] and len(fence) >= len(self._fence):
            if info:
                self._nested += 1
            elif self._nested:
                self._nested -= 1
            else:
                self.closed = True
                return
        elif self._fence == "[" and not info:
            return
        self._lines.append(line)

    def _open(self, fence: str) -> None:
        self._inside, self._fence, self._lines = True, fence, []

    def _shorter(self, fence: str) -> bool:
        """Whether a fence is the block's first text: within a longer one it is that."""
        return not any(self._lines) and len(fence) < len(self._fence)

    @property
    def _bare(self) -> bool:
        """Whether what stands in the block so far is no code: an answer that chats."""
        return is_prose(self._lines)


class Prose:
    """Text for people. ``ended``: the model goes on with a turn that is not its own."""

    def __init__(self) -> None:
        self.ended = False
        self._begun = False
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what may be shown now: whole characters, no chat tags."""
        if self.ended:
            return ""
        text = self._held + piece
        found = _TAG.search(text)
        if found:
            self.ended, self._held = True, ""
            return self._shown(text[: found.start()])
        keep = _held_back(text)
        self._held = text[len(text) - keep :]
        return self._shown(text[: len(text) - keep])

    def end(self) -> str:
        """Return what was held back, once the stream has ended."""
        rest, self._held = self._held, ""
        return "" if self.ended else self._shown(rest)

    def _shown(self, text: str) -> str:
        if not self._begun:
            text = text.lstrip()
        self._begun = self._begun or bool(text)
        return restored(text)


_TAGS: Sequence[tuple[str, str]] = (
    *(("[", "INST]"), ("[/", "INST]"), ("<<", "SYS>>"), ("<</", "SYS>>")),
    *(("\n###", " Instruction:"), ("\n###", " Response:")),
)
"""Where an escaped one has its dots, there is a gap."""
_PIECES = ("<|im_start|>", "<|im_end|>", "<start_of_turn>", "<end_of_turn>")
_TAG = re.compile("|".join(map(re.escape, (*map("".join, _TAGS), *_PIECES))))


def _begun(text: str) -> str:
    """Return a pattern of what ``text`` may begin as: anything but the whole of it."""
    pattern = ""
    for letter in reversed(text[:-1]):
        pattern = f"(?:{re.escape(letter)}{pattern})?"
    return pattern


_HALF = re.compile(
    "(?:"
    + "|".join(
        [
            *(f"{re.escape(head)}{DOT}*{_begun(tail)}" for head, tail in _TAGS),
            *(f"{re.escape(text[0])}{_begun(text[1:])}" for text in _PIECES),
            *("\n#{0,3}", "<"),
        ]
    )
    + r")\Z"
)


def _held_back(text: str) -> int:
    """Return how many characters at the end may be half of something."""
    half = _HALF.search(text)
    if half:
        return len(text) - half.start()
    whole = text.rstrip("\ufffd")
    if "\ud800" <= whole[-1:] <= "\udbff":
        whole = whole[:-1]
    return len(text) - len(whole)
