"""The pinned repositories: fetched once, and unpacked so that nothing of an archive can stand elsewhere."""

import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from tools.demo_model.fetch import CorpusError, fetch, sources

SETS = {
    "test": Path(__file__).with_name("sources.toml"),
    "development": Path(__file__).with_name("development.toml"),
}
"""Figures are of "test"; what is tuned is tuned on "development", which has none of its packages."""

_FILE_BYTES_MAX = 5_000_000
_ARCHIVE_BYTES_MAX = 500_000_000
_DONE = ".unpacked"


def repositories(
    name: str, folder: Path, report: Callable[[str], object]
) -> list[Path]:
    """Return the set's repositories, below ``folder``; fetches and unpacks what is not there.

    Raises CorpusError where that cannot be done.
    """
    wanted = sources(SETS[name])
    archives = folder / "archives"
    fetch(wanted, archives, report)
    found = []
    for source in wanted:
        target = folder / name / source.name.replace("/", "-").lstrip("@")
        done = target / _DONE
        if not done.exists() or done.read_text() != source.sha256:
            unpack(archives / source.stored, source.under, target)
            done.write_text(source.sha256)
        found.append(target)
    return found


def unpack(archive: Path, under: tuple[str, ...], target: Path) -> None:
    """Write the regular files of an archive below ``target``, without its top folder.

    With ``under``, only those whose path contains one of it. Raises CorpusError for an archive that
    is damaged, or larger than a repository is.
    """
    total = 0
    try:
        for name, size, opened in _members(archive):
            parts = PurePosixPath(name).parts
            skipped = under and not any(part in f"/{name}" for part in under)
            if skipped or size > _FILE_BYTES_MAX or not _safe(parts):
                continue
            total += size
            if total > _ARCHIVE_BYTES_MAX:
                raise CorpusError(f"{archive} holds more than {_ARCHIVE_BYTES_MAX} B")
            path = target.joinpath(*parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(opened.read())
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise CorpusError(f"{archive} cannot be unpacked: {error}") from error


def _members(archive: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Yield the path without the top folder, the size and the content of each regular file.

    A wheel has no top folder.
    """
    if archive.suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archive) as packed:
            for entry in packed.infolist():
                if not entry.is_dir():
                    with packed.open(entry) as opened:
                        yield entry.filename, entry.file_size, opened
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None:
                path = member.name.removeprefix("./").partition("/")[2]
                yield path, member.size, content


def _safe(parts: tuple[str, ...]) -> bool:
    odd = any(
        part in {"..", "/"} or "\0" in part or "\\" in part or ":" in part
        for part in parts
    )
    return bool(parts) and not odd
