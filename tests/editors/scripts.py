"""What the scripted engine says in these tests, and where the server finds it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def scripted(
    folder: Path, answers: Sequence[Mapping[str, str]] = (), **script: Any
) -> dict[str, str]:
    """Write the script, and return the environment that makes the server follow it.

    The journal is ``folder/journal.jsonl``. The layout is fixed, so that ``contains``
    means the text right before the cursor.
    """
    path = folder / "script.json"
    path.write_text(json.dumps({"answers": [*answers], **script}), encoding="utf-8")
    config = folder / "config.toml"
    config.write_text('inline.layout = "psm"\n', encoding="utf-8")
    return {
        "CODELLAMA_CONFIG": str(config),
        "CODELLAMA_ENGINE": "scripted",
        "CODELLAMA_SCRIPT": str(path),
        "CODELLAMA_JOURNAL": str(folder / "journal.jsonl"),
    }
