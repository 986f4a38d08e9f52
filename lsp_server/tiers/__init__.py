"""The models of a session: which engine serves which tier, in which language."""

from lsp_server.tiers.hosting import Sharing
from lsp_server.tiers.tiers import OnDemand, Ready, Tiers

__all__ = ["OnDemand", "Ready", "Sharing", "Tiers"]
