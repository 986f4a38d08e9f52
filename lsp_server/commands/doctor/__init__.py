"""``codellama-lsp doctor``: what is there, what is missing, and does the engine start."""

from lsp_server.commands.doctor.report import doctor

__all__ = ["doctor"]
