"""Where the key of an endpoint comes from: the environment, or the system's keyring."""

import importlib
import logging
import os
from collections.abc import Mapping
from typing import Any

from lsp_server.engine.base import Tier
from lsp_server.settings import APPLICATION, HERE, UserSettings

logger = logging.getLogger(__name__)

_VARIABLES = {
    Tier.REALTIME: "CODELLAMA_API_KEY",
    Tier.ON_DEMAND: "CODELLAMA_ON_DEMAND_API_KEY",
}


def api_key(
    user: UserSettings,
    tier: Tier,
    environment: Mapping[str, str] = os.environ,
    keyring: Any = None,
) -> str | None:
    """Return the key for a tier's endpoint, None where there is none; blocks.

    A variable is for its own tier's endpoint, and the first one for the other tier's as
    well where that is the same. In the keyring keys are found by their endpoint:
    ``keyring set codellama-lsp http://gpu-box:8000/v1``. ``keyring`` is the module of that
    name, which need not be installed.
    """
    endpoint = endpoint_of(user, tier)
    if endpoint is None:
        return None
    found = environment.get(_VARIABLES[tier])
    if not found and endpoint == user.endpoint:
        found = environment.get(_VARIABLES[Tier.REALTIME])
    return found or _kept(endpoint, keyring)


def endpoint_of(user: UserSettings, tier: Tier) -> str | None:
    """Return where a tier is served, None for this machine."""
    own = user.on_demand.endpoint
    if tier is Tier.REALTIME or own is None:
        return user.endpoint
    return None if own == HERE else own


def _kept(endpoint: str, keyring: Any) -> str | None:
    try:
        keyring = keyring or importlib.import_module("keyring")
        key = keyring.get_password(APPLICATION, endpoint)
    except ImportError:
        return None
    except Exception as error:  # noqa: BLE001 - backends raise what they like
        logger.warning("The keyring was asked in vain: %s", error)
        return None
    return key if isinstance(key, str) else None
