"""The command line: what may be typed, and which command it runs."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

from lsp_server.settings import (
    APPLICATION,
    ContextSettings,
    Settings,
    UserSettings,
    read_user_settings,
    user_options,
)

_LOOPBACK = "127.0.0.1"
_MOST_TOKENS = 100_000
"""The longest window that Code Llama can use."""

_MOST_DAYS = 90
"""Older figures are dropped."""

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no other name


def run(arguments: Sequence[str]) -> int:  # noqa: PLR0911 - one for each command
    """Run one command and return its exit code."""
    parser = _parser()
    typed = parser.parse_args(arguments)
    _check(parser, typed)
    user, settings, problems = read_user_settings(
        {name: getattr(typed, name) for name in user_options()}
    )
    match typed.command:
        case "complete":
            from lsp_server.commands.complete import complete  # noqa: PLC0415

            _print_problems(problems)
            if not typed.context:
                settings = replace(settings, context=ContextSettings(enabled=False))
            return complete(typed.places, user, settings, show=_shape(typed))
        case "context":
            _print_problems(problems)
            return _context(typed, user, settings)
        case "cache":
            from lsp_server.commands.cache import clear_caches, show_caches  # noqa: PLC0415

            return clear_caches(typed.root) if typed.clear else show_caches()
        case "stats":
            from lsp_server.commands.stats import stats  # noqa: PLC0415

            return stats(days=typed.days, as_json=typed.json, clear_all=typed.clear)
        case "audit":
            from lsp_server.commands.audit import audit  # noqa: PLC0415

            return audit(as_json=typed.json, clear_all=typed.clear)
        case "model":
            return _model(typed)
        case "demo":
            from lsp_server.commands.demo import demo  # noqa: PLC0415

            _print_problems(problems)
            return demo(user, settings, typed.seed)
        case "doctor":
            from lsp_server.commands.doctor import doctor  # noqa: PLC0415

            return doctor(
                user,
                problems,
                as_json=typed.json,
                start=typed.start,
                skipped=typed.skipped,
            )
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


def _context(typed: argparse.Namespace, user: UserSettings, settings: Settings) -> int:
    from lsp_server.commands.context import context, context_lines  # noqa: PLC0415

    budget = settings.context.tokens if typed.budget is None else typed.budget
    if typed.jsonl:
        return context_lines(
            typed.root, user, budget=budget, threshold=not typed.everything
        )
    return context(
        typed.place,
        user,
        budget=budget,
        threshold=not typed.everything,
        as_json=typed.json,
    )


def _model(typed: argparse.Namespace) -> int:
    from lsp_server.commands import model  # noqa: PLC0415

    match typed.action:
        case "get":
            return model.get(typed.name, revision=typed.revision, yes=typed.yes)
        case "remove":
            return model.remove(typed.name, yes=typed.yes)
        case _:
            return model.list_(as_json=typed.json)


def _shape(typed: argparse.Namespace) -> Literal["picture", "json", "explain"] | Path:
    if typed.explain_html is not None:
        page: Path = typed.explain_html
        return page
    if typed.json:
        return "json"
    return "explain" if typed.explain else "picture"


def _claim_stdout() -> BinaryIO:
    """Return the protocol's stream, and send all that is printed to stderr instead.

    Before anything heavy is imported: what a library or its children write to file
    descriptor 1 would otherwise stand between two messages.
    """
    protocol = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return protocol


def _check(parser: argparse.ArgumentParser, typed: argparse.Namespace) -> None:
    """End with a usage message where options of a command do not go together."""
    if typed.command == "complete" and typed.explain_html and len(typed.places) > 1:
        parser.error("complete: --explain-html is for one place")
    if typed.command == "context" and bool(typed.jsonl) == bool(typed.place):
        parser.error("context: name either FILE:LINE:COLUMN, or --jsonl and --root")
    if typed.command == "context" and bool(typed.jsonl) != bool(typed.root):
        parser.error("context: --root and --jsonl belong together")
    if typed.command == "cache" and typed.root and not typed.clear:
        parser.error("cache: ROOT is for clear")


_SHOWN_OPTIONS = ("engine", "model", "endpoint", "standalone", "window_tokens")
"""Of the user's settings, those that the help has; docs/settings.md has all."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=APPLICATION,
        description="A Language Server for Code Llama. Without a command it serves an "
        "editor over stdin and stdout.",
        epilog="Settings stand in config.toml; these options win over them. Each of the user's "
        "settings is an option: docs/settings.md.",
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
    shape = complete.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="one object a line")
    shape.add_argument(
        "--explain",
        action="store_true",
        help="show exactly what is sent, section by section, and what each step takes",
    )
    shape.add_argument(
        "--explain-html",
        type=Path,
        metavar="FILE",
        help="write the same as a page for a browser; for one place",
    )
    complete.add_argument(
        "--no-context",
        dest="context",
        action="store_false",
        help="without the other files of the repository",
    )
    _add_user_options(complete, default=argparse.SUPPRESS)

    _add_context(commands)
    _add_cache(commands)
    _add_stats(commands)
    _add_audit(commands)
    _add_model(commands)

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
    doctor.add_argument(
        "--skipped",
        action="store_true",
        help="list all files of this folder's repository that are not read, and why",
    )
    _add_user_options(doctor, default=argparse.SUPPRESS)
    return parser


def _add_context(commands: Commands) -> None:
    context = commands.add_parser(
        "context", help="print which code of other files would be shown at a place"
    )
    context.add_argument(
        "place", nargs="?", metavar="FILE:LINE:COLUMN", help="counted from 1"
    )
    context.add_argument(
        "--budget",
        type=_tokens,
        metavar="N",
        help="tokens at most (the setting context.tokens)",
    )
    context.add_argument(
        "--all",
        dest="everything",
        action="store_true",
        help="fill the budget, also with what is not likely to help",
    )
    context.add_argument("--json", action="store_true", help="for programs")
    context.add_argument(
        "--jsonl",
        action="store_true",
        help='answer queries from stdin, one a line: {"path", "line", "character", '
        '"text"}, counted from 0, in UTF-16',
    )
    context.add_argument("--root", type=Path, metavar="DIR", help="for --jsonl")
    _add_user_options(context, default=argparse.SUPPRESS)


def _add_cache(commands: Commands) -> None:
    cache = commands.add_parser(
        "cache", help="list the indexes of repositories, or clear them"
    )
    cache.add_argument(
        "clear", nargs="?", choices=("clear",), help="remove them, or one"
    )
    cache.add_argument(
        "root", nargs="?", type=Path, metavar="ROOT", help="whose index to remove"
    )
    _add_user_options(cache, default=argparse.SUPPRESS)


def _add_stats(commands: Commands) -> None:
    stats = commands.add_parser(
        "stats", help="say what came of the suggestions on this machine"
    )
    stats.add_argument(
        "--days", type=_days, default=30, metavar="N", help="how far back (30)"
    )
    stats.add_argument("--json", action="store_true", help="for programs")
    stats.add_argument("--clear", action="store_true", help="remove all figures")
    _add_user_options(stats, default=argparse.SUPPRESS)


def _add_audit(commands: Commands) -> None:
    audit = commands.add_parser(
        "audit", help="say what actions did on this machine, and what became of it"
    )
    shape = audit.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="for programs")
    shape.add_argument("--clear", action="store_true", help="remove it")
    _add_user_options(audit, default=argparse.SUPPRESS)


def _add_model(commands: Commands) -> None:
    model = commands.add_parser("model", help="download models, list and remove them")
    actions = model.add_subparsers(dest="action", metavar="ACTION", required=True)
    get = actions.add_parser("get", help="download one into the hub's cache")
    get.add_argument("name", metavar="NAME", help="codellama/CodeLlama-7b-hf, say")
    get.add_argument("--revision", metavar="REV", help="a branch, a tag or a commit")
    listed = actions.add_parser("list", help="say what is here, and what is whole")
    listed.add_argument("--json", action="store_true", help="for programs")
    remove = actions.add_parser("remove", help="free what one takes")
    remove.add_argument("name", metavar="NAME")
    for parser in (get, remove):
        parser.add_argument("--yes", action="store_true", help="do not ask")
    _add_user_options(model, default=argparse.SUPPRESS)


def _add_user_options(
    parser: argparse.ArgumentParser, default: str | None = None
) -> None:
    """Add the user's settings; a subcommand suppresses defaults to keep what stood before.

    What each may be, the settings themselves check.
    """
    parser.add_argument("--engine", default=default, help="vllm or scripted")
    parser.add_argument(
        "--model", default=default, help="a folder, a model in the hub's cache, or demo"
    )
    parser.add_argument("--endpoint", default=default, help="where it is served")
    parser.add_argument(
        "--standalone",
        action="store_const",
        const=True,
        default=default,
        help="an engine for this window alone",
    )
    parser.add_argument(
        "--window-tokens", type=int, default=default, help="longest prompt and answer"
    )
    for name in user_options():
        if name not in _SHOWN_OPTIONS:
            option = "--" + name.replace("_", "-")
            parser.add_argument(option, default=default, help=argparse.SUPPRESS)


def _tokens(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST_TOKENS:
        raise argparse.ArgumentTypeError(f"{text!r} is not from 0 to {_MOST_TOKENS:,}")
    return int(text)


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not from 1 to {_MOST_DAYS:,}")
    return int(text)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 - the last port
        raise argparse.ArgumentTypeError(f"{text!r} is not [HOST:]PORT")
    return host.strip("[]") or _LOOPBACK, int(port)


def _print_problems(problems: Sequence[str]) -> None:
    for problem in problems:
        print(f"{APPLICATION}: {problem}", file=sys.stderr)
