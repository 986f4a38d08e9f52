"""Where an endpoint's key comes from, and where it never goes."""

from typing import Any

import pytest

from lsp_server.api_key import api_key, endpoint_of
from lsp_server.engine.base import Tier
from lsp_server.settings import OnDemandSettings, UserSettings

BOX, OTHER = "http://box:8000/v1", "https://other/v1"
ALONE = UserSettings(endpoint=BOX)
BOTH = UserSettings(endpoint=BOX, on_demand=OnDemandSettings(model="34b"))
APART = UserSettings(endpoint=BOX, on_demand=OnDemandSettings(endpoint=OTHER))
FIRST = {"CODELLAMA_API_KEY": "first"}
SECOND = FIRST | {"CODELLAMA_ON_DEMAND_API_KEY": "second"}


class Keyring:
    """What the library of that name offers."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.asked: list[tuple[str, str]] = []

    def get_password(self, service: str, name: str) -> Any:
        self.asked.append((service, name))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(
    ("user", "tier", "environment", "key"),
    [
        (ALONE, Tier.REALTIME, {}, None),
        (ALONE, Tier.REALTIME, FIRST, "first"),
        (BOTH, Tier.ON_DEMAND, FIRST, "first"),
        (BOTH, Tier.ON_DEMAND, SECOND, "second"),
        (APART, Tier.ON_DEMAND, FIRST, None),
        (APART, Tier.ON_DEMAND, SECOND, "second"),
        (APART, Tier.REALTIME, SECOND, "first"),
        (UserSettings(), Tier.REALTIME, FIRST, None),
    ],
)
def test_a_key_goes_only_to_the_endpoint_that_it_is_for(
    user: UserSettings, tier: Tier, environment: dict[str, str], key: str | None
) -> None:
    assert api_key(user, tier, environment, Keyring(None)) == key


def test_the_keyring_is_asked_by_endpoint_where_the_environment_has_none() -> None:
    keyring = Keyring("kept")
    assert api_key(APART, Tier.ON_DEMAND, FIRST, keyring) == "kept"
    assert api_key(APART, Tier.REALTIME, FIRST, keyring) == "first"
    assert keyring.asked == [("codellama-lsp", OTHER)]


@pytest.mark.parametrize("answer", [RuntimeError("locked"), None, b"bytes"])
def test_a_keyring_that_fails_is_no_key(answer: Any) -> None:
    assert api_key(ALONE, Tier.REALTIME, {}, Keyring(answer)) is None


def test_the_second_tier_is_where_the_first_is_unless_told() -> None:
    assert endpoint_of(BOTH, Tier.ON_DEMAND) == BOX
    assert endpoint_of(APART, Tier.ON_DEMAND) == OTHER
    assert endpoint_of(UserSettings(), Tier.ON_DEMAND) is None
    here = UserSettings(endpoint=BOX, on_demand=OnDemandSettings(endpoint="here"))
    assert endpoint_of(here, Tier.ON_DEMAND) is None
    assert endpoint_of(here, Tier.REALTIME) == BOX
