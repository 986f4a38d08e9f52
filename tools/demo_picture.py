"""The picture of `make demo` in the README: `python -m tools.demo_picture docs/demo.svg`.

Runs the demo in a terminal of its own and draws what it prints, nothing added and nothing left out.
"""

import os
import pty
import re
import subprocess
import sys
from html import escape
from pathlib import Path

_FONT_PIXELS = 13
_LINE_PIXELS = 17
_CHARACTER_PIXELS = 7.83
_MARGIN_PIXELS = 14
_CODE = re.compile(r"\x1b\[\d+m")
_STYLES = {"\x1b[2m": "ghost", "\x1b[36m": "truth", "\x1b[0m": ""}


def main() -> int:
    """Write the picture to the file that is named, and return the exit code."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and the file
        print(__doc__, file=sys.stderr)
        return 2
    path = Path(sys.argv[1])
    path.write_text(drawn(printed(["codellama-lsp", "demo"])), encoding="utf-8")
    return 0


def printed(command: list[str]) -> str:
    """Return what a command prints to a terminal; raises CalledProcessError where it fails."""
    ours, theirs = pty.openpty()
    beside = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": f"{beside}{os.pathsep}{os.environ['PATH']}"}
    with subprocess.Popen(command, stdout=theirs, env=environment) as process:
        os.close(theirs)
        parts: list[bytes] = []
        try:
            while part := os.read(ours, 65_536):
                parts.append(part)
        except OSError:  # how Linux says that the other end is closed
            pass
        os.close(ours)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return b"".join(parts).decode().replace("\r\n", "\n").rstrip("\n")


def drawn(text: str) -> str:
    """Return an SVG of lines that hold the colour codes of _STYLES and no others."""
    lines = text.split("\n")
    columns = max(len(_CODE.sub("", line)) for line in lines)
    width = round(columns * _CHARACTER_PIXELS + 2 * _MARGIN_PIXELS)
    height = len(lines) * _LINE_PIXELS + 2 * _MARGIN_PIXELS
    rows = "\n".join(
        f'<text x="{_MARGIN_PIXELS}" y="{_MARGIN_PIXELS + (number + 1) * _LINE_PIXELS - 4}">{_spans(line)}</text>'
        for number, line in enumerate(lines)
        if line
    )
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">
<style>
text {{ font: {_FONT_PIXELS}px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d4d4d4; white-space: pre; }}
.ghost {{ fill: #8a8a8a; font-style: italic; }}
.truth {{ fill: #4ec9b0; }}
</style>
<rect width="100%" height="100%" rx="8" fill="#1e1e1e"/>
{rows}
</svg>
"""


def _spans(line: str) -> str:
    """Return a line's text, its coloured parts in spans; blanks are kept by white-space: pre."""
    spans: list[str] = []
    style = ""
    while line:
        at, code = min(
            ((line.find(code), code) for code in _STYLES if code in line),
            default=(len(line), ""),
        )
        if at:
            part = escape(line[:at])
            spans.append(f'<tspan class="{style}">{part}</tspan>' if style else part)
        style = _STYLES.get(code, "")
        line = line[at + len(code) :]
    return "".join(spans)


if __name__ == "__main__":
    sys.exit(main())
