"""Figures in a file: whole or not at all, and refused before the work rather than after it."""

import argparse
import json
import os
from pathlib import Path
from typing import Any


def writable(text: str) -> Path:
    """Return the path, for argparse; refuses what cannot be written."""
    path = Path(text)
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text} cannot be written")
    return path


def write(path: Path, figures: dict[str, Any]) -> None:
    """Put ``figures`` in the place of ``path`` in one step; raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
