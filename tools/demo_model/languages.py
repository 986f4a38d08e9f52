"""The seven languages of Code Llama's announcement, as the demo model's corpus knows them."""

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """`share` is the part of the training text, in proportion to the others'; `comment` begins a line of comment."""

    name: str
    suffixes: tuple[str, ...]
    comment: str
    share: float


LANGUAGES = (
    Language(name="python", suffixes=(".py",), comment="#", share=0.50),
    Language(name="c++", suffixes=(".cc", ".cpp", ".cxx", ".hpp", ".hh", ".h"), comment="//", share=0.10),
    Language(name="java", suffixes=(".java",), comment="//", share=0.10),
    Language(name="php", suffixes=(".php",), comment="//", share=0.07),
    Language(name="typescript", suffixes=(".ts", ".tsx", ".mts"), comment="//", share=0.09),
    Language(name="javascript", suffixes=(".js", ".jsx", ".mjs", ".cjs"), comment="//", share=0.05),
    Language(name="c#", suffixes=(".cs",), comment="//", share=0.06),
    Language(name="bash", suffixes=(".sh", ".bash", ".bats"), comment="#", share=0.03),
)  # fmt: skip

BY_NAME = {language.name: language for language in LANGUAGES}
_BY_SUFFIX = {
    suffix: language for language in LANGUAGES for suffix in language.suffixes
}


def language_of(path: str, text: str) -> Language | None:
    """Return the language of a file, by its name or, without a suffix, by its first line."""
    suffix = PurePosixPath(path).suffix.lower()
    if not suffix and text.startswith(("#!/bin/bash", "#!/usr/bin/env bash", "#!/bin/sh", "#!/usr/bin/env sh")):  # fmt: skip
        return BY_NAME["bash"]
    return None if path.endswith(".d.ts") else _BY_SUFFIX.get(suffix)
