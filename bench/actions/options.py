"""What ``python -m bench.actions`` can be told."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from bench.actions.answers import GROUPS, KINDS
from bench.actions.cases import LANGUAGES
from bench.figures import writable
from lsp_server.actions.catalogue import CATALOGUE

PROGRAM = "python -m bench.actions"
BAD_INPUT = 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is in --help."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")


def parser(description: str | None) -> argparse.ArgumentParser:
    found = _Parser(prog=PROGRAM, description=description)
    found.add_argument(
        "--answers",
        type=_kinds,
        default=tuple(KINDS),
        metavar="KINDS",
        help=f"what the scripted engine says: one or several of {','.join(GROUPS)}, or of "
        f"{','.join(KINDS)} (default: all)",
    )
    found.add_argument(
        "--model",
        metavar="FOLDER",
        help="ask a model instead, which follows instructions: a folder, or one of the "
        "local cache; what it makes of the cases is its score",
    )
    found.add_argument(
        "--endpoint",
        metavar="URL",
        help="where the model is served, if not on this machine (with --model)",
    )
    found.add_argument(
        "--languages",
        type=_among(dict.fromkeys(LANGUAGES)),
        default=(),
        metavar="NAMES",
        help=f"some of {','.join(LANGUAGES)} (default: all)",
    )
    edits = {name.value: action for name, action in CATALOGUE.items() if action.edits}
    found.add_argument(
        "--actions",
        type=_among(edits),
        default=(),
        metavar="NAMES",
        help=f"some of {','.join(edits)} (default: all)",
    )
    found.add_argument(
        "--cases",
        type=lambda text: tuple(text.split(",")),
        default=(),
        metavar="PARTS",
        help="those whose names have one of these parts (default: all)",
    )
    found.add_argument(
        "--no-tools",
        action="store_true",
        help="run no compiler, linter or test on what comes of an answer",
    )
    found.add_argument(
        "--verify",
        action="store_true",
        help="ask nothing: look whether the cases are right themselves",
    )
    found.add_argument(
        "--list", action="store_true", help="ask nothing: say what the cases are"
    )
    found.add_argument(
        "--json",
        type=writable,
        metavar="FILE",
        help="write the figures and all scores there, too",
    )
    found.add_argument("--data", type=Path, metavar="FOLDER", help="other cases")
    return found


def _kinds(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",")]
    known = {**{kind: (kind,) for kind in KINDS}, **GROUPS}
    _refuse_unknown(names, known)
    return tuple(dict.fromkeys(kind for name in names for kind in known[name]))


def _among(known: Mapping[str, object]) -> Callable[[str], tuple[str, ...]]:
    def names(text: str) -> tuple[str, ...]:
        found = [name.strip() for name in text.split(",")]
        _refuse_unknown(found, known)
        return tuple(found)

    return names


def _refuse_unknown(names: Sequence[str], known: Mapping[str, object]) -> None:
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(
                f"{name!r} is none of {', '.join(known)} (separated by commas)"
            )
