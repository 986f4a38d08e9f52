"""Whole files of permissively licensed source in seven languages: read from archives, cleaned, told apart."""

import gzip
import hashlib
import json
import lzma
import random
import re
import tarfile
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from tools.demo_model.fetch import CorpusError, Source
from tools.demo_model.languages import LANGUAGES, language_of

GENERATED = re.compile(
    r"generated (from|by|file|code)|do not edit|auto-?generated|@generated",
    re.IGNORECASE,
)
LEGAL = re.compile(r"licen[sc]e|copyright|\(c\)", re.IGNORECASE)
OPENING_COMMENT = re.compile(r"(/\*.*?\*/[ \t]*\n|([ \t]*(#(?!!)|//)[^\n]*\n)+)\s*", re.DOTALL)  # fmt: skip
BEFORE_COMMENT = re.compile(r"(<\?php\s*|#![^\n]*\n|(# -\*-|# coding)[^\n]*\n|\s)*")
SKIPPED_FOLDERS = frozenset({
    "test", "tests", "testing", "testdata", "__tests__", "__mocks__", "idle_test", "spec", "specs", "fixtures", "fixture", "snapshots",
    "_vendor", "vendor", "vendored", "third_party", "third-party", "thirdparty", "3rdparty", "extern", "external",
    "node_modules", "bower_components", "dist", "min", "minified", "umd", "cjs", "_cjs", "locale", "locales", "i18n", "debian",
})  # fmt: skip
SKIPPED_NAMES = re.compile(
    r"(^test_|^conftest\.|[._-](test|tests|spec|min|bundle|umd|generated|pb|pb2)\.|_test\.|_unittest\.|Tests?\.(java|cs|php)$|_pb2(_grpc)?\.py$)"
)
FILE_BYTES_MAX = 200_000
FILE_BYTES_MIN = 300
LINE_CHARS_MAX = 300
DIGIT_SHARE_MAX = 0.15
NON_ASCII_SHARE_MAX = 0.02
PACKAGE_BYTES_MAX = 3_000_000
LONG_LINE_CHARS = 30
SEEN_LINES_MAX = 0.6
"""Of a file's long lines, those that earlier files hold, too; above it, it is a copy or a fork's."""
HELD_OUT_PACKAGES = 3
HELD_OUT_BYTES = (40_000, 900_000)
HELD_OUT_SHARE_MAX = 0.15
HELD_OUT_SHARED_LINES_MAX = 0.2


@dataclass(frozen=True, slots=True)
class File:
    """One source file; `path` is relative to its package's root, line ends are LF."""

    package: str
    path: str
    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """Where text came from: `sizes` are the bytes that were kept, by language."""

    origin: str
    name: str
    version: str
    licence: str
    sizes: dict[str, int]
    held_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Files for training and for validation; no package is in both."""

    training: list[File]
    held_out: list[File]
    packages: list[Package]


def collect(
    wanted: list[Source], archives: Path, seed: int, report: Callable[[str], object]
) -> Corpus:
    """Read and clean all archives, and hold out whole packages of each language, chosen by the seed."""
    rng = random.Random(seed)
    seen: set[int] = set()
    files: dict[str, list[File]] = {}
    for source in wanted:
        members = list(archive_files(source, archives / source.stored))
        rng.shuffle(members)
        files[source.name] = list(_clean(source, members, seen))
        report(source.name)
    held_out = _held_out(files, rng)
    return Corpus(
        training=[f for name in files if name not in held_out for f in files[name]],
        held_out=[f for name in files if name in held_out for f in files[name]],
        packages=[
            Package(
                origin=source.origin,
                name=source.name,
                version=source.version,
                licence=source.licence,
                sizes=_sizes(files[source.name]),
                held_out=source.name in held_out,
            )
            for source in wanted
            if files[source.name]
        ],
    )


def save(corpus: Corpus, path: Path) -> None:
    """Write the corpus as one compressed file that can travel, in one step."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        with gzip.open(partial, "wt", encoding="utf-8", compresslevel=6) as file:
            json.dump(asdict(corpus), file, ensure_ascii=False)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def load(path: Path) -> Corpus:
    """Read what `save` wrote; raises CorpusError where the file is something else."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            stored = json.load(file)
        return Corpus(
            training=[File(**each) for each in stored["training"]],
            held_out=[File(**each) for each in stored["held_out"]],
            packages=[Package(**each) for each in stored["packages"]],
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"{path} is not a corpus of this tool ({error!r}); remove it to have it made anew"
        ) from None


def archive_files(source: Source, archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield path (without the archive's top folder) and bytes of each regular file of a fitting size."""
    try:
        if archive.suffix in {".whl", ".zip"}:
            with zipfile.ZipFile(archive) as opened:
                for entry in opened.infolist():
                    name = entry.filename
                    if _wanted(source, name, name, entry.file_size):
                        yield name, opened.read(entry)
            return
        with tarfile.open(archive) as tar:
            for member in tar:
                name = member.name.removeprefix("./")
                path = name.partition("/")[2]
                if member.isfile() and _wanted(source, name, path, member.size):
                    content = tar.extractfile(member)
                    if content is not None:
                        yield path, content.read()
    except (tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError) as error:  # fmt: skip
        raise CorpusError(
            f"{archive} cannot be read ({error}); remove it and run again"
        ) from None


def _wanted(source: Source, name: str, path: str, size: int) -> bool:
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and FILE_BYTES_MIN <= size <= FILE_BYTES_MAX
        and not SKIPPED_FOLDERS.intersection(part.lower() for part in parts[:-1])
        and not SKIPPED_NAMES.search(parts[-1])
        and (not source.under or any(part in name for part in source.under))
    )


def _clean(
    source: Source, members: list[tuple[str, bytes]], seen: set[int]
) -> Iterator[File]:
    """Yield good files of one package, up to about PACKAGE_BYTES_MAX of each language."""
    sizes: Counter[str] = Counter()
    for path, content in members:
        text = _text(content)
        language = language_of(path, text) if text else None
        if text is None or language is None or language.name not in source.languages:
            continue
        lines = {hash_of(line) for line in text.split("\n") if _long(line)}
        copied = len(lines & seen) > SEEN_LINES_MAX * len(lines)
        if copied or sizes[language.name] >= PACKAGE_BYTES_MAX:
            continue
        seen |= lines
        sizes[language.name] += len(text.encode())
        yield File(source.name, path, language.name, text)


def _text(content: bytes) -> str | None:
    """Return a file's text with LF line ends and no licence at its top, or None where it is not good source."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        return None
    digits = sum(map(str.isdigit, text))
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    unusable = (
        GENERATED.search(text[:800])
        or "\N{WHITE SMILING FACE}" in text
        or "\N{LOWER ONE EIGHTH BLOCK}" in text
        or "\0" in text
        or digits > DIGIT_SHARE_MAX * len(text)
        or foreign > NON_ASCII_SHARE_MAX * len(text)
        or max(map(len, text.split("\n"))) > LINE_CHARS_MAX
    )
    return None if unusable else without_legal_notice(text)


def without_legal_notice(text: str) -> str:
    """Return the text without the licence comment at its top: the same one in thousands of files teaches nothing."""
    found = BEFORE_COMMENT.match(text)
    start = found.end() if found else 0
    notice = OPENING_COMMENT.match(text, start)
    if notice and LEGAL.search(notice.group()):
        return text[:start] + text[notice.end() :]
    return text


def hash_of(line: str) -> int:
    """Return the same number for the same line in every run."""
    digest = hashlib.blake2b(line.strip().encode("utf-8", "replace"), digest_size=8)
    return int.from_bytes(digest.digest(), "big")


def _long(line: str) -> bool:
    return len(line.strip()) >= LONG_LINE_CHARS


def _sizes(files: list[File]) -> dict[str, int]:
    sizes: Counter[str] = Counter()
    for file in files:
        sizes[file.language] += len(file.text.encode())
    return dict(sizes)


def _held_out(files: dict[str, list[File]], rng: random.Random) -> frozenset[str]:
    """Choose packages of each language, of a middle size, of which no fork or copy is among the others."""
    holders: dict[int, set[str]] = defaultdict(set)
    for name, kept in files.items():
        for file in kept:
            for line in filter(_long, file.text.split("\n")):
                holders[hash_of(line)].add(name)
    shared: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for names in holders.values():
        for name in names:
            own[name] += 1
            shared[name] += len(names) > 1
    chosen: list[str] = []
    for language in LANGUAGES:
        of_language = {n: _sizes(kept).get(language.name, 0) for n, kept in files.items()}  # fmt: skip
        room = HELD_OUT_SHARE_MAX * sum(of_language.values())
        low, high = HELD_OUT_BYTES
        candidates = sorted(
            name
            for name, size in of_language.items()
            if low <= size <= min(high, room)
            and shared[name] <= HELD_OUT_SHARED_LINES_MAX * own[name]
            and 2 * size > sum(_sizes(files[name]).values())  # mostly this language
        )
        rng.shuffle(candidates)
        for name in candidates[:HELD_OUT_PACKAGES]:
            if of_language[name] <= room:
                room -= of_language[name]
                chosen.append(name)
    return frozenset(chosen)
