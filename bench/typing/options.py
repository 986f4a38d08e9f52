"""The command line: what may be typed."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.figures import writable
from bench.typing.editor import Client
from bench.typing.typist import Habits

OURS, PLAIN, PEER = "ours", "plain", "tabby"
FILES, PREFIX = "files", "prefix"

GROWING_FILE = Path("lsp_server/server.py")
"""Where there is much in a repository that it uses."""

SIZES = (2_048, 4_096, 8_192, 16_384)


def parser(description: str | None) -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m bench.typing",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument(
        "--subjects",
        nargs="*",
        choices=(OURS, PLAIN, PEER),
        default=[OURS, PLAIN, PEER],
        help="who is measured (default: all; tabby needs node, and npm the first time)",
    )
    found.add_argument(
        "--server",
        action="append",
        default=[],
        metavar="CMD",
        help="any other LSP server on stdin and stdout, too; may be repeated",
    )
    found.add_argument(
        "--editor",
        type=Client,
        choices=[*Client],
        default=Client.VSCODE,
        help="vscode asks at each key and cancels; neovim asks after 200 ms "
        "(default: vscode)",
    )
    found.add_argument(
        "--lines", type=int, metavar="N", help="typed in each file (default: 3)"
    )
    found.add_argument("--languages", nargs="+", metavar="L", help="LSP's names")
    found.add_argument("--seed", type=int, default=0, metavar="N")
    found.add_argument(
        "--speed", type=float, default=1.0, help="2: pauses half as long"
    )
    found.add_argument(
        "--accepts",
        type=_share,
        default=Habits().accepts,
        metavar="SHARE",
        help="of the words at which a right suggestion stands (default: %(default)s)",
    )
    found.add_argument(
        "--no-moves",
        dest="moves",
        action="store_false",
        help="do not tell ours where the cursor jumps to",
    )
    _add_engine(found)
    found.add_argument("--json", type=writable, metavar="FILE")
    found.add_argument(
        "--trace",
        type=writable,
        metavar="FILE",
        help="each key, what was on the screen, and each request to the engine",
    )
    found.add_argument("--plot", type=writable, metavar="FILE", help="an SVG")
    return found


def _add_engine(found: argparse.ArgumentParser) -> None:
    found.add_argument("--accuracy", type=_share, default=1.0, metavar="SHARE")
    found.add_argument(
        "--runs-on",
        action="store_true",
        help="the engine does not end where what stands after the cursor begins",
    )
    found.add_argument("--first-ms", type=float, default=80.0, metavar="MS")
    found.add_argument("--token-ms", type=float, default=8.0, metavar="MS")
    found.add_argument(
        "--real", action="store_true", help="vLLM and the demo model instead"
    )
    found.add_argument(
        "--long",
        type=int,
        metavar="TOKENS",
        help="type deep in a long file, with so many tokens before the cursor",
    )
    found.add_argument(
        "--grow",
        type=int,
        nargs="*",
        metavar="TOKENS",
        help="ours only, with so many tokens of context "
        f"(without numbers: {' '.join(map(str, SIZES))})",
    )
    found.add_argument(
        "--grow-by",
        choices=(FILES, PREFIX),
        default=FILES,
        help="what the context of --grow is: the workspace's other files, or what stands "
        "before the cursor of a long file, of which there is always enough "
        "(default: files)",
    )
    found.add_argument(
        "--file",
        type=Path,
        metavar="FILE",
        help=f"typed in instead; for --grow one of the workspace (its {GROWING_FILE})",
    )
    found.add_argument(
        "--workspace",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="whose files are the context of --grow (default: this folder)",
    )
    found.add_argument(
        "--set",
        type=_setting,
        action=_Settings,
        default={},
        metavar="KEY=VALUE",
        help="a setting of ours, as inline.layout=spm; may be repeated",
    )
    found.add_argument(
        "--argument",
        action="append",
        default=[],
        metavar="WORD",
        help="for our command line, as --argument=--window-tokens=8192",
    )


class _Settings(argparse.Action):
    """Lays one setting over those before it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        del parser, option_string
        before = getattr(namespace, self.dest)
        setattr(namespace, self.dest, merged(before, values))


def _setting(text: str) -> dict[str, Any]:
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not KEY=VALUE")
    try:
        found: Any = json.loads(value)
    except ValueError:
        found = value
    for part in reversed(key.split(".")):
        found = {part: found}
    return dict(found)


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to 1")
    return share


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    both = {**first}
    for key, value in second.items():
        old = both.get(key)
        groups = isinstance(old, Mapping) and isinstance(value, Mapping)
        both[key] = merged(old, value) if groups else value  # type: ignore[arg-type] # seen above
    return both
