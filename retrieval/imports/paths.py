"""Paths inside a repository as text: relative, with "/", "" is the root."""

from collections.abc import Iterable, Iterator, Sequence

from retrieval.imports.files import Files


def parent(path: str) -> str:
    """Return the folder a file or folder is in; the root's is the root."""
    return path.rpartition("/")[0]


def name_of(path: str) -> str:
    """Return the last part."""
    return path.rpartition("/")[2]


def join(folder: str, relative: str) -> str | None:
    """Go from ``folder`` to ``relative``; None for what is not in the repository.

    That is an absolute path, or one with too many "..". Empty parts and "." are left out.
    """
    if relative.startswith("/") or "\0" in relative:
        return None
    parts = folder.split("/") if folder else []
    for part in relative.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def upwards(folder: str) -> Iterator[str]:
    """Yield the folder, the folder it is in, and so on: the root is the last."""
    while folder:
        yield folder
        folder = parent(folder)
    yield ""


def first_file(places: Iterable[str | None], files: Files) -> str | None:
    """Return the first place that is a file."""
    return next((place for place in places if place and files.has(place)), None)


def nearest(paths: Iterable[str], origin: str) -> list[str]:
    """Sort by the number of folders shared with the file ``origin``, then by depth."""
    home = origin.split("/")[:-1]

    def distance(path: str) -> tuple[int, int, str]:
        parts = path.split("/")
        shared = 0
        for ours, theirs in zip(home, parts[:-1], strict=False):
            if ours != theirs:
                break
            shared += 1
        return -shared, len(parts), path

    return sorted(paths, key=distance)


def ending(tail: str, origin: str, files: Files) -> list[str]:
    """Return the files whose path ends with the path ``tail``, nearest first."""
    found = files.named(name_of(tail))
    end = f"/{tail}"
    return nearest((p for p in found if p == tail or p.endswith(end)), origin)


def by_tail(tail: str, path: str, files: Files) -> Sequence[str]:
    """Find ``tail``, a path relative to nobody knows what.

    From the folder of the file ``path`` upwards, then anywhere that ends with it.
    """
    places = (join(folder, tail) for folder in upwards(parent(path)))
    found = first_file(places, files)
    if found is not None:
        return (found,)
    plain = join("", tail.lstrip("./"))
    return ending(plain, path, files) if plain else ()
