"""Which model families answer questions, and the form each was trained on: a table."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A special piece in a form, by its text; all else in a form is text."""

    text: str


Form = tuple[Piece | str, ...]
"""Text may hold {system}, {user}, {answer} (of an earlier turn) and {begin} (of this one).
What stands between two pieces is encoded as one text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFamily:
    """One row.

    A prompt is the ``head``, a ``turn`` for each that was answered, and the ``last``. A
    family without a place for the system's text has it in the ``first_user``'s;
    ``before_begin`` stands before the beginning of an answer, if there is one.

    ``named`` is searched in a model's name; where a folder was renamed, ``sign`` in its
    tokenizer's chat template. ``base`` names models that have that template, too, and were
    not trained on it. ``stops`` that a tokenizer lacks are left out.

    ``meta_sentencepiece``: a text carries SentencePiece's implicit leading space.
    """

    name: str
    model_types: tuple[str, ...]
    head: Form = ()
    turn: Form
    last: Form
    first_user: str = "{user}"
    before_begin: str = ""
    stops: tuple[str, ...]
    named: re.Pattern[str]
    sign: str
    base: re.Pattern[str] | None = None
    meta_sentencepiece: bool = False
    line_exact: bool = False

    @property
    def required(self) -> frozenset[str]:
        """The pieces without which a tokenizer is not of this family."""
        forms = self.head + self.turn + self.last
        return frozenset(item.text for item in forms if isinstance(item, Piece))


# facebookresearch/codellama llama/generation.py, dialog_prompt_tokens. Its model card has
# the ids of a dialog: neither headers nor contents carry the implicit space.
CODE_LLAMA_70B = ChatFamily(
    name="Code Llama 70B Instruct",
    model_types=("llama",),
    head=(Piece("<s>"), " Source: system\n\n {system}", Piece("<step>")),
    turn=(
        " Source: user\n\n {user}",
        Piece("<step>"),
        " Source: assistant\n\n {answer}",
        Piece("<step>"),
    ),
    last=(
        " Source: user\n\n {user}",
        Piece("<step>"),
        " Source: assistant\nDestination: user\n\n {begin}",
    ),
    stops=("<step>", "</s>"),
    named=re.compile(r"code[-_]?llama.*instruct", re.IGNORECASE),
    sign="Source: ",
    line_exact=True,
)

# The same file, chat_completion; Llama 2's chat models were trained on it, too.
CODE_LLAMA = ChatFamily(
    name="Code Llama Instruct",
    model_types=("llama",),
    turn=(Piece("<s>"), "[INST] {user} [/INST] {answer} ", Piece("</s>")),
    last=(Piece("<s>"), "[INST] {user} [/INST]{begin}"),
    first_user="<<SYS>>\n{system}\n<</SYS>>\n\n{user}",
    before_begin=" ",
    stops=("</s>", "▁<EOT>"),
    named=re.compile(r"code[-_]?llama.*instruct|llama-?2.*chat", re.IGNORECASE),
    sign="[INST]",
    meta_sentencepiece=True,
    line_exact=True,
)

# ChatML, as the tokenizer_config.json of Qwen/Qwen2.5-Coder-7B-Instruct writes it. The
# base models carry the same template.
QWEN_CODER = ChatFamily(
    name="Qwen2.5-Coder Instruct",
    model_types=("qwen2",),
    head=(Piece("<|im_start|>"), "system\n{system}", Piece("<|im_end|>"), "\n"),
    turn=(
        *(Piece("<|im_start|>"), "user\n{user}", Piece("<|im_end|>"), "\n"),
        *(Piece("<|im_start|>"), "assistant\n{answer}", Piece("<|im_end|>"), "\n"),
    ),
    last=(
        *(Piece("<|im_start|>"), "user\n{user}", Piece("<|im_end|>"), "\n"),
        *(Piece("<|im_start|>"), "assistant\n{begin}"),
    ),
    stops=("<|im_end|>", "<|endoftext|>"),
    named=re.compile(r"instruct|chat", re.IGNORECASE),
    sign="<|im_start|>",
    base=re.compile(r"qwen[\d.]*(-coder)?-[\d.]+b$", re.IGNORECASE),
)

# The tokenizer_config.json of deepseek-ai/deepseek-coder-6.7b-instruct.
DEEPSEEK_CODER = ChatFamily(
    name="DeepSeek-Coder Instruct",
    model_types=("llama",),
    head=(Piece("<｜begin▁of▁sentence｜>"), "{system}\n"),  # noqa: RUF001 - its own bars
    turn=(
        "### Instruction:\n{user}\n### Response:\n{answer}\n",
        Piece("<|EOT|>"),
        "\n",
    ),
    last=("### Instruction:\n{user}\n### Response:\n{begin}",),
    stops=("<|EOT|>", "<｜end▁of▁sentence｜>"),  # noqa: RUF001
    named=re.compile(r"instruct|chat", re.IGNORECASE),
    sign="### Instruction:",
    base=re.compile(r"-base$", re.IGNORECASE),
)

# The tokenizer_config.json of google/codegemma-7b-it; it has no place for a system's text.
CODE_GEMMA = ChatFamily(
    name="CodeGemma IT",
    model_types=("gemma",),
    head=(Piece("<bos>"),),
    turn=(
        *(Piece("<start_of_turn>"), "user\n{user}", Piece("<end_of_turn>"), "\n"),
        *(Piece("<start_of_turn>"), "model\n{answer}", Piece("<end_of_turn>"), "\n"),
    ),
    last=(
        *(Piece("<start_of_turn>"), "user\n{user}", Piece("<end_of_turn>"), "\n"),
        *(Piece("<start_of_turn>"), "model\n{begin}"),
    ),
    first_user="{system}\n\n{user}",
    stops=("<end_of_turn>", "<eos>"),
    named=re.compile(r"-it$|-it-|instruct", re.IGNORECASE),
    sign="<start_of_turn>",
)

CHAT_FAMILIES = (
    CODE_LLAMA_70B,
    QWEN_CODER,
    DEEPSEEK_CODER,
    CODE_GEMMA,
    CODE_LLAMA,
)
"""In the order in which they are tried: what has more pieces of its own comes first."""

PLAIN = ChatFamily(
    name="none",
    model_types=(),
    head=("{system}\n\n",),
    turn=("{user}\n\n{answer}\n\n",),
    last=("{user}\n\n{begin}",),
    stops=(
        *("</s>", "▁<EOT>", "<|endoftext|>", "<|im_end|>", "<|EOT|>", "<eos>"),
        *("<｜end▁of▁sentence｜>", "<end_of_turn>", "<file_sep>"),  # noqa: RUF001
    ),
    named=re.compile(r"(?!)"),
    sign="",
)
"""For models that were not trained on any: text that goes on."""

BEGINNINGS = ("<s>", "<bos>", "<｜begin▁of▁sentence｜>")  # noqa: RUF001
"""The pieces that a model's every text begins with; a plain form takes the one there is."""
