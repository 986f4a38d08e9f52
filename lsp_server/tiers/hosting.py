"""How the models of this machine are hosted: whose host, and with which settings."""

from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path

from lsp_server.engine.base import Tier
from lsp_server.engine.local.rendezvous import (
    Meet,
    host_if_there,
    private_host,
    shared_host,
)
from lsp_server.engine.models import default_window
from lsp_server.engine.settings import HostSettings, ModelSettings
from lsp_server.prompt.recognise import model_name
from lsp_server.settings import DEMO_MODEL, OnDemandSettings, UserSettings
from lsp_server.tiers.finding import Model

_MINUTE_S = 60.0


class Sharing(Enum):
    """Whose engine host a session uses."""

    SHARED = auto()  # that of all windows; it is started if there is none
    PRIVATE = auto()  # one of its own
    IF_THERE = auto()  # that of the windows, if it runs; else one of its own


MEET: dict[Sharing, Meet] = {
    Sharing.SHARED: shared_host,
    Sharing.PRIVATE: private_host,
    Sharing.IF_THERE: host_if_there,
}


def host_settings(
    user: UserSettings, local: Sequence[Model], shrunk: int
) -> HostSettings:
    """Return what the host of ``local`` models is started with.

    ``shrunk`` is how often the window was halved.
    """
    return HostSettings(
        models=tuple(_model_settings(one, shrunk) for one in local),
        fit=user.fit,
        linger_s=user.linger_minutes * _MINUTE_S,
    )


def tiers_of(local: Sequence[Model]) -> list[Tier | None]:
    """Return the tier that each serves; None where that is only one of its languages."""
    return [None if one.choice.language else one.choice.tier for one in local]


def _folder(model: Model) -> Path:
    assert model.folder is not None  # noqa: S101 - a local model has one
    return model.folder


def window(model: Model, shrunk: int) -> int:
    window = model.choice.settings.window_tokens or default_window(_folder(model))
    return window >> shrunk


def _model_settings(model: Model, shrunk: int) -> ModelSettings:
    choice, infiller = model.choice, model.infiller
    own = choice.settings
    speculation = own.speculation if isinstance(own, OnDemandSettings) else "none"
    folder = _folder(model)
    return ModelSettings(
        tier=choice.tier,
        folder=str(folder),
        name=choice.name if choice.name == DEMO_MODEL else model_name(folder),
        heals=infiller is not None and infiller.spm is not None,
        window_tokens=window(model, shrunk) if shrunk else own.window_tokens,
        quantization=own.quantization,
        kv_dtype=own.kv_dtype,
        tensor_parallel=own.tensor_parallel,
        speculation=None if speculation == "none" else speculation,
        idle_s=own.idle_minutes * _MINUTE_S,
    )
