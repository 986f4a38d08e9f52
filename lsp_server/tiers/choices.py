"""What the settings name for each tier."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lsp_server.api_key import api_key, endpoint_of
from lsp_server.engine.base import Tier
from lsp_server.engine.models import is_path
from lsp_server.engine.remote.settings import RemoteSettings
from lsp_server.settings import DEMO_MODEL, HERE, TierSettings, UserSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the settings name for a tier; ``language`` None is for all others.

    Behind an endpoint the name ``demo``, which is the default, means what is served there.
    """

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
        if settings.model is None and settings.endpoint not in {None, HERE}:
            named[None] = DEMO_MODEL
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
    """Return what people call it."""
    name = choice.name
    if choice.endpoint is not None and served_name(choice) is None:
        name = choice.endpoint
    return name if choice.language is None else f"{name} ({choice.language})"


def served_name(choice: Choice) -> str | None:
    """Return the name that an endpoint is asked for; None for the only model there.

    A folder holds the tokenizer here: what the model is called there, it does not tell.
    """
    anything = choice.name == DEMO_MODEL or is_path(choice.name)
    return None if anything else choice.name


def remote_settings(
    choice: Choice,
    endpoint: str,
    user: UserSettings,
    session: str = "",
    environment: Mapping[str, str] = os.environ,
) -> RemoteSettings:
    """Return how the endpoint of a choice is asked; blocks, as a keyring does."""
    return RemoteSettings(
        endpoint=endpoint,
        model=served_name(choice),
        window_tokens=choice.settings.window_tokens,
        api_key=api_key(user, choice.tier, environment),
        ca=user.ca_file,
        session=session,
    )
