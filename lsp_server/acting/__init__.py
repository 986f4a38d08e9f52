"""Code actions as an editor sees them: offered, carried out, shown, and written down."""

from lsp_server.acting.acting import Acting

__all__ = ["Acting"]
