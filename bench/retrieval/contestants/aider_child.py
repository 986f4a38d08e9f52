"""Runs in the Python that has aider: makes its repository map, one JSON line in and one out.

A request is {"root", "files", "path", "identifiers", "tokens", "sign", "tokenizer"}: the map of all ``files`` but ``path``,
which is what is being edited. The answer is {"map"}. Nothing of this project is imported.
"""

import json
import sys
from pathlib import Path
from typing import Any

from aider.repomap import RepoMap  # type: ignore[import-not-found]
from tokenizers import Tokenizer

_NAME_CHARS_MIN = 5
"""As aider takes a file for mentioned when its name is one of the words."""


class _Console:
    """What aider says goes to stderr; what it reads, it reads as aider does."""

    def read_text(self, path: str) -> str | None:
        try:
            return Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            return None

    def tool_output(self, text: str = "", *_: object) -> None:
        print(text, file=sys.stderr)

    tool_warning = tool_error = tool_output


class _Model:
    """Counts tokens as the bench does: of the lines that it will show, as comments."""

    def __init__(self, tokenizer: str, sign: str) -> None:
        self._tokenizer = Tokenizer.from_file(tokenizer)
        self.sign = sign

    def token_count(self, text: str) -> int:
        lines = (line.removeprefix("│") for line in text.split("\n") if line.strip("⋮"))
        written = "".join(f"{self.sign} {line}\n" for line in lines)
        return len(self._tokenizer.encode(written, add_special_tokens=False).ids)


class _Map(RepoMap):  # type: ignore[misc]
    """Aider's map; what does not depend on the budget is not computed for each anew."""

    def __init__(self, root: str, model: _Model) -> None:
        super().__init__(root=root, main_model=model, io=_Console())
        self._tags: dict[str, tuple[float, list[Any]]] = {}
        self._ranked: tuple[object, list[Any]] = (None, [])

    def get_tags(self, fname: str, rel_fname: str) -> list[Any]:
        changed = self.get_mtime(fname)
        known = self._tags.get(fname)
        if known is None or known[0] != changed:
            known = changed, list(super().get_tags(fname, rel_fname) or ())
            self._tags[fname] = known
        return known[1]

    def get_ranked_tags(
        self, chat_fnames: Any, *others: Any, **named: Any
    ) -> list[Any]:
        changed = [(name, self.get_mtime(name)) for name in chat_fnames]
        if self._ranked[0] != changed:
            ranked = super().get_ranked_tags(chat_fnames, *others, **named)
            self._ranked = changed, ranked
        return self._ranked[1]


def _answer(request: dict[str, Any], known: _Map) -> str:
    root = request["root"]
    words = set(request["identifiers"])
    lower = {word.lower() for word in words if len(word) >= _NAME_CHARS_MIN}
    others = [path for path in request["files"] if path != request["path"]]
    return (
        known.get_ranked_tags_map_uncached(
            [f"{root}/{request['path']}"],
            [f"{root}/{path}" for path in others],
            request["tokens"],
            {path for path in others if Path(path).stem.lower() in lower},
            words,
        )
        or ""
    )


def main() -> None:
    known: _Map | None = None
    answers = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        if known is None:
            model = _Model(request["tokenizer"], request["sign"])
            known = _Map(request["root"], model)
        known.main_model.sign = request["sign"]
        print(json.dumps({"map": _answer(request, known)}), file=answers, flush=True)


if __name__ == "__main__":
    main()
