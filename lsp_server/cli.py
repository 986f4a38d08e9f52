"""The command line: what may be typed, and which command it runs."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import BinaryIO

from lsp_server.settings import APPLICATION, read_user_settings

_LOOPBACK = "127.0.0.1"


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    typed = _parser().parse_args(arguments)
    user, settings, problems = read_user_settings(
        {name: getattr(typed, name) for name in _USER_OPTIONS}
    )
    match typed.command:
        case "complete":
            from lsp_server.commands.complete import complete  # noqa: PLC0415

            _print_problems(problems)
            return complete(typed.places, user, settings, as_json=typed.json)
        case "demo":
            from lsp_server.commands.demo import demo  # noqa: PLC0415

            _print_problems(problems)
            return demo(user, settings, typed.seed)
        case "doctor":
            from lsp_server.commands.doctor import doctor  # noqa: PLC0415

            return doctor(user, problems, as_json=typed.json, start=typed.start)
        case _:
            stdout = _claim_stdout()
            from lsp_server.commands.serve import serve  # noqa: PLC0415

            return serve(
                user,
                settings,
                problems,
                stdout=stdout,
                tcp=typed.tcp,
                log_level=typed.log_level,
            )


def _claim_stdout() -> BinaryIO:
    """Return the protocol's stream, and send all that is printed to stderr instead.

    Before anything heavy is imported: what a library or its children write to file
    descriptor 1 would otherwise stand between two messages.
    """
    protocol = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return protocol


_USER_OPTIONS = ("engine", "model", "window_tokens", "script", "journal")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=APPLICATION,
        description="A Language Server for Code Llama. Without a command it serves an "
        "editor over stdin and stdout.",
        epilog="Settings stand in config.toml; these options win over them.",
    )
    parser.add_argument("--version", action="version", version=version(APPLICATION))
    parser.add_argument(
        "--stdio",
        action="store_true",
        help="serve over stdin and stdout: the default, for editors that say so",
    )
    parser.add_argument(
        "--tcp",
        type=_address,
        metavar="[HOST:]PORT",
        help="serve one TCP client instead, for debugging; the host is loopback "
        "unless you name another",
    )
    parser.add_argument(
        "--log-level",
        default="info",
        choices=("debug", "info", "warning", "error"),
        help="what is logged to stderr; debug includes your code",
    )
    _add_user_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    complete = commands.add_parser(
        "complete", help="print what would be shown at a place in a file"
    )
    complete.add_argument(
        "places", nargs="+", metavar="FILE:LINE:COLUMN", help="counted from 1"
    )
    complete.add_argument("--json", action="store_true", help="one object a line")
    _add_user_options(complete, default=argparse.SUPPRESS)

    demo = commands.add_parser(
        "demo", help="complete in files that the demo model has not seen"
    )
    demo.add_argument("--seed", type=int, default=0, help="draws the places (0)")
    _add_user_options(demo, default=argparse.SUPPRESS)

    doctor = commands.add_parser("doctor", help="say what is there and what is missing")
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.add_argument(
        "--no-start",
        dest="start",
        action="store_false",
        help="do not start the engine",
    )
    _add_user_options(doctor, default=argparse.SUPPRESS)
    return parser


def _add_user_options(
    parser: argparse.ArgumentParser, default: str | None = None
) -> None:
    """Add the user's settings; a subcommand suppresses defaults to keep what stood before."""
    parser.add_argument("--engine", default=default, help="vllm or scripted")
    parser.add_argument(
        "--model", default=default, help="a folder, a model in the hub's cache, or demo"
    )
    parser.add_argument(
        "--window-tokens", type=int, default=default, help="longest prompt and answer"
    )
    parser.add_argument("--script", default=default, help="for the scripted engine")
    parser.add_argument("--journal", default=default, help="for the scripted engine")


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 - the last port
        raise argparse.ArgumentTypeError(f"{text!r} is not [HOST:]PORT")
    return host.strip("[]") or _LOOPBACK, int(port)


def _print_problems(problems: Sequence[str]) -> None:
    for problem in problems:
        print(f"{APPLICATION}: {problem}", file=sys.stderr)
