"""What the index gives out for a file."""

from collections.abc import Callable

from retrieval.outline import Outline


class Entry:
    """One version of one file; secrets in its text are masked. Nobody changes it.

    ``language`` is the name of a row of ``languages.LANGUAGES``, "" for none; ``lines``
    have no ends. ``key`` is the content's number: negative for an open document, another
    for each of its versions.
    """

    __slots__ = ("_outline", "_said", "key", "language", "lines", "path")

    def __init__(
        self,
        *,
        path: str,
        language: str,
        lines: tuple[str, ...],
        key: int,
        said: Callable[[], Outline],
    ) -> None:
        """``said`` makes the outline: most entries are only asked for some lines."""
        self.path = path
        self.language = language
        self.lines = lines
        self.key = key
        self._said = said
        self._outline: Outline | None = None

    @property
    def outline(self) -> Outline:
        if self._outline is None:
            self._outline = self._said()
        return self._outline
