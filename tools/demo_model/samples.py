"""A few files of the held-out packages, whole and with their licences, for the demo to complete in."""

import json
import random
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from tools.demo_model.corpus import Corpus, archive_files
from tools.demo_model.fetch import CorpusError, Source

LANGUAGES = ("python", "java")
FILES = 5
CHARS = (2_500, 16_000)
_LICENCE_NAMES = ("LICENSE", "LICENCE", "COPYING")


def samples(corpus: Corpus, wanted: list[Source], archives: Path, seed: int) -> str:
    """Return held_out.json: for each language FILES files, drawn by the seed, as their packages have them.

    Licence texts stand once for each package, notices at the top of files are kept.
    """
    rng = random.Random(seed)
    by_name = {source.name: source for source in wanted}
    packages: dict[str, dict[str, str]] = {}
    files: list[dict[str, str]] = []
    for language in LANGUAGES:
        candidates = sorted(
            (file.package, file.path)
            for file in corpus.held_out
            if file.language == language and CHARS[0] <= len(file.text) <= CHARS[1]
        )
        for name, path in rng.sample(candidates, min(FILES, len(candidates))):
            source = by_name[name]
            if not (archives / source.stored).exists():
                raise CorpusError(
                    f"{archives / source.stored} is needed for the demo's files: bring held_out-{seed}.json from where the "
                    "corpus was made, too"
                )
            content = dict(archive_files(source, archives / source.stored))
            text = content[path].decode("utf-8-sig").replace("\r\n", "\n")
            files.append(
                {"package": name, "path": path, "language": language, "text": text}
            )
            packages[name] = {
                "version": source.version,
                "licence": source.licence,
                "licence_text": licence_text(archives / source.stored),
            }
    document = {"packages": packages, "files": files}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def licence_text(archive: Path) -> str:
    """Return the licence file of an archive, the one nearest to its root; raises CorpusError without one."""
    if archive.suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archive) as opened:
            name = _licence_name(opened.namelist(), archive)
            return opened.read(name).decode(errors="replace")
    with tarfile.open(archive) as tar:
        files = [member.name for member in tar if member.isfile()]
        content = tar.extractfile(_licence_name(files, archive))
        if content is None:
            raise CorpusError(f"{archive} has no licence that can be read")
        return content.read().decode(errors="replace")


def _licence_name(names: list[str], archive: Path) -> str:
    found = sorted(
        (name for name in names if PurePosixPath(name).stem.upper() in _LICENCE_NAMES),
        key=lambda name: (name.count("/"), name),
    )
    if not found:
        raise CorpusError(f"{archive} has no licence file: it cannot be shipped")
    return found[0]
