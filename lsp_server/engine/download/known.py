"""The models of Code Llama by their names on the hub, and names near to what was typed."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_PARAMETERS = {"7b": 6_738_546_688, "13b": 13_016_028_160, "34b": 33_743_970_304}
"""By the shapes in their config.json. Python's vocabulary is 16 pieces shorter."""

_BYTES_EACH = 2  # they are published in bfloat16

KNOWN = {
    f"codellama/CodeLlama-{size}{variant}-hf": parameters * _BYTES_EACH
    for size, parameters in _PARAMETERS.items()
    for variant in ("", "-Instruct", "-Python")
}
"""About how many bytes of weights each has, by name."""

_MOST = 3
_LIKENESS = 0.5
_WORD = re.compile(r"[a-z0-9]+")


def near_names(name: str, among: Iterable[str] = KNOWN) -> list[str]:
    """Return the names that ``name`` may have meant, the likeliest first.

    Those that hold all of its words come first ("codellama 7b"), then those that look
    like it.
    """
    lowered = {known.lower(): known for known in among}
    wanted = set(_WORD.findall(name.lower()))
    found = [known for known in lowered if wanted and wanted <= _words(known)]
    found += get_close_matches(name.lower(), lowered, _MOST, _LIKENESS)
    return [lowered[known] for known in dict.fromkeys(found)][:_MOST]


def _words(name: str) -> set[str]:
    return set(_WORD.findall(name))
