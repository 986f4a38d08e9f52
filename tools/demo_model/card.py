"""The model card: what the demo model is, what it learnt from, and what it was measured to do."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict

from tools.demo_model.corpus import Package
from tools.demo_model.evaluate import Quality
from tools.demo_model.examples import (
    CONTEXT_RATE,
    INFILLING_RATE,
    MIDDLE_WEIGHT,
    SHORT_MIDDLE_RATE,
)
from tools.demo_model.languages import LANGUAGES
from tools.demo_model.model import Llama
from tools.demo_model.presets import Preset
from tools.demo_model.train import Progress

_TEXT = """\
---
license: apache-2.0
language: code
pipeline_tag: text-generation
tags: [code, infilling, demo]
---

# Demo model of codellama-lsp

A tiny Llama of {parameters:,} parameters, for trying the server out and for its tests where no GPU and no large
download are at hand. It reads Code Llama's infilling format exactly. **It is not Code Llama**, was not made from its
weights, and is far too small to be of use for real work: "Measured" tells how often it is right. It knows
{languages}, and follows no instructions.

The weights are licensed under Apache-2.0.

## Shape

| | |
|---|---|
| architecture | `LlamaForCausalLM`: {layers} layers, hidden size {hidden}, {heads} heads of {head_size} ({key_value_heads} for keys and values), feed-forward size {intermediate}, tied embeddings, RoPE theta {rope_theta:g} |
| window | {window:,} tokens |
| vocabulary | {vocabulary:,} pieces: SentencePiece BPE with byte fallback; `▁<PRE>`, `▁<SUF>`, `▁<MID>`, `▁<EOT>` are its last four |
| weights | bfloat16, {megabytes:.1f} MB |

Prompt (ids, not text): `[bos, PRE] + enc(prefix) + [SUF] + enc_infilling(suffix) + [MID]`, or
`[bos, PRE, SUF] + enc_infilling(suffix) + [MID] + enc(prefix)`; the answer ends with `EOT`. Code of other files stands
before the prefix, as comments under their paths (`lsp_server/prompt/snippets.py`).
`tokenizer.json` and `tokenizer.model` give the same ids, except for text that spells a special piece (`<s>`, `</s>`,
`<unk>`, `▁<PRE>`, ...): there `tokenizer.json` gives the special id, unless it is told to split special tokens.

## Measured

On whole packages that were held out of training (marked with * below), with the weights as they are shipped.
Exact match is of the rest of a line, greedy, at {places} places of each language chosen by seed {seed}:

| language | bits per byte | nats per token | exact match, PSM | exact match, SPM (not healed) |
|---|---|---|---|---|
{quality}

`docs/benchmarks.md` has what it does through the server.

## Training

`python -m tools.demo_model --preset {preset} --minutes {minutes:g} --seed {seed} --out FOLDER`: {seconds:,.0f} seconds on {trained_on} in
bfloat16, {steps:,} steps, {tokens:,} tokens in all ({rate:,.0f} per second). Muon for the layers' matrices and AdamW for the
rest, peak rate {peak_rate:g}, a plain and then a straight way down over the time; rows of {lengths} tokens in turn.
The schedule follows the clock, so another run gives a similar model, not the same one.

{note}
![training loss](loss.png)

Windows of files, cut at line ends, of 100 characters and more (short ones as often as long ones), become infilling
examples at a rate of {infilling_rate:g}, half of them prefix-suffix-middle and half suffix-prefix-middle, as in the Code Llama
paper. Unlike the paper, only {any_rate:.0%} of the middles lie between two uniformly random characters; the others are one to
three lines' ends, begun at a random character or where a line's content starts, since an editor asks for short middles.
{context_rate:.0%} of the examples in rows of 512 tokens and more have snippets of their package's other files before the
prefix, up to half a row of them, the likest last. In the loss a token after `MID` weighs {middle_weight:g} times any other, and none is taken
where the next id marks a part of an example (`bos`, `PRE`, `SUF`, `MID`).

## Data

{megabytes_of_text:.0f} MB of source: {shares} (the second number is the language's share of the examples). Left out: tests,
vendored copies, generated and minified files, files over 200 kB, long lines, tables of numbers, copies, licence texts at the top
of files; at most 3 MB of a package and language. Exact archives and checksums: `tools/demo_model/sources.toml`. Size in kB after each version.

{sources}
"""


def card(
    preset: Preset,
    model: Llama,
    quality: list[Quality],
    progress: Progress,
    packages: list[Package],
    *,
    minutes: float,
    seed: int,
    trained_on: str,
    note: str,
) -> str:
    """Return the text of README.md."""
    count = sum(parameter.numel() for parameter in model.parameters())
    sizes: dict[str, int] = defaultdict(int)
    for package in packages:
        for language, size in package.sizes.items():
            sizes[language] += 0 if package.held_out else size
    return _TEXT.format(
        **asdict(preset.shape),
        parameters=count,
        megabytes=2 * count / 1e6,
        languages=", ".join(language.name for language in LANGUAGES),
        window=preset.window_tokens,
        places=quality[0].places if quality else 0,
        quality="\n".join(map(_row, quality)),
        preset=preset.name,
        minutes=minutes,
        seed=seed,
        trained_on=trained_on,
        note=f"\n{note}\n" if note else "",
        seconds=progress.seconds,
        steps=progress.step,
        tokens=progress.tokens,
        rate=progress.tokens / progress.seconds,
        peak_rate=preset.peak_rate,
        lengths=", ".join(f"{length:,}" for _, length in preset.stages),
        infilling_rate=INFILLING_RATE,
        any_rate=1 - SHORT_MIDDLE_RATE,
        context_rate=CONTEXT_RATE,
        middle_weight=MIDDLE_WEIGHT,
        megabytes_of_text=sum(sizes.values()) / 1e6,
        shares=", ".join(
            f"{language.name} {sizes[language.name] / 1e6:.0f} MB ({language.share:.0%})"
            for language in LANGUAGES
        ),
        sources="\n".join(_by_licence(packages)),
    )


def _row(found: Quality) -> str:
    return (
        f"| {found.language} | {found.bits_per_byte:.2f} | {found.nats_per_token:.2f} "
        f"| {found.exact_psm / found.places:.1%} | {found.exact_spm / found.places:.1%} |"
    )


def _by_licence(packages: list[Package]) -> Iterator[str]:
    """Yield a line for each licence as the packages state it, the largest first."""
    sizes: dict[str, int] = defaultdict(int)
    for package in packages:
        sizes[package.licence] += sum(package.sizes.values())
    for licence in sorted(sizes, key=lambda each: -sizes[each]):
        names = (
            f"{package.name}{'*' * package.held_out} {package.version} ({sum(package.sizes.values()) / 1e3:.0f})"
            for package in packages
            if package.licence == licence
        )
        yield f"- **{licence}**: {', '.join(names)}"
