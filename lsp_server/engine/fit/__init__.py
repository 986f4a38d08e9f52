"""What fits: how models are held in the memory that is free, decided before vLLM can fail."""

from lsp_server.engine.fit.chosen import Fit, arguments
from lsp_server.engine.fit.search import Pinned
from lsp_server.engine.fit.single import fit
from lsp_server.engine.fit.together import Mode, Together, fit_together

__all__ = ["Fit", "Mode", "Pinned", "Together", "arguments", "fit", "fit_together"]
