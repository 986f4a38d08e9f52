"""The command line: `python -m tools.demo_model --out FOLDER --minutes 40` makes the demo model from nothing."""

import argparse
import json
import logging
from dataclasses import asdict
from pathlib import Path

import torch

from tools.demo_model.card import card
from tools.demo_model.corpus import Corpus, Package, collect
from tools.demo_model.evaluate import Quality, evaluate
from tools.demo_model.export import export
from tools.demo_model.model import Llama, Shape
from tools.demo_model.tokenizer import VOCABULARY_SIZE, Tokenizer, train_tokenizer
from tools.demo_model.train import LENGTHS, Progress, train

logger = logging.getLogger("tools.demo_model")


def main() -> None:
    """Make corpus, tokenizer and model, or go on where an earlier run with the same `--work` stopped; export."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.demo_model", description=__doc__
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        help="the model folder to write; an old one is replaced",
    )
    parser.add_argument(
        "--minutes",
        type=float,
        default=40,
        help="wall clock for training (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        help="of corpus, weights and examples (default: %(default)s)",
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=Path("build/demo_model"),
        help="what a resumed run needs (default: %(default)s)",
    )
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    options.work.mkdir(parents=True, exist_ok=True)

    corpus = _corpus(options.work / "corpus.json", options.seed)
    tokenizer_model = options.work / "tokenizer.model"
    if not tokenizer_model.exists():
        train_tokenizer(corpus.training, tokenizer_model)
    tokenizer = Tokenizer(tokenizer_model)
    shape = Shape(vocabulary=VOCABULARY_SIZE)
    checkpoint = options.work / "checkpoint.pt"
    model, progress = train(
        corpus.training,
        tokenizer,
        shape,
        minutes=options.minutes,
        seed=options.seed,
        checkpoint=checkpoint,
    )
    model = model.to(torch.bfloat16).float()  # measure what is shipped
    quality = evaluate(model, tokenizer, corpus.validation, options.seed)
    logger.info("%s", quality)
    export(
        model,
        tokenizer_model,
        LENGTHS[-1][1],
        _card(options, model, corpus, progress, quality),
        options.out,
    )


def _card(
    options: argparse.Namespace,
    model: Llama,
    corpus: Corpus,
    progress: Progress,
    quality: Quality,
) -> str:
    count = sum(parameter.numel() for parameter in model.parameters())
    parts = asdict(model.shape) | {
        "parameters": count,
        "megabytes": 2 * count / 1e6,
        "context": LENGTHS[-1][1],
        "minutes": options.minutes,
        "seed": options.seed,
    }
    return card(parts, quality, progress, corpus.packages)


def _corpus(path: Path, seed: int) -> Corpus:
    """Collect the corpus once, so that a resumed run has the same packages held out."""
    if path.exists():
        stored = json.loads(path.read_text(encoding="utf-8"))
        return Corpus(
            **stored
            | {"packages": [Package(**package) for package in stored["packages"]]}
        )
    corpus = collect(seed)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(corpus)), encoding="utf-8")
    partial.replace(path)
    return corpus


if __name__ == "__main__":
    main()
