"""The bench of the engine, small: a shape without weights is loaded, asked and measured."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.vllm

SMALL = (
    *("--shape", "demo", "--load-format", "dummy", "--window-tokens", "2048"),
    *("--what", "first", "beside", "clients", "--repeat", "1"),
    *("--prompts", "256", "4096", "--answer-tokens", "8"),
    *("--completions", "2", "--completion-tokens", "2", "--completion-prompt", "128"),
    *("--action-prompt", "256", "--action-tokens", "64", "--pace-ms", "50"),
    *("--clients", "2", "--requests", "2", "--pause-ms", "300"),
)
BLOCK_TOKENS = 32


def test_a_shape_with_made_up_weights_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    ran = subprocess.run(
        [sys.executable, "-m", "bench.engine", *SMALL, "--json", str(file)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert "demo (dummy weights) on cpu, window 2,048 tokens" in ran.stdout
    assert "4,096 tokens and their answer do not fit" in ran.stdout
    figures = json.loads(file.read_text())
    (first,) = figures["first"]
    assert (first["cold"]["tokens"], first["cold"]["uncached"]) == (8, 256)
    assert first["cached"]["uncached"] <= BLOCK_TOKENS
    ways = [row["way"] for row in figures["beside"]]
    assert ways == [
        "one engine, priority",
        "one engine, equal",
        "two engines, paused",
        "two engines, not paused",
    ]
    assert all(row["alone"]["whole_ms"]["p95"] > 0 for row in figures["beside"])
    (clients,) = figures["clients"]
    assert (clients["clients"], clients["requests"]) == (2, 4)
