"""What an engine host is started with."""

from typing import Final

import msgspec

from lsp_server.engine.base import Tier


class ModelSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One model that a host runs; what is None is decided by what fits there.

    ``folder`` holds its files, ``name`` is what messages call it. ``heals``: its prompts
    may ask for answers that begin with a given text. ``idle_s`` are the seconds without a
    request after which it leaves the memory, 0 for never. ``load_format`` is vLLM's, None
    for what the files are in; with "dummy" the folder needs its config.json alone: the
    weights are made up, and pieces have no text, only a number of tokens.
    """

    tier: Tier = Tier.REALTIME
    folder: str
    name: str
    heals: bool = False
    window_tokens: int | None = None
    quantization: str | None = None
    kv_dtype: str | None = None
    tensor_parallel: int | None = None
    speculation: str | None = None
    load_format: str | None = None
    idle_s: float = 0.0


class HostSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The models of one host: windows that want the same ones share it.

    The first model is loaded at once, the others when they are first asked for. ``fit`` is
    "both", "swap" or "auto". ``linger_s`` is how long the host stays without a window.
    """

    models: tuple[ModelSettings, ...]
    fit: str = "auto"
    linger_s: float = 0.0


class HostStart(msgspec.Struct, frozen=True, kw_only=True):
    """What a host's process is given.

    ``log`` is the file that its stderr goes to, and ``log_start`` its size then. A shared
    host outlives who started it; a private one ends with its stdin. Who starts a shared
    one connects to it at once, unless it has died: it waits ``first_client_s`` for that.
    """

    settings: HostSettings
    socket: str
    log: str
    log_start: int
    shared: bool
    first_client_s: float = 60.0


LISTENING: Final = b"listening\n"
"""Said by a host on its stdout, once it can be connected to."""

TAKEN: Final = b"taken\n"
"""Said instead by one that finds another one for its models, and ends."""
