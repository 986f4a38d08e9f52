"""C#: namespaces, by who declares them; folders tell nothing."""

from collections.abc import Sequence

from retrieval.imports.files import Files
from retrieval.imports.paths import name_of, nearest
from retrieval.outline import Import


def resolve(item: Import, path: str, files: Files) -> Sequence[str]:
    """Return the files of the namespace, nearest first, or of the one type that is used.

    ``using static Acme.Thing`` and ``using T = Acme.Thing`` name a type.
    """
    target = item.target.removeprefix("global::").partition("<")[0].strip()
    if found := files.declaring(target):
        return nearest(found, path)
    namespace, _, name = target.rpartition(".")
    if not namespace:
        return ()
    declaring = files.declaring(namespace)
    # A partial class is often in several files: Thing.cs, Thing.Parsing.cs
    return nearest((p for p in declaring if name_of(p).split(".")[0] == name), path)
