"""The report: findings in their order, printed as they are found, and the exit code."""

import asyncio
import json
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from lsp_server.commands.doctor.endpoint import endpoints
from lsp_server.commands.doctor.errors import last_errors, newest_first
from lsp_server.commands.doctor.finding import Finding, line
from lsp_server.commands.doctor.hardware import hardware, usable, what_fits
from lsp_server.commands.doctor.index import index_state
from lsp_server.commands.doctor.models import (
    completing_model,
    extras,
    installed_engine,
    language_models,
    on_demand_model,
)
from lsp_server.engine.base import EngineError, GenerationRequest
from lsp_server.engine.hardware import devices
from lsp_server.session import Session
from lsp_server.settings import (
    APPLICATION,
    Problems,
    Settings,
    UserSettings,
    config_path,
    state_path,
)

_PROBE_TOKENS = 8
_EXAMPLES = 3


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
            print(line(finding), flush=True)
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
    there = devices()
    yield from hardware(there)
    written = "" if config_path().exists() else " (not there: defaults are used)"
    yield Finding("settings", f"{config_path()}{written}")
    for problem in problems:
        yield Finding("settings", problem, fine=False)
    yield Finding("log", _log())
    yield from last_errors(state_path())
    yield from index_state(Path.cwd(), examples)
    yield extras(user)
    engine = installed_engine(user)
    yield engine
    yield from endpoints(user)
    model, folder = completing_model(user)
    yield model
    other, other_folder = on_demand_model(user)
    if other is not None:
        yield other
    yield from language_models(user)
    folders = folder, other_folder
    if any(folders) and model.fine is not False and user.engine == "vllm":
        yield what_fits(user, folders, usable(there))
    broken = engine.fine is False or model.fine is False
    if start and not broken:
        yield asyncio.run(_started(user))


def _log() -> str:
    """Return where the engines' logs are: the newest one, where there is one."""
    newest = newest_first(state_path())[:1]
    return str(newest[0] if newest else state_path() / "engine-*.log (none yet)")


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
