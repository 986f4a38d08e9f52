"""What a model did, explained to people: what was sent, what it cost, what came back."""

from lsp_server.explain.html import page
from lsp_server.explain.markdown import markdown
from lsp_server.explain.talk import Talk
from lsp_server.explain.trace import Answered, Kind, Section, Step, Timeline, Trace

__all__ = [
    "Answered",
    "Kind",
    "Section",
    "Step",
    "Talk",
    "Timeline",
    "Trace",
    "markdown",
    "page",
]
