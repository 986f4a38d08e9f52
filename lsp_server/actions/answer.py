"""What a model says, cut from the stream as it comes."""


class Block:
    """One code block. ``code`` is what it holds, LF between its lines.

    ``begun``: the answer was made to begin with a fence, which the stream does not repeat.
    """

    def __init__(self, *, begun: bool = True) -> None:
        self.code = ""
        self.closed = False
        self._begun = begun

    def feed(self, piece: str) -> bool:
        """Take the next piece; True once all is decided and the stream can be closed."""
        raise NotImplementedError(piece)


class Prose:
    """Text for people: what of it may be shown already."""

    def feed(self, piece: str) -> str:
        """Return what may be shown now: whole characters, no chat tags."""
        raise NotImplementedError(piece)

    def end(self) -> str:
        """Return what was held back, once the stream has ended."""
        raise NotImplementedError
