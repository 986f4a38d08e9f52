"""What the licence of a model's weights asks of its user: said once, on first use."""

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from retrieval.store.cache_folder import private_folder

FILE = "licences-shown"
ONCE = "(This is said once for each model.)"

_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---", re.DOTALL)
_LONGEST = 80
_LARGEST_README = 1 << 20


@dataclass(frozen=True, slots=True)
class _Known:
    """Models by their name, and what is said of them."""

    name: re.Pattern[str]
    says: str


_KNOWN = (
    _Known(
        re.compile(r"code[-_]?llama", re.IGNORECASE),
        "its weights are under the Llama 2 Community License "
        "(https://ai.meta.com/llama/license/) and Meta's Acceptable Use Policy "
        "(https://ai.meta.com/llama/use-policy/): they bind whoever uses it",
    ),
    _Known(re.compile(r"demo$"), "its weights are under Apache-2.0"),
)


def licence_note(model: str, folder: Path | None) -> str:
    """Return what the user should know of the weights; ``folder`` is the model's, if here.

    Reads the disk.
    """
    known = next(
        (one.says for one in _KNOWN if one.name.match(model.rpartition("/")[2])), None
    )
    says = known or _found(folder)
    return (
        f"{model}: {says}. What it writes may be wrong, or somebody else's: read it before "
        f"you keep it. {ONCE}"
    )


def first_use(state: Path, model: str) -> bool:
    """Whether the model is used for the first time; from now on it is not.

    Where the state folder cannot be written it is said again the next time.
    """
    file = state / FILE
    with contextlib.suppress(OSError):
        if model in file.read_text(encoding="utf-8").splitlines():
            return False
    with contextlib.suppress(OSError):
        private_folder(state)
        with file.open("a", encoding="utf-8") as shown:
            shown.write(f"{model}\n")
    return True


def _found(folder: Path | None) -> str:
    """Return what the model's own folder says of its licence."""
    if folder is not None:
        licence = _of_readme(folder / "README.md")
        files = sorted(path.name for path in folder.glob("LICEN[CS]E*"))
        if licence and files:
            return f"its weights are under {licence}: see {folder / files[0]}"
        if licence:
            return f"its weights are under {licence}, as its README says"
        if files:
            return f"the licence of its weights is in {folder / files[0]}"
    return "the licence of its weights is where you have them from"


def _of_readme(file: Path) -> str:
    """Return the licence that a model card names in its front matter, "" for none."""
    try:
        with file.open(encoding="utf-8", errors="replace") as readme:
            found = _FRONT_MATTER.match(readme.read(_LARGEST_README))
    except OSError:
        return ""
    if found is None:
        return ""
    values: dict[str, str] = dict(
        re.findall(r"(?m)^(license(?:_name)?):[ \t]*[\"']?([^\"'\n]+)", found[1])
    )
    name = values.get("license_name") or values.get("license", "")
    return name.strip()[:_LONGEST]
