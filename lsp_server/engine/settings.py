"""What an engine host needs to know: the part of the settings that names an engine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """Two windows with equal values can share one engine.

    ``model`` is a folder; ``name`` is how people call it; ``window_tokens`` holds prompt
    and answer together. ``heals``: answers may be made to begin with a text, which needs
    the bytes of every token.
    """

    model: str
    name: str
    window_tokens: int
    heals: bool = True
