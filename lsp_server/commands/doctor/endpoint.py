"""Whether the endpoints that the user set can be reached, and what they serve."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing

from lsp_server.commands.doctor.finding import Finding
from lsp_server.engine.base import EngineError
from lsp_server.engine.remote.asking import Asking
from lsp_server.engine.remote.models import Served
from lsp_server.engine.remote.settings import RemoteSettings
from lsp_server.settings import UserSettings
from lsp_server.tiers.choices import choices, remote_settings

Ask = Callable[[RemoteSettings], Served]


def ask(settings: RemoteSettings) -> Served:
    """Ask an endpoint what it serves; blocks, and raises EngineError."""
    with closing(Asking(settings)) as asking:
        return asking.served()


def endpoints(
    user: UserSettings,
    asked: Ask = ask,
    environment: Mapping[str, str] = os.environ,
) -> Iterator[Finding]:
    """Yield one finding for each model behind an endpoint, which is asked what it serves.

    Nothing else is asked. A model on demand is where completions' is, unless told.
    """
    for choice in choices(user):
        if choice.endpoint is None:
            continue
        settings = remote_settings(
            choice, choice.endpoint, user, environment=environment
        )
        whose = f"{choice.language}: " if choice.language else ""
        try:
            served = asked(settings)
        except EngineError as error:
            yield Finding("endpoint", f"{whose}{error}", fine=False)
            continue
        says = (
            f"{whose}{choice.endpoint} serves {served.name}, window "
            f"{served.window_tokens:,} tokens"
        )
        yield Finding("endpoint", says, fine=True)
