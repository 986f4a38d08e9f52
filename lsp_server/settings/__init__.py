"""Settings: frozen values, their defaults, and how what users write becomes them.

Two sources, two trusts. ``UserSettings`` decide what runs and where text goes; they come
from the user's own ``config.toml``, the environment and the command line, never over LSP,
because LSP cannot tell a user's setting from one that a workspace brought along.
``Settings`` are harmless, and an editor may change them at any time.
"""

from lsp_server.settings.parsing import (
    SECTION,
    Problems,
    parse_settings,
    read_user_settings,
    user_options,
)
from lsp_server.settings.places import (
    APPLICATION,
    cache_path,
    config_path,
    explanations_path,
    state_path,
    summaries_path,
)
from lsp_server.settings.values import (
    DEMO_MODEL,
    HERE,
    ActionSettings,
    ContextSettings,
    HoverSettings,
    InlineSettings,
    OnDemandSettings,
    Popup,
    PopupSettings,
    Settings,
    StatsSettings,
    Summaries,
    TierSettings,
    UserSettings,
)

__all__ = [
    "APPLICATION",
    "DEMO_MODEL",
    "HERE",
    "SECTION",
    "ActionSettings",
    "ContextSettings",
    "HoverSettings",
    "InlineSettings",
    "OnDemandSettings",
    "Popup",
    "PopupSettings",
    "Problems",
    "Settings",
    "StatsSettings",
    "Summaries",
    "TierSettings",
    "UserSettings",
    "cache_path",
    "config_path",
    "explanations_path",
    "parse_settings",
    "read_user_settings",
    "state_path",
    "summaries_path",
    "user_options",
]
