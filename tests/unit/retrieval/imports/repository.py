"""A repository in memory, for the resolvers: paths and, where it matters, texts."""

from collections.abc import Mapping, Sequence

from retrieval.imports import resolve
from retrieval.outline import Import


class Repository:
    def __init__(
        self,
        *paths: str,
        texts: Mapping[str, str] | None = None,
        namespaces: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.texts = dict(texts or {})
        self.namespaces = dict(namespaces or {})
        declared = [p for paths in self.namespaces.values() for p in paths]
        self.paths = tuple(dict.fromkeys([*paths, *declared, *self.texts]))
        self.asked = 0

    def has(self, path: str) -> bool:
        self.asked += 1
        return path in self.paths

    def named(self, name: str) -> Sequence[str]:
        self.asked += 1
        return [p for p in self.paths if p.rpartition("/")[2] == name]

    def within(self, folder: str) -> Sequence[str]:
        self.asked += 1
        return [p for p in self.paths if p.rpartition("/")[0] == folder]

    def read(self, path: str) -> str | None:
        self.asked += 1
        return self.texts.get(path)

    def declaring(self, namespace: str) -> Sequence[str]:
        self.asked += 1
        return self.namespaces.get(namespace, ())


def resolved(
    repository: Repository, path: str, target: str, *names: str, language: str
) -> list[str]:
    item = Import(target=target, line=0, names=names)
    return list(resolve(item, path, language, repository))
