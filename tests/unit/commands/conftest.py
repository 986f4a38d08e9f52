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


MONEY = """\
class Money:
    def convert_to(self, currency, exchange_rates):
        return Money(self.amount * exchange_rates[currency], currency)
"""
MAIN = """\
from shop.money import Money


def in_dollars(money: Money, exchange_rates):
    return money.
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository where one file needs another, and work in it."""
    root = tmp_path / "repository"
    for folder in (".git", "shop"):
        (root / folder).mkdir(parents=True)
    (root / "shop" / "money.py").write_text(MONEY)
    (root / "shop" / "main.py").write_text(MAIN)
    (root / ".env").write_text("SECRET=1\n")
    monkeypatch.chdir(root)
    return root
