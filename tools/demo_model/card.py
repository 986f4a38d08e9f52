"""The model card: what the demo model is, what it learnt from, and what it was measured to do."""

from collections.abc import Iterator

from tools.demo_model.corpus import Package
from tools.demo_model.evaluate import Quality
from tools.demo_model.train import (
    LENGTHS,
    MIDDLE_WEIGHT,
    PEAK_RATE,
    TOKENS_PER_STEP,
    Progress,
)

_TEXT = """\
---
license: apache-2.0
language: code
pipeline_tag: text-generation
tags: [code, infilling, demo]
---

# Demo model of codellama-lsp

A tiny Llama of {parameters:,} parameters, for trying the server out and for its tests where no GPU and no large
download are at hand. It reads Code Llama's infilling format exactly, so what it shows is the way of a completion, not
its worth. **It is not Code Llama**, was not made from its weights, and is far too small to be of use for real work: what it
writes looks like Python and is mostly wrong ("Measured" tells how often). It was trained on Python only, and not on instructions.

The weights are licensed under Apache-2.0.

## Shape

| | |
|---|---|
| architecture | `LlamaForCausalLM`: {layers} layers, hidden size {hidden}, {heads} heads of 64 ({key_value_heads} for keys and values), feed-forward size {intermediate}, tied embeddings, RoPE theta 1e6 |
| context | {context:,} tokens |
| vocabulary | {vocabulary:,} pieces: SentencePiece BPE with byte fallback; `▁<PRE>`, `▁<SUF>`, `▁<MID>`, `▁<EOT>` are its last four |
| weights | bfloat16, {megabytes:.1f} MB |

Prompt (ids, not text): `[bos, PRE] + enc(prefix) + [SUF] + enc_infilling(suffix) + [MID]`; the answer ends with `EOT`.
`tokenizer.json` and `tokenizer.model` give the same ids, except for text that spells a special piece (`<s>`, `</s>`,
`<unk>`, `▁<PRE>`, ...): there `tokenizer.json` gives the special id, unless it is told to split special tokens.

## Measured

On whole packages that were held out of training (marked with * below), with the weights as they are shipped:

| | |
|---|---|
| loss, left to right | {loss:.3f} nats per token, {bits_per_byte:.3f} bits per byte |
| exact match of the rest of a line | {exact} of {places} ({exact_percent:.0f} %): greedy, prefix-suffix-middle, at places in code chosen by seed {seed} |

## Training

`python -m tools.demo_model --out lsp_server/demo_model --minutes {minutes:g} --seed {seed}`: {seconds:,.0f} seconds on two
shared CPU cores in bfloat16, {steps:,} steps of {step_tokens:,} tokens, {tokens:,} tokens in all ({rate:,.0f} per second). AdamW, peak rate
{peak_rate:g}, warm-up and half a cosine to zero over the time budget; rows of {lengths} tokens in turn.
The schedule follows the clock, so another run gives a similar model, not the same one.

Windows of files, cut at line ends, of 100 characters and more (short ones as often as long ones), become infilling examples at a rate of 0.9, half of them prefix-suffix-middle and half
suffix-prefix-middle, as in the Code Llama paper. Unlike the paper, only half of the middles lie between two uniformly random
characters; the other half are one to three lines' ends, begun at a random character or where a line's content starts, since
an editor asks for short middles. In the loss a token of a middle weighs {middle_weight:g} times any other, and none is taken where the next id marks a part of an example (`bos`, `PRE`, `SUF`, `MID`).

## Data

{megabytes_of_text:.0f} MB of Python source, from the standard library and from packages that were installed beside it and whose metadata
states a permissive licence; at most 3 MB of each, chosen at random. Left out: tests, vendored copies, generated files, files over
200 kB, long lines, tables of numbers, duplicates. Training saw {tokens:,} tokens, so a part of it. Size in kB after each version.

{sources}
"""


def card(
    parts: dict[str, object],
    quality: Quality,
    progress: Progress,
    packages: list[Package],
) -> str:
    """Return the text of README.md; `parts` holds the shape's fields and what the command line said."""
    return _TEXT.format(
        **parts,
        loss=quality.loss,
        bits_per_byte=quality.bits_per_byte,
        exact=quality.exact,
        places=quality.places,
        exact_percent=100 * quality.exact / quality.places,
        seconds=progress.seconds,
        steps=progress.step,
        step_tokens=TOKENS_PER_STEP,
        tokens=progress.tokens,
        rate=progress.tokens / progress.seconds,
        peak_rate=PEAK_RATE,
        middle_weight=MIDDLE_WEIGHT,
        lengths=", ".join(f"{length:,}" for _, length in LENGTHS),
        megabytes_of_text=sum(
            package.size for package in packages if not package.held_out
        )
        / 1e6,
        sources="\n".join(_by_licence(packages)),
    )


def _by_licence(packages: list[Package]) -> Iterator[str]:
    """Yield a line for each licence as the packages state it, the largest first."""
    sizes: dict[str, int] = {}
    for package in packages:
        sizes[package.licence] = sizes.get(package.licence, 0) + package.size
    for licence in sorted(sizes, key=lambda each: -sizes[each]):
        names = (
            f"{package.name}{'*' * package.held_out} {package.version} ({package.size / 1e3:.0f})"
            for package in packages
            if package.licence == licence
        )
        yield f"- **{licence}**: {', '.join(names)}"
