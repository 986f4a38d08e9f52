"""The repository as the resolvers see it: they look at nothing else."""

from collections.abc import Sequence
from typing import Protocol


class Files(Protocol):
    """The files of one repository; paths are relative to its root, with "/".

    All of it is asked many times for one import: answers come from memory or an index.
    """

    def has(self, path: str) -> bool:
        """Tell whether this file is in the repository."""

    def named(self, name: str) -> Sequence[str]:
        """Return all files whose last part is ``name``."""

    def within(self, folder: str) -> Sequence[str]:
        """Return the files directly in the folder; "" is the root."""

    def read(self, path: str) -> str | None:
        """Return the text of a configuration file, such as tsconfig.json.

        Also of one that is no source file or is ignored (compile_commands.json mostly is).
        """

    def declaring(self, namespace: str) -> Sequence[str]:
        """Return the files whose outline has this namespace or package."""
