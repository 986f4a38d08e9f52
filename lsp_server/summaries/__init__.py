"""What models say of definitions without documentation: made while nobody waits, and kept."""

from lsp_server.summaries.kept import Summary
from lsp_server.summaries.making import Summaries, summarizable

__all__ = ["Summaries", "Summary", "summarizable"]
