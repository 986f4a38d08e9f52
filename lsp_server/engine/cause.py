"""Why an engine ended: what vLLM's log says, and what to do about it, for the user."""

import re
from pathlib import Path

from lsp_server.engine.base import EngineDown, EngineError, OutOfMemory

_MOST_BYTES = 2**22
_MEMORY = re.compile(
    r"out of memory|larger than the available KV cache|No available memory"
    r"|Free memory on device|not enough memory|std::bad_alloc|MemoryError",
    re.IGNORECASE,
)
_ERROR_LINE = re.compile(
    r"(?:^|\] )(?P<error>(?:[\w.]+\.)?\w*(?:Error|Exception)(?:: .+)?)$"
)
_REASON_BELOW = re.compile(r"  (?P<reason>\S.*?)(?: \[type=.*)?$")
"""pydantic puts the reason below the error, and the whole input behind it."""


def cause_of_death(
    what: str, said: str, model: str, log: Path, start: int
) -> EngineError:
    """Return what happened to the engine of ``model``.

    ``said`` are its own words, which mostly name only "see above": the log knows more,
    from the byte ``start`` on, unless it was shortened since.
    """
    message = root_cause(_printed(log, start)) or said
    where = f"The engine's log: {log}"
    if _MEMORY.search(message):
        return OutOfMemory(
            f"{model} does not fit into the free memory ({message}). "
            f"Choose a smaller model, or a smaller window_tokens. {where}"
        )
    return EngineDown(f"{what}: {message or 'no reason given'}. {where}")


def root_cause(log: str) -> str:
    """Return the error that the first traceback in vLLM's log ends with, "" for none.

    One failure makes several tracebacks, from the core outwards; the first knows why.
    """
    lines = log.splitlines()
    for number, line in enumerate(lines):
        if found := _ERROR_LINE.search(line):
            error = found["error"].rstrip(". ")
            reason = _REASON_BELOW.match("".join(lines[number + 1 : number + 2]))
            return f"{error}: {reason['reason']}" if reason else error
    return ""


def _printed(log: Path, start: int) -> str:
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(start if start <= size else 0, size - _MOST_BYTES))
            return file.read().decode(errors="replace")
    except OSError:
        return ""
