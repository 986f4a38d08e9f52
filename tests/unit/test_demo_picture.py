"""The README's picture: what a terminal shows, as an SVG."""

import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from tools.demo_picture import drawn, printed

_SVG = "{http://www.w3.org/2000/svg}"


def test_ghost_text_and_truth_are_drawn_in_their_colours() -> None:
    picture = ET.fromstring(drawn("a < b\n\n  f(\x1b[2mghost\x1b[0m)\n\x1b[36mtruth\x1b[0m"))  # noqa: S314  # fmt: skip
    lines = picture.findall(f"{_SVG}text")
    assert ["".join(line.itertext()) for line in lines] == ["a < b", "  f(ghost)", "truth"]  # fmt: skip
    spans = [(span.get("class"), span.text) for span in picture.iter(f"{_SVG}tspan")]
    assert spans == [("ghost", "ghost"), ("truth", "truth")]


def test_a_command_is_run_in_a_terminal() -> None:
    code = "import sys; print(sys.stdout.isatty()); print('end')"
    assert printed([sys.executable, "-c", code]) == "True\nend"


def test_a_command_that_fails_draws_nothing() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        printed([sys.executable, "-c", "raise SystemExit(3)"])
