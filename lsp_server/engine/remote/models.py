"""Which model an endpoint serves, from what it lists."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from lsp_server.engine.base import EngineError, ModelUnusable
from lsp_server.engine.remote.failures import no_server
from lsp_server.engine.remote.settings import Address, RemoteSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The model that is asked: ``name`` is what the server calls it.

    ``root`` is what it was loaded from there, a folder or a model of the hub, "" where the
    server does not tell. ``window_tokens`` is prompt plus answer.
    """

    name: str
    root: str
    window_tokens: int


class _Card(msgspec.Struct):
    id: str
    root: str | None = None
    parent: str | None = None
    max_model_len: int | None = None


class _List(msgspec.Struct):
    data: list[_Card]


def served(body: bytes, where: Address, settings: RemoteSettings) -> Served:
    """Return the model that the settings mean of those in ``body``, a GET of /models.

    Raises ModelUnusable, naming the choices, where it is not there, or not one alone.
    """
    try:
        cards = msgspec.json.decode(body, type=_List).data
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise no_server(where, "what it lists are no models") from error
    card = _chosen(cards, where, settings.model)
    told = [card, *(one for one in cards if one.id == card.parent)]
    windows = [one.max_model_len for one in told if one.max_model_len is not None]
    bounds = [*windows[:1], *filter(None, [settings.window_tokens])]
    if not bounds:
        raise EngineError(
            f"{where.v1} does not tell how long the window of {card.id} is: set "
            "window_tokens to what the server was started with."
        )
    return Served(name=card.id, root=card.root or "", window_tokens=min(bounds))


def _chosen(cards: Sequence[_Card], where: Address, name: str | None) -> _Card:
    """Return the card of ``name``, or of the only model; adapters do not count as one."""
    if name is None:
        wanted = [card for card in cards if card.parent is None]
    else:
        wanted = [card for card in cards if card.id == name]
    if len(wanted) == 1:
        return wanted[0]
    choices = ", ".join(card.id for card in cards)
    if not choices:
        raise ModelUnusable(f"{where.v1} serves no model.")
    if name is None:
        raise ModelUnusable(
            f"{where.v1} serves several models: set model to one of {choices}."
        )
    raise ModelUnusable(
        f"{where.v1} does not serve {name}: set model to one of {choices}, the names it "
        "was started with (--served-model-name)."
    )
