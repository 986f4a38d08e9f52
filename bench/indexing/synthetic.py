"""Repositories made by a seed: as many files as wanted, in three languages, 2 to 6 KB each.

Names follow a power law, as they do in code that people write: a few are everywhere, most
stand in one place. Files import from each other, mostly from their own folder.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

_SYLLABLES = [
    "ac",
    "bal",
    "cor",
    "dex",
    "el",
    "fin",
    "gra",
    "hul",
    "in",
    "jar",
    "kel",
    "lor",
    "mer",
    "nab",
    "or",
    "pel",
    "qua",
    "ren",
    "sol",
    "tem",
    "ul",
    "vex",
    "wan",
    "yar",
    "zen",
    "bit",
    "cast",
    "draw",
    "fetch",
    "group",
    "hold",
    "join",
    "key",
    "load",
    "map",
    "node",
    "open",
    "part",
    "queue",
    "read",
    "set",
    "table",
    "unit",
    "view",
    "write",
]
_FOLDER_FILES = 25
_EXPONENT = 1.05


@dataclass(frozen=True, slots=True)
class Names:
    """Words and how often each is drawn, up to it."""

    words: Sequence[str]
    weights: Sequence[float]

    def some(self, draw: random.Random, count: int) -> list[str]:
        return draw.choices(self.words, cum_weights=self.weights, k=count)


def write(root: Path, count: int, seed: int) -> None:
    """Write ``count`` files below ``root``; the same seed gives the same files."""
    draw = random.Random(seed)
    names = _names(draw, 2_000 + count * 4)
    for number in range(count):
        suffix, text = _LANGUAGES[number // _FOLDER_FILES % len(_LANGUAGES)]
        file = root / _path(number, suffix)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text(number, names, draw), encoding="utf-8")


def _names(draw: random.Random, count: int) -> Names:
    words = {"_".join(draw.choices(_SYLLABLES, k=2)) for _ in range(count // 4)}
    while len(words) < count:
        words.add("_".join(draw.choices(_SYLLABLES, k=draw.randint(2, 4))))
    ordered = sorted(words)
    draw.shuffle(ordered)
    weights = accumulate(1 / rank**_EXPONENT for rank in range(1, len(ordered) + 1))
    return Names(ordered, tuple(weights))


def _path(number: int, suffix: str) -> str:
    folder = number // _FOLDER_FILES
    return f"area{folder // 40}/part{folder}/file{number}{suffix}"


def _near(number: int, draw: random.Random) -> int:
    """Return the number of a file of the same folder."""
    first = number // _FOLDER_FILES * _FOLDER_FILES
    return first + draw.randrange(_FOLDER_FILES)


def _class(number: int) -> str:
    return f"Thing{number}"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _python(number: int, names: Names, draw: random.Random) -> str:
    others = sorted({_near(number, draw) for _ in range(3)} - {number})
    text = [f'"""What file {number} is for."""', "", "import logging", ""]
    text += [f"from .file{other} import {_class(other)}" for other in others]
    base = _class(others[0]) if others else "object"
    text += ["", "", f"class {_class(number)}({base}):", ""]
    for _ in range(draw.randint(5, 14)):
        name, one, two, three, four, five = names.some(draw, 6)
        text += [
            f"    def {name}(self, {one}: int, {two}: str = {five!r}) -> dict:",
            f'        """Return the {three} of each {four}."""',
            f"        {three} = self.{four}({one})",
            f"        for {five} in {three}:",
            f"            if {five} and {two} not in {five}.{name}:",
            f"                logging.debug({three!r}, {five})",
            f"                self.{one}[{five}] = {three}.{two}({one})",
            f"        return {{{one!r}: {three}, {two!r}: {one}}}",
            "",
        ]
    return "\n".join(text)


def _typescript(number: int, names: Names, draw: random.Random) -> str:
    others = sorted({_near(number, draw) for _ in range(3)} - {number})
    text = [f'import {{ {_class(o)} }} from "./file{o}";' for o in others]
    base = f" extends {_class(others[0])}" if others else ""
    text += ["", f"export class {_class(number)}{base} {{"]
    for _ in range(draw.randint(5, 14)):
        name, one, two, three, four, five = map(_camel, names.some(draw, 6))
        text += [
            f"  /** Returns the {three} of each {four}. */",
            f"  async {name}({one}: number, {two}: string): Promise<{_class(number)}[]> {{",
            f"    const {three} = await this.{four}({one});",
            f"    for (const {five} of {three}) {{",
            f"      if ({five}.{name} !== {two}) {{",
            f"        this.{one}.set({five}, {three}.{two}({one}));",
            "      }",
            "    }",
            f"    return {three}.map(({five}) => {five}.{two});",
            "  }",
            "",
        ]
    return "\n".join([*text, "}", ""])


def _java(number: int, names: Names, draw: random.Random) -> str:
    folder = number // _FOLDER_FILES
    base = _class(_near(number, draw))
    text = [f"package area{folder // 40}.part{folder};", "", "import java.util.List;"]
    text += ["", f"public class {_class(number)} extends {base} {{"]
    for _ in range(draw.randint(5, 14)):
        name, one, two, three, four, five = map(_camel, names.some(draw, 6))
        text += [
            f"    private final {base} {five} = new {base}();",
            "",
            f"    /** The {three} of each {four}. */",
            f"    public List<String> {name}(int {one}, String {two}) {{",
            f"        List<String> {three} = {five}.{four}({one});",
            f"        for (String {four} : {three}) {{",
            f"            if ({four}.equals({two})) {{",
            f"                this.{one}({four}, {three}.{two}());",
            "            }",
            "        }",
            f"        return {three};",
            "    }",
            "",
        ]
    return "\n".join([*text, "}", ""])


_LANGUAGES: tuple[tuple[str, Callable[[int, Names, random.Random], str]], ...] = (
    (".py", _python),
    (".ts", _typescript),
    (".java", _java),
)
