"""The pinned source packages: where they are found, fetched once, and held against their checksums."""

import functools
import hashlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx

MANIFEST = Path(__file__).with_name("sources.toml")
_PARALLEL = 6
_CHUNK_BYTES = 1 << 18
_TIMEOUT_SECONDS = 60.0
_SIMPLE_INDEX = "application/vnd.pypi.simple.v1+json"


class CorpusError(Exception):
    """The corpus cannot be had: what is missing, and what to do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One archive of one package, as `sources.toml` pins it.

    `file` is the archive's name, for Debian its path in the pool. Only files of one of `languages` are taken, and only
    those whose path in the archive contains one of `under`, if there are any.
    """

    origin: str
    name: str
    version: str
    file: str
    sha256: str
    licence: str
    languages: tuple[str, ...]
    under: tuple[str, ...] = ()

    @property
    def stored(self) -> str:
        """The archive's name on disk: two packages may call theirs the same."""
        return f"{self.sha256[:12]}-{self.file.rsplit('/', 1)[-1]}"


def sources(manifest: Path = MANIFEST) -> list[Source]:
    """Read the manifest."""
    tables = tomllib.loads(manifest.read_text(encoding="utf-8"))["package"]
    return [
        Source(
            **table
            | {"languages": tuple(table["languages"])}
            | {"under": tuple(table.get("under", ()))}
        )
        for table in tables
    ]


def fetch(
    wanted: Iterable[Source], folder: Path, report: Callable[[str], object]
) -> None:
    """Bring all archives into `folder`; those that are there and whole are not asked for again.

    `report` is told each name when its archive is there. Raises CorpusError when all have been tried and some
    failed; what was fetched stays, so the next try goes on from there.
    """
    folder.mkdir(parents=True, exist_ok=True)

    def bring(source: Source) -> str | None:
        try:
            _fetch(client, source, folder / source.stored)
        except (httpx.HTTPError, httpx.InvalidURL, CorpusError) as error:
            return f"{source.name} {source.version}: {error}"
        report(source.name)
        return None

    with (
        httpx.Client(timeout=_TIMEOUT_SECONDS, follow_redirects=True) as client,
        ThreadPoolExecutor(_PARALLEL) as pool,
    ):
        failures = [failure for failure in pool.map(bring, wanted) if failure]
    if failures:
        listed = "\n  ".join(failures)
        raise CorpusError(
            f"{len(failures)} packages of the corpus could not be fetched:\n  {listed}\n"
            f"Run the command again when the network is back (what is there is kept), or put the files into {folder} by "
            f"hand under the names that sources.toml's checksums give: first 12 digits of sha256, '-', file name."
        )


def _fetch(client: httpx.Client, source: Source, path: Path) -> None:
    """Download one archive beside its place, check it, and put it there."""
    if path.exists() and _digest(path) == source.sha256:
        return
    partial = path.with_name(f"{path.name}.partial")
    try:
        with client.stream("GET", _address(client, source)) as response:
            response.raise_for_status()
            with partial.open("wb") as file:
                for chunk in response.iter_bytes(_CHUNK_BYTES):
                    file.write(chunk)
        found = _digest(partial)
        if found != source.sha256:
            raise CorpusError(
                f"the archive's sha256 is {found}, not {source.sha256} as pinned; it is not used"
            )
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _address(client: httpx.Client, source: Source) -> str:
    """Ask the machine's own configuration of pip, npm and apt where packages come from."""
    if source.origin == "npm":
        registry = _said(("npm", "config", "get", "registry"), "npm").rstrip("/")
        return f"{registry}/{source.name}/-/{source.file}"
    if source.origin == "debian":
        return _in_debian(client, source)
    index = _python_index().rstrip("/")
    project = re.sub(r"[-_.]+", "-", source.name).lower()
    page = client.get(f"{index}/{project}/", headers={"Accept": _SIMPLE_INDEX})
    page.raise_for_status()
    try:
        addresses = {file["filename"]: file["url"] for file in page.json()["files"]}
    except (ValueError, LookupError, TypeError):
        raise CorpusError("pip's index does not answer in JSON (PEP 691)") from None
    if source.file in addresses:
        return urljoin(str(page.url), str(addresses[source.file]))
    raise CorpusError(f"the package index has no {source.file}")


def _in_debian(client: httpx.Client, source: Source) -> str:
    """Return the address in the first of apt's repositories that has the file."""
    said = _said(("apt-get", "indextargets", "--format", "$(REPO_URI)"), "apt")
    for mirror in dict.fromkeys(said.split()):
        address = urljoin(mirror, source.file)
        if client.head(address).is_success:
            return address
    raise CorpusError("none of apt's repositories has it")


def _python_index() -> str:
    """Return the index that pip would ask."""
    from pip._internal.models.index import PyPI  # noqa: PLC0415 - where pip keeps its default

    configured = _said(
        (sys.executable, "-m", "pip", "config", "get", "global.index-url"), ""
    )
    return os.environ.get("PIP_INDEX_URL") or configured or str(PyPI.simple_url)


@functools.cache
def _said(command: tuple[str, ...], tool: str) -> str:
    """Return what a tool prints; a tool that is needed (it has a name) must be there and succeed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CorpusError(f"{tool} is needed to find this package: {error}") from None
    if done.returncode and tool:
        raise CorpusError(f"{tool} failed: {done.stderr.strip()}")
    return done.stdout.strip()
