"""What was said to a model for an action, as values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a model was asked for an action, and what it said, each as often as it was."""

    title: str
    model: str
    prompts: tuple[str, ...]
    answers: tuple[str, ...]
