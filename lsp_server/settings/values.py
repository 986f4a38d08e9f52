"""The settings themselves: frozen, with their defaults and what they say for themselves."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from lsp_server.ghost.extent import Lines
from lsp_server.prompt.layout import LayoutSetting
from lsp_server.settings.checks import (
    checked,
    http_address,
    http_address_or_here,
    models_by_language,
    one_of,
    patterns,
    text,
    texts,
    whole,
    whole_or_auto,
    yes_or_no,
)

DEMO_MODEL = "demo"
HERE = "here"


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


class Popup(StrEnum):
    """Whether ghost text is an item of the editor's pop-up menu."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class PopupSettings:
    """The standard pop-up completion: ``codellama.popup``."""

    show: Popup = checked(  # noqa: RUF009 - as above
        Popup.AUTO,
        one_of(*Popup),
        "The suggestion as an item of the pop-up menu: always, never, or auto (where the "
        "editor has no ghost text by the standard).",
    )
    patience_ms: int = checked(
        300,
        whole(20, 10_000),
        "Longest wait of the pop-up menu for the suggestion, in milliseconds: some editors "
        "take no key meanwhile. What comes later is there for the next key.",
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
class ActionSettings:
    """Code actions: ``codellama.actions``."""

    enabled: bool = checked(
        True, yes_or_no, "Offer code actions: explain, fix, refactor, document, test."
    )
    context_tokens: int | Literal["auto"] = checked(
        "auto",
        whole_or_auto(0, 100_000),
        "How much of other files the model sees for an action, in tokens, at most: a "
        "number, 0 for nothing, or auto: to explain and to fix as much as the model's "
        "window has room for, else 8,192.",
    )
    max_tokens: int = checked(
        4096, whole(64, 32_768), "Longest answer to an action, in tokens of the model."
    )


class Summaries(StrEnum):
    """Whether hover's summaries are made."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoverSettings:
    """What a name is, shown where the mouse rests: ``codellama.hover``."""

    enabled: bool = checked(
        True,
        yes_or_no,
        "Say what a name is: its signature, its documentation, where it is defined and used.",
    )
    summaries: Summaries = checked(  # noqa: RUF009 - a field, like the others
        Summaries.AUTO,
        one_of(*Summaries),
        "Summaries by the model of what has no documentation: auto (by models that were "
        "trained to be talked with), on (by any), or off. They are made while nobody waits, "
        "by a model that is loaded already, kept, and marked as generated.",
    )
    wait_ms: int = checked(
        0,
        whole(0, 10_000),
        "How long to wait for a summary that is not made yet, in milliseconds; with 0 it "
        "stands in the next hover.",
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
    popup: PopupSettings = field(default_factory=PopupSettings)
    context: ContextSettings = field(default_factory=ContextSettings)
    actions: ActionSettings = field(default_factory=ActionSettings)
    hover: HoverSettings = field(default_factory=HoverSettings)
    stats: StatsSettings = field(default_factory=StatsSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSettings:
    """Which model serves a tier, where, and how it is fitted to the hardware there.

    What is None is decided by :mod:`lsp_server.engine.fit`.
    """

    model: str | None = None
    languages: dict[str, str] = checked(  # noqa: RUF009 - a field, like the others
        {},
        models_by_language,
        "Other models for single languages, as your editor calls them: "
        '{ python = "codellama/CodeLlama-7b-Instruct-hf" }.',
    )
    window_tokens: int | None = checked(
        None,
        whole(256, 100_000),
        "Longest prompt and answer together; by default what the model was made for, "
        "16,384 at most, and what fits.",
    )
    endpoint: str | None = checked(
        None,
        http_address,
        "The address of a server that speaks OpenAI's protocol, vllm serve for one: "
        "http://gpu-box:8000/v1. Without it the model runs on this machine.",
    )
    quantization: str | None = checked(
        None,
        one_of("none", "fp8"),
        "Weights in 8 bits (fp8), or as they are (none); by default what fits.",
    )
    kv_dtype: str | None = checked(
        None,
        one_of("bfloat16", "fp8"),
        "What the engine remembers of prompts in bfloat16 or fp8; by default what fits.",
    )
    tensor_parallel: int | None = checked(
        None,
        whole(1, 64),
        "GPUs that share one model; by default as few as it fits on.",
    )
    idle_minutes: int = checked(
        30,
        whole(0, 10_080),
        "Minutes without a request after which the model leaves the GPU, until the next "
        "one; 0 never.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDemandSettings(TierSettings):
    """The tier that explains, fixes and refactors: ``[on_demand]``."""

    model: str | None = checked(
        None,
        text,
        "The model that is asked for more than ghost text, loaded on first use: "
        "codellama/CodeLlama-34b-Instruct-hf. Without it, the other one serves as far as "
        "it can.",
    )
    endpoint: str | None = checked(
        None,
        http_address_or_here,
        "Where it is served, if not where the other one is: an address, or here, which is "
        "this machine.",
    )
    idle_minutes: int = checked(
        10, whole(0, 10_080), "As above, for this model: it leaves sooner."
    )
    speculation: str = checked(
        "ngram",
        one_of("none", "ngram", "suffix"),
        "Guess the answer's next tokens from what was said (its answers repeat what they "
        "are asked about): ngram, suffix (needs arctic-inference), or none.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSettings(TierSettings):
    """What only the user may set: which model runs, and on what.

    The tier's own settings are ghost text's. ``script`` and ``journal`` belong to the
    scripted engine.
    """

    engine: str = checked(
        "vllm",
        one_of("vllm", "scripted"),
        "vllm (embedded, or behind an endpoint), or scripted (the fake for tests).",
    )
    model: str = checked(
        DEMO_MODEL,
        text,
        "The model that completes: a folder in Hugging Face form, a model of the hub that "
        "is in the local cache (codellama/CodeLlama-7b-hf), or demo.",
    )
    on_demand: OnDemandSettings = field(default_factory=OnDemandSettings)
    fit: str = checked(
        "auto",
        one_of("auto", "both", "swap"),
        "How this machine's GPU serves both models: both (side by side), swap (one sleeps "
        "while the other works), or auto: both where they fit.",
    )
    standalone: bool = checked(
        False, yes_or_no, "An engine for each window, instead of one for all of them."
    )
    linger_minutes: int = checked(
        5,
        whole(0, 10_080),
        "Minutes for which the engine stays when the last window is closed.",
    )
    ca_file: str | None = checked(
        None,
        text,
        "Certificates that an https endpoint is checked against: a PEM file.",
    )
    check: tuple[str, ...] = checked(
        (),
        texts,
        "A command that tells whether an edit is good, a type checker or a test: "
        '["mypy", "{file}"]. Each edit of an action is tried with it in a copy of the '
        "repository, and the result told; {file} is the file's path there, {root} the "
        "repository's own folder. What it runs, it runs before you have said yes to the "
        "edit: a test runs code that a model wrote, as you.",
    )
    check_timeout_s: int = checked(
        60, whole(1, 3600), "Seconds after which that command is ended."
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
