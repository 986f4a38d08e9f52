"""The exact token ids that ask a model to fill in the middle."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lsp_server.prompt.encoding import Encoder
from lsp_server.prompt.families import Among, Family, Layout, Part, Template
from lsp_server.prompt.recognise import recognise
from lsp_server.prompt.tokenizing import LocalTokenizer

IdTemplate = tuple[int | Part, ...]
"""A family's template with the ids of one tokenizer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdAmong:
    """A family's form for a file among others, with the ids of one tokenizer."""

    head: IdTemplate
    file: IdTemplate
    psm: IdTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Infiller:
    """All that turns text into prompts for one model; ``spm`` is None if untrained.

    ``among`` is None where other files are shown as comments: the family has no form for
    them, or this tokenizer lacks its pieces.
    """

    name: str
    family: Family
    encoder: Encoder
    psm: IdTemplate
    spm: IdTemplate | None
    among: IdAmong | None
    stop_ids: tuple[int, ...]

    def template(self, layout: Layout) -> tuple[Layout, IdTemplate]:
        """Return the layout asked for, or PSM where the family does not know it."""
        if layout is Layout.SPM and self.spm is not None:
            return Layout.SPM, self.spm
        return Layout.PSM, self.psm


def load(folder: Path) -> Infiller:
    """Read what prompts need of the model in ``folder``; its weights are not touched.

    Raises ModelUnusable where the model cannot infill. Takes up to a second: call it
    away from the event loop.
    """
    found = recognise(folder)
    tokenizer = LocalTokenizer(found.vocabulary, found.family)
    return infiller(found.name, found.family, found.vocabulary.ids, Encoder(tokenizer))


def infiller(
    name: str, family: Family, ids: Mapping[str, int], encoder: Encoder
) -> Infiller:
    """Return the family's form with the ids of one tokenizer, by piece."""

    def resolve(template: Template) -> IdTemplate:
        return tuple(ids[item] if isinstance(item, str) else item for item in template)

    def resolve_among(among: Among | None) -> IdAmong | None:
        if among is None or not among.pieces <= ids.keys():
            return None
        return IdAmong(
            head=resolve(among.head), file=resolve(among.file), psm=resolve(among.psm)
        )

    return Infiller(
        name=name,
        family=family,
        encoder=encoder,
        psm=resolve(family.psm),
        spm=resolve(family.spm) if family.spm is not None else None,
        among=resolve_among(family.among),
        stop_ids=tuple(ids[piece] for piece in family.stops if piece in ids),
    )


def infill(
    model: Infiller, prefix: str, suffix: str, layout: Layout
) -> tuple[int, ...]:
    """Return the prompt for two texts, uncut and uncached.

    The prefix carries the implicit leading space (in families that have it), the suffix
    does not: Meta's ``infilling_prompt_tokens``.
    """
    _, template = model.template(layout)
    encoder = model.encoder
    return assemble(template, encoder.encode(prefix), encoder.encode_infilling(suffix))


def assemble(
    template: IdTemplate, prefix_ids: tuple[int, ...], suffix_ids: tuple[int, ...]
) -> tuple[int, ...]:
    """Put encoded text into its places."""
    filled = fill(template, {Part.PREFIX: prefix_ids, Part.SUFFIX: suffix_ids})
    return tuple(item for item in filled if not isinstance(item, Part))


def fill(template: IdTemplate, parts: Mapping[Part, tuple[int, ...]]) -> IdTemplate:
    """Put encoded text into some places; the others stay."""
    filled: list[int | Part] = []
    for item in template:
        if isinstance(item, Part) and item in parts:
            filled += parts[item]
        else:
            filled.append(item)
    return tuple(filled)
