"""Which order a prompt gets, and why: one function, made of what each costs and brings.

What a keystroke costs is what the engine has not cached, and it caches a prompt from its
beginning. PSM (prefix, suffix, middle) computes the suffix anew, and what was typed. SPM
(suffix, prefix, middle) computes only what was typed, as long as the suffix holds still;
the first keystroke after a change to the right of the cursor, or below it, costs it all.

What it brings, for Code Llama 7B (arXiv 2308.12950, table 14; pass@1 of HumanEval
infilling, SPM against PSM): single line 83.3 against 74.1, several lines 50.8 against
48.2, and from within a token 39.0 against 59.7, which is what healing mends: on the demo
model healed SPM is 3.2 points better than PSM there (docs/benchmarks.md).
"""

from enum import StrEnum

from lsp_server.prompt.families import Layout
from lsp_server.prompt.infill import Infiller
from retrieval.source import Cursor


class LayoutSetting(StrEnum):
    """What a user may ask for."""

    AUTO = "auto"
    PSM = "psm"
    SPM = "spm"


def layout_for(
    cursor: Cursor, model: Infiller, wanted: LayoutSetting, *, heal: bool
) -> tuple[Layout, str]:
    """Return the order of the prompt at ``cursor``, and the reason in plain words.

    ``heal`` says that the engine can make an answer begin with half a word.
    """
    if model.spm is None:
        return Layout.PSM, f"{model.family.name} knows no other"
    if wanted is not LayoutSetting.AUTO:
        return Layout(wanted), "as set"
    if not heal:
        return Layout.PSM, "the engine heals no token that the cursor cuts"
    if not cursor.at_end:
        return Layout.PSM, "the suffix begins in the line that is typed in"
    return Layout.SPM, "the suffix begins at the next line, and holds still"
