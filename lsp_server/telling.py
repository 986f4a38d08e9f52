"""How the user is told something: by whoever has the connection."""

from collections.abc import Callable

from lsprotocol.types import MessageType

Tell = Callable[[str, MessageType], None]
