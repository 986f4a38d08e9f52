"""An HTTP answer that was read whole."""

from dataclasses import dataclass

from lsp_server.engine.remote.failures import no_server, refusal
from lsp_server.engine.remote.settings import Address, RemoteSettings

OK = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """``kind`` is the media type of ``body``, ``location`` where a redirection points."""

    status: int
    kind: str
    body: bytes
    location: str = ""

    def check(self, where: Address, settings: RemoteSettings) -> None:
        """Raise EngineError, what the status says, where it is not a good one."""
        if self.status != OK:
            raise refusal(self.status, self.body, where, settings, self.location)

    def json(self, where: Address, settings: RemoteSettings) -> bytes:
        """Return the JSON that it is; raises EngineError where it is something else."""
        self.check(where, settings)
        if self.kind != "application/json":
            raise no_server(where, f"with {self.kind}")
        return self.body
