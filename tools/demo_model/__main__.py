"""The command line: `python -m tools.demo_model --out FOLDER` makes the demo model from nothing.

Fetches the corpus, cleans it, trains tokenizer and model, measures, and writes a folder that vLLM loads. Whatever is
finished is kept in the work folder: run it again after a stop, and it goes on from there.
"""

import argparse
import errno
import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from tools.demo_model import corpus as corpora
from tools.demo_model.card import card
from tools.demo_model.corpus import Corpus
from tools.demo_model.curve import picture
from tools.demo_model.evaluate import Quality, evaluate
from tools.demo_model.examples import Examples
from tools.demo_model.export import export
from tools.demo_model.fetch import CorpusError, fetch, sources
from tools.demo_model.languages import BY_NAME
from tools.demo_model.presets import PRESETS, Preset
from tools.demo_model.samples import samples
from tools.demo_model.tokenizer import Tokenizer, train_tokenizer
from tools.demo_model.train import TrainingError, device, train

_TOKENIZER_SAMPLE_BYTES = 24_000_000
_STOPPED = 130
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

logger = logging.getLogger("tools.demo_model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was typed."""

    out: Path
    work: Path
    preset: Preset
    minutes: float
    seed: int
    only_corpus: bool
    note: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all stages that are not done yet; return the exit code."""
    options = _options(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with logging_redirect_tqdm():
            _make(options)
    except (CorpusError, TrainingError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from here.", file=sys.stderr)
        return _STOPPED
    except OSError as error:
        print(f"{error.filename or options.work}: {error.strerror}.", file=sys.stderr)
        if error.errno in _FULL:
            print(
                f"Make room (archives and corpus need 300 MB in {options.work}) and run the command again: what is "
                "finished is kept.",
                file=sys.stderr,
            )
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m tools.demo_model",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--out", type=Path, required=True, help="the model folder to write; an old one is replaced")  # fmt: skip
    add("--preset", choices=PRESETS, help="nano: two processor cores; small: one large GPU (default: what is here)")  # fmt: skip
    add("--minutes", type=float, help="wall clock for training (default: the preset's)")
    add("--seed", type=int, default=0, help="of corpus, weights and examples (default: %(default)s)")  # fmt: skip
    add("--work", type=Path, default=Path("build/demo_model"), help="archives, corpus, checkpoint (default: %(default)s)")  # fmt: skip
    add("--only-corpus", action="store_true", help="stop when corpus and tokenizer are there: three files that can travel")  # fmt: skip
    add("--note", default="", help="what the card should say about this run")
    typed = parser.parse_args(arguments)
    preset = PRESETS[typed.preset or ("small" if device().type == "cuda" else "nano")]
    minutes = preset.minutes if typed.minutes is None else typed.minutes
    if minutes <= 0:
        parser.error("--minutes must be more than 0")
    for folder in (typed.out, typed.work):
        above = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())  # fmt: skip
        if not above.is_dir() or not os.access(above, os.W_OK):
            parser.error(f"{folder} cannot be written: {above} is no folder of yours")
    return Options(
        out=typed.out,
        work=typed.work,
        preset=preset,
        minutes=minutes,
        seed=typed.seed,
        only_corpus=typed.only_corpus,
        note=typed.note,
    )


def _make(options: Options) -> None:
    options.work.mkdir(parents=True, exist_ok=True)
    corpus = _corpus(options)
    files_of_the_demo = _samples(options, corpus)
    model_file = (
        options.work
        / f"tokenizer-{options.preset.shape.vocabulary}-{options.seed}.model"
    )
    if not model_file.exists():
        logger.info("training the tokenizer")
        pieces = options.preset.shape.vocabulary
        train_tokenizer(_tokenizer_sample(corpus), pieces, model_file)
    if options.only_corpus:
        return
    tokenizer = Tokenizer(model_file)
    checkpoint = options.work / f"checkpoint-{options.preset.name}-{options.seed}.pt"
    model, progress = train(
        Examples(corpus.training, tokenizer),
        options.preset,
        minutes=options.minutes,
        seed=options.seed,
        checkpoint=checkpoint,
    )
    model = model.to("cpu", torch.bfloat16).float()  # measure what is shipped
    quality: list[Quality] = []
    for found in evaluate(model, tokenizer, corpus.held_out, options.seed):
        logger.info("%s", found)
        quality.append(found)
    trained_on = torch.cuda.get_device_name() if device().type == "cuda" else f"{torch.get_num_threads()} processor cores"  # fmt: skip
    text = card(
        options.preset,
        model,
        quality,
        progress,
        corpus.packages,
        minutes=options.minutes,
        seed=options.seed,
        trained_on=trained_on,
        note=options.note,
    )
    others = {
        "README.md": text.encode(),
        "loss.png": picture(progress.points),
        "held_out.json": files_of_the_demo,
    }
    export(model, model_file, options.preset.window_tokens, others, options.out)
    logger.info("%s is ready", options.out)


def _corpus(options: Options) -> Corpus:
    """Collect the corpus once, so that a resumed run has the same packages held out."""
    path = options.work / f"corpus-{options.seed}.json.gz"
    if path.exists():
        return corpora.load(path)
    wanted = sources()
    archives = options.work / "archives"
    with tqdm(total=len(wanted), desc="fetching", unit="package") as bar:
        fetch(wanted, archives, lambda _: bar.update())
    with tqdm(total=len(wanted), desc="reading", unit="package") as bar:
        corpus = corpora.collect(wanted, archives, options.seed, lambda _: bar.update())
    corpora.save(corpus, path)
    return corpus


def _samples(options: Options, corpus: Corpus) -> bytes:
    """Return held_out.json; it is kept beside the corpus, so that it can travel without the archives."""
    path = options.work / f"held_out-{options.seed}.json"
    if not path.exists():
        text = samples(corpus, sources(), options.work / "archives", options.seed)
        partial = path.with_suffix(".partial")
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    return path.read_bytes()


def _tokenizer_sample(corpus: Corpus) -> list[str]:
    """Return texts in about the languages' shares; a tokenizer needs no more."""
    room = {name: _TOKENIZER_SAMPLE_BYTES * each.share for name, each in BY_NAME.items()}  # fmt: skip
    texts: list[str] = []
    stride = 7  # neighbours are of one package: take files from everywhere
    for start in range(stride):
        for file in corpus.training[start::stride]:
            if room[file.language] > 0:
                room[file.language] -= len(file.text)
                texts.append(file.text)
    return texts


if __name__ == "__main__":
    sys.exit(main())
