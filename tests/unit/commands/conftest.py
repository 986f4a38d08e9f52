"""The command line with the scripted engine; the demo model brings the tokenizer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Scripted = Callable[..., list[str]]


@pytest.fixture
def scripted(tmp_path: Path) -> Scripted:
    """Return options for an engine that says ``text``, with the script's settings."""

    def options(text: str = "", **settings: Any) -> list[str]:
        script = tmp_path / "script.json"
        script.write_text(json.dumps({"answers": [{"text": text}], **settings}))
        return ["--engine", "scripted", "--script", str(script)]

    return options
