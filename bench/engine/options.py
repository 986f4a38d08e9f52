"""What may be typed, and what follows from it."""

import argparse

from bench import figures
from bench.engine.shapes import SHAPES

PARTS = ("first", "beside", "clients", "remote")


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the command line of ``python -m bench.engine``."""
    made = argparse.ArgumentParser(
        prog="python -m bench.engine",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "--what", nargs="+", choices=PARTS, default=PARTS, help="(default: all)"
    )
    model = made.add_mutually_exclusive_group()
    model.add_argument(
        "--model",
        default="demo",
        metavar="NAME",
        help="a model with its weights: a folder, or one that is in the hub's cache "
        "(default %(default)s)",
    )
    model.add_argument("--shape", choices=SHAPES, help="the true shape of a model")
    made.add_argument(
        "--load-format",
        choices=("dummy",),
        help="makes weights up; a shape has no others",
    )
    made.add_argument(
        "--on-demand",
        choices=SHAPES,
        metavar="SHAPE",
        help="whose actions run in an engine of their own (default: the same model)",
    )
    made.add_argument(
        "--fp8", action="store_true", help="weights in 8 bits; needs a GPU"
    )
    made.add_argument("--window-tokens", type=_positive, metavar="N")
    made.add_argument(
        "--prompts",
        type=_positive,
        nargs="+",
        metavar="TOKENS",
        help="(default: 512, 2048, and what the window allows)",
    )
    made.add_argument("--repeat", type=_positive, default=5, metavar="TIMES")
    made.add_argument("--answer-tokens", type=_positive, default=32, metavar="TOKENS")
    made.add_argument(
        "--completions",
        type=_positive,
        default=25,
        metavar="N",
        help="alone, and again beside an action, in each of --repeat rounds "
        "(default %(default)s)",
    )
    made.add_argument("--completion-tokens", type=_positive, default=16, metavar="N")
    made.add_argument("--completion-prompt", type=_positive, default=1024, metavar="N")
    made.add_argument("--action-tokens", type=_positive, default=512, metavar="N")
    made.add_argument("--action-prompt", type=_positive, default=4096, metavar="N")
    made.add_argument(
        "--pace-ms",
        type=_positive,
        default=150,
        help="from one completion to the next (default %(default)s)",
    )
    made.add_argument(
        "--clients", type=_positive, nargs="+", default=[1, 4, 16, 64], metavar="N"
    )
    made.add_argument(
        "--requests",
        type=_positive,
        default=30,
        help="of each client (default %(default)s)",
    )
    made.add_argument(
        "--pause-ms",
        type=_positive,
        default=1_000,
        help="between two of a client, median (default %(default)s: a request at about "
        "each fourth key; 140 is about each)",
    )
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--json", type=figures.writable, metavar="FILE")
    made.add_argument(
        "--plot", type=figures.writable, metavar="FILE", help="an SVG of three parts"
    )
    return made


def checked(made: argparse.ArgumentParser, typed: argparse.Namespace) -> None:
    """Exit where options do not go together."""
    if (typed.shape or typed.on_demand) and typed.load_format is None:
        made.error("a shape has no weights: add --load-format dummy")
    if typed.load_format is not None and typed.shape is None:
        made.error("--load-format dummy is for a --shape")


def lengths(
    wanted: list[int] | None, window: int, answer: int
) -> tuple[list[int], list[int]]:
    """Return the prompts that fit into the window with their answer, and the others."""
    longest = window - answer
    if wanted is None:
        wanted = sorted({*(each for each in (512, 2048) if each < longest), longest})
    return (
        [each for each in wanted if each <= longest],
        [each for each in wanted if each > longest],
    )


def at_most(tokens: int, window: int) -> int:
    """Return what of ``tokens`` a prompt, or an answer, is given of a window."""
    return min(tokens, window // 3)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return number
