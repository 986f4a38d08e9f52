"""Which model families fill in the middle, and the layout each was trained on: a table.

A template is the prompt in order: special pieces by their text, and the two places where
the user's text goes. Ids are looked up by piece in the model's own tokenizer and are
never written down here.
"""

import re
from dataclasses import dataclass
from enum import Enum, StrEnum


class Layout(StrEnum):
    """The order of a prompt: prefix-suffix-middle, or suffix-prefix-middle."""

    PSM = "psm"
    SPM = "spm"


class Part(Enum):
    """A place in a template that the user's text fills; a LINE ends with a line end."""

    PREFIX = "prefix"
    SUFFIX = "suffix"
    REPOSITORY = "repository"
    REPOSITORY_LINE = "repository line"
    PATH_LINE = "path line"
    TEXT = "text"  # of another file, ending with a line end


Template = tuple[str | Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """How a family was trained to see a file among others of its repository.

    First ``head``, then ``file`` for each of the others, then ``psm`` for the file that is
    infilled.
    """

    head: Template
    file: Template
    psm: Template

    @property
    def pieces(self) -> frozenset[str]:
        return _pieces(self.head, self.file, self.psm)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Models of a family that were not trained to infill, and the reason, for the user.

    ``name`` is searched in the model's name. ``shape`` is (hidden_size, num_hidden_layers)
    of config.json: it holds where the folder was renamed.
    """

    why: str
    name: re.Pattern[str]
    shape: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One row.

    ``model_types`` are config.json's; several families share "llama", and then the
    special pieces of the tokenizer decide. ``spm`` is None where the family was not
    trained on it. ``stops`` that a tokenizer lacks are left out.

    ``meta_sentencepiece``: text is encoded as Meta's SentencePiece model does, with an
    implicit leading space. ``line_exact``: no piece crosses a line end, so encoding line
    by line gives the ids of the whole text.

    ``among`` is the form that announces other files; None where those are given as
    comments at the beginning of the prefix.
    """

    name: str
    model_types: tuple[str, ...]
    psm: Template
    spm: Template | None = None
    stops: tuple[str, ...]
    meta_sentencepiece: bool = False
    line_exact: bool = False
    among: Among | None = None
    refusals: tuple[Refusal, ...] = ()

    @property
    def required(self) -> frozenset[str]:
        """The pieces without which a tokenizer is not of this family."""
        return _pieces(self.psm, self.spm or ())

    @property
    def special(self) -> frozenset[str]:
        """All pieces that must never come out of the user's text."""
        others = self.among.pieces if self.among is not None else frozenset()
        return self.required | others | {*self.stops}


def _pieces(*templates: Template) -> frozenset[str]:
    return frozenset(
        item for template in templates for item in template if isinstance(item, str)
    )


# facebookresearch/codellama llama/generation.py, infilling_prompt_tokens
CODE_LLAMA = Family(
    name="Code Llama",
    model_types=("llama",),
    psm=("<s>", "▁<PRE>", Part.PREFIX, "▁<SUF>", Part.SUFFIX, "▁<MID>"),
    spm=("<s>", "▁<PRE>", "▁<SUF>", Part.SUFFIX, "▁<MID>", Part.PREFIX),
    stops=("▁<EOT>", "</s>"),
    meta_sentencepiece=True,
    line_exact=True,
    refusals=(
        Refusal(
            "the 34B models of Code Llama were not trained to fill in the middle",
            re.compile(r"code[-_]?llama.*34b", re.IGNORECASE),
            shape=(8192, 48),
        ),
        Refusal(
            "the Python models of Code Llama were not trained to fill in the middle",
            re.compile(r"code[-_]?llama.*python", re.IGNORECASE),
        ),
        Refusal(
            "of Code Llama 70B only the base model was trained to fill in the middle",
            re.compile(r"code[-_]?llama.*70b.*instruct", re.IGNORECASE),
        ),
    ),
)

# QwenLM/Qwen2.5-Coder examples/Qwen2.5-Coder-fim.py, its eos_token_ids for the stops
QWEN_CODER = Family(
    name="Qwen2.5-Coder",
    model_types=("qwen2",),
    psm=(
        *("<|fim_prefix|>", Part.PREFIX),
        *("<|fim_suffix|>", Part.SUFFIX),
        "<|fim_middle|>",
    ),
    stops=(
        *("<|endoftext|>", "<|im_end|>", "<|file_sep|>", "<|repo_name|>"),
        *("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>"),
    ),
    # Its technical report (arXiv 2409.12186), the form for repositories.
    among=Among(
        head=("<|repo_name|>", Part.REPOSITORY_LINE),
        file=("<|file_sep|>", Part.PATH_LINE, Part.TEXT),
        psm=(
            *("<|file_sep|>", Part.PATH_LINE),
            *("<|fim_prefix|>", Part.PREFIX),
            *("<|fim_suffix|>", Part.SUFFIX),
            "<|fim_middle|>",
        ),
    ),
    refusals=(
        Refusal(
            "Qwen2.5 has the pieces for it, but only Qwen2.5-Coder was trained to fill "
            "in the middle",
            re.compile(r"qwen2(\.5)?-(?!.*coder)", re.IGNORECASE),
        ),
    ),
)

STARCODER2 = Family(
    name="StarCoder2",
    model_types=("starcoder2",),
    psm=(
        *("<fim_prefix>", Part.PREFIX),
        *("<fim_suffix>", Part.SUFFIX),
        "<fim_middle>",
    ),
    stops=("<|endoftext|>", "<file_sep>", "<fim_prefix>"),
    # Its paper (arXiv 2402.19173): the path of the infilled file is part of its prefix.
    among=Among(
        head=("<repo_name>", Part.REPOSITORY),
        file=("<file_sep>", Part.PATH_LINE, Part.TEXT),
        psm=(
            *("<file_sep>", "<fim_prefix>", Part.PATH_LINE, Part.PREFIX),
            *("<fim_suffix>", Part.SUFFIX),
            "<fim_middle>",
        ),
    ),
)

# Its "hole" stands where others have the suffix piece, its "end" where they have the
# middle piece. Its own tokenizer puts the begin of sentence first.
DEEPSEEK_CODER = Family(
    name="DeepSeek-Coder",
    model_types=("llama", "deepseek_v2"),
    psm=(
        *("<｜begin▁of▁sentence｜>", "<｜fim▁begin｜>", Part.PREFIX),  # noqa: RUF001 - its own bars
        *("<｜fim▁hole｜>", Part.SUFFIX),  # noqa: RUF001
        "<｜fim▁end｜>",  # noqa: RUF001
    ),
    stops=("<｜end▁of▁sentence｜>", "<|EOT|>"),  # noqa: RUF001
)

# Its own tokenizer puts <bos> first, as with every Gemma.
CODE_GEMMA = Family(
    name="CodeGemma",
    model_types=("gemma",),
    psm=(
        *("<bos>", "<|fim_prefix|>", Part.PREFIX),
        *("<|fim_suffix|>", Part.SUFFIX),
        "<|fim_middle|>",
    ),
    stops=(
        *("<|file_separator|>", "<eos>"),
        *("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    ),
    # Its page on prompts says no more than that the piece separates files.
    among=Among(
        head=("<bos>",),
        file=(Part.PATH_LINE, Part.TEXT, "<|file_separator|>"),
        psm=(
            *(Part.PATH_LINE, "<|fim_prefix|>", Part.PREFIX),
            *("<|fim_suffix|>", Part.SUFFIX),
            "<|fim_middle|>",
        ),
    ),
)

FAMILIES = (CODE_LLAMA, QWEN_CODER, STARCODER2, DEEPSEEK_CODER, CODE_GEMMA)
