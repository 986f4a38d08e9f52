"""Where the user's own files are."""

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

APPLICATION = "codellama-lsp"
_FILE = "config.toml"


def config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the user's own settings stand; ``CODELLAMA_CONFIG`` names another file."""
    named = environment.get("CODELLAMA_CONFIG")
    return Path(named) if named else platformdirs.user_config_path(APPLICATION) / _FILE


def cache_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the indexes of repositories are kept; ``CODELLAMA_CACHE`` names another folder."""
    named = environment.get("CODELLAMA_CACHE")
    return Path(named) if named else platformdirs.user_cache_path(APPLICATION) / "index"


def explanations_path() -> Path:
    """Where the last explanations are, as pages of Markdown."""
    return platformdirs.user_cache_path(APPLICATION) / "explanations"


def summaries_path() -> Path:
    """Where the summaries are that models wrote for hovers."""
    return platformdirs.user_cache_path(APPLICATION) / "summaries"


def state_path() -> Path:
    """Where logs and other state of this user go."""
    return platformdirs.user_state_path(APPLICATION)
