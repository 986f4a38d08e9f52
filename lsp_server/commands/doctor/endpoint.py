"""Whether the endpoints that the user set can be reached, and what they serve."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing

from lsp_server.api_key import api_key, endpoint_of
from lsp_server.commands.doctor.finding import Finding
from lsp_server.engine.base import EngineError, Tier
from lsp_server.engine.remote.asking import Asking
from lsp_server.engine.remote.models import Served
from lsp_server.engine.remote.settings import RemoteSettings
from lsp_server.settings import DEMO_MODEL, UserSettings

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
    tiers = ((Tier.REALTIME, user), (Tier.ON_DEMAND, user.on_demand))
    for tier, own in tiers:
        endpoint, model = endpoint_of(user, tier), own.model
        if endpoint is None or model is None:
            continue
        settings = RemoteSettings(
            endpoint=endpoint,
            model=None if model == DEMO_MODEL else model,
            window_tokens=own.window_tokens,
            api_key=api_key(user, tier, environment),
            ca=user.ca_file,
        )
        try:
            served = asked(settings)
        except EngineError as error:
            yield Finding("endpoint", str(error), fine=False)
            continue
        says = (
            f"{endpoint} serves {served.name}, window {served.window_tokens:,} tokens"
        )
        yield Finding("endpoint", says, fine=True)
