"""What the settings name for each tier."""

from collections.abc import Iterator
from dataclasses import dataclass

from lsp_server.api_key import endpoint_of
from lsp_server.engine.base import Tier
from lsp_server.settings import TierSettings, UserSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the settings name for a tier; ``language`` None is for all others."""

    tier: Tier
    language: str | None
    name: str
    settings: TierSettings
    endpoint: str | None


def choices(user: UserSettings) -> Iterator[Choice]:
    """Yield what is named for each tier, what completes in most languages first."""
    tiers: tuple[tuple[Tier, TierSettings], ...] = (
        (Tier.REALTIME, user),
        (Tier.ON_DEMAND, user.on_demand),
    )
    for tier, settings in tiers:
        endpoint = endpoint_of(user, tier)
        named: dict[str | None, str | None] = {None: settings.model}
        for language, name in (named | settings.languages).items():
            if name is not None:
                yield Choice(
                    tier=tier,
                    language=language,
                    name=name,
                    settings=settings,
                    endpoint=endpoint,
                )


def called(choice: Choice) -> str:
    return (
        choice.name if choice.language is None else f"{choice.name} ({choice.language})"
    )
