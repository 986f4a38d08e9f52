"""The settings themselves: frozen, with their defaults and what they say for themselves."""

from dataclasses import dataclass, field

from lsp_server.ghost.extent import Lines
from lsp_server.prompt.layout import LayoutSetting
from lsp_server.settings.checks import (
    checked,
    one_of,
    patterns,
    text,
    texts,
    whole,
    yes_or_no,
)

DEMO_MODEL = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineSettings:
    """Ghost text: ``codellama.inline``."""

    enabled: bool = checked(True, yes_or_no, "Offer ghost text at all.")
    automatic: bool = checked(
        True, yes_or_no, "Offer it while you type; otherwise only when you ask for it."
    )
    disabled_languages: tuple[str, ...] = checked(
        (), texts, "Languages without ghost text, as your editor calls them: markdown."
    )
    disabled_files: tuple[str, ...] = checked(
        (),
        patterns,
        "Files without ghost text: patterns as in a .gitignore, beside those of "
        ".gitignore and .codellamaignore, which count anyway.",
    )
    lines: Lines = checked(  # noqa: RUF009 - a field, like the others
        Lines.AUTO,
        one_of(*Lines),
        "auto (a block where one begins, else the rest of the line), line, or block.",
    )
    max_lines: int = checked(12, whole(1, 200), "Longest suggestion, in lines.")
    max_tokens: int = checked(
        128, whole(1, 2048), "Longest suggestion, in tokens of the model."
    )
    candidates: int = checked(
        3,
        whole(1, 10),
        "How many suggestions to choose from when you ask for them yourself.",
    )
    debounce_ms: int = checked(
        75,
        whole(0, 2000),
        "Longest wait for the next key before the engine is asked, in milliseconds: "
        "only in a burst of typing, and where the engine is slower than it.",
    )
    reuse: bool = checked(
        True, yes_or_no, "Answer from memory what agrees with an earlier suggestion."
    )
    ahead: bool = checked(
        True,
        yes_or_no,
        "While nobody waits, generate what comes after the suggestion that is shown, and "
        "prepare the engine for prompts to come.",
    )
    prefix_tokens: int = checked(
        4096,
        whole(64, 100_000),
        "How much of the file before the cursor the model sees, in tokens.",
    )
    suffix_tokens: int = checked(
        256,
        whole(0, 16_384),
        "How much of the file after the cursor the model sees, in tokens. In psm each "
        "keystroke computes it anew, so it is short.",
    )
    layout: LayoutSetting = checked(  # noqa: RUF009 - as above
        LayoutSetting.AUTO,
        one_of(*LayoutSetting),
        "Order of the prompt: psm (prefix first), spm (suffix first, the demo model's "
        "default), or auto: spm at the end of a line, where it costs less, else psm.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextSettings:
    """Other files of the repository: ``codellama.context``."""

    enabled: bool = checked(
        True, yes_or_no, "Read the repository, and show the model what helps."
    )
    tokens: int = checked(
        2048,
        whole(0, 16_384),
        "How much of other files the model sees, in tokens, at most: what is not likely to "
        "help is left out.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsSettings:
    """Figures of use: ``codellama.stats``."""

    enabled: bool = checked(
        True,
        yes_or_no,
        "Count what is offered and taken, for codellama-lsp stats; nothing is sent.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an editor may set: ``codellama.*``."""

    inline: InlineSettings = field(default_factory=InlineSettings)
    context: ContextSettings = field(default_factory=ContextSettings)
    stats: StatsSettings = field(default_factory=StatsSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSettings:
    """What only the user may set: which model runs, and on what.

    ``script`` and ``journal`` belong to the scripted engine.
    """

    engine: str = checked(
        "vllm",
        one_of("vllm", "scripted"),
        "vllm (embedded), or scripted (the fake for tests).",
    )
    model: str = checked(
        DEMO_MODEL,
        text,
        "A folder in Hugging Face form, a model of the hub that is in the local cache "
        "(codellama/CodeLlama-7b-hf), or demo.",
    )
    window_tokens: int | None = checked(
        None,
        whole(256, 100_000),
        "Longest prompt and answer together; by default what the model was made for, "
        "16,384 at most.",
    )
    script: str | None = checked(None, text, "What the scripted engine says: a file.")
    journal: str | None = checked(
        None, text, "Where the scripted engine writes down what it was asked: a file."
    )


def defaults(user: UserSettings) -> Settings:
    """Return the defaults that suit the model.

    The demo model is too small to look back over a suffix for the end of the prefix: it
    writes sense only where the prefix stands last. It was trained on few long windows, and
    its loss rises past 2,048 tokens (docs/demo_model.md): the repository and what is before
    the cursor share that many.
    """
    if (user.engine, user.model) == ("vllm", DEMO_MODEL):
        return Settings(
            inline=InlineSettings(layout=LayoutSetting.SPM, prefix_tokens=1536),
            context=ContextSettings(tokens=512),
        )
    return Settings()
