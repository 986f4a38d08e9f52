"""An editor that asks for one action in one repository, as a client of today would."""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lsp_server
from bench.actions.cases import Case, Span
from bench.actions.edits import position
from bench.connection import PATIENCE_S, Connection
from lsp_server.actions.catalogue import CATALOGUE
from retrieval.index import Index

_SEVERITIES = {"error": 1, "warning": 2, "information": 3, "hint": 4}
_INVOKED = 1
_INDEXES = "indexes"
_SETTLED_S = 15.0
_LOADED_S = 900.0
"""A large model is read from a disk, and writes a page."""
_LOOK_S = 0.1
_WINDOW_TOKENS = 32_768
_PIECE_CHARACTERS = 7
"""A piece ends anywhere: within a fence, within a line."""

_CAPABILITIES: Mapping[str, Any] = {
    "experimental": {"codellama/status": True, "codellama/input": True},
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}},
            "dataSupport": True,
            "disabledSupport": True,
            "isPreferredSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        }
    },
    "window": {"showDocument": {"support": True}, "workDoneProgress": True},
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {
            "changeAnnotationSupport": {},
            "documentChanges": True,
            "resourceOperations": ["create"],
        },
        "workspaceFolders": True,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of it. ``edit`` is a WorkspaceEdit; ``words`` are what the user was told."""

    offered: bool
    edit: Mapping[str, Any] | None
    words: tuple[str, ...]
    seconds: float


@dataclass(slots=True, kw_only=True)
class Editor:
    """One window on a case's repository, in ``project``; opened by :func:`opened`."""

    window: Connection
    case: Case
    project: Path
    script: Path | None
    edits: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def uri(self) -> str:
        return (self.project / self.case.file).as_uri()

    def says(self, answers: Sequence[str]) -> None:
        """Have the scripted engine say these, in their order; the last again and again."""
        assert self.script is not None  # noqa: S101 - only without a model
        since = time.monotonic_ns()
        write_script(self.script, answers)
        self.window.call("workspace/executeCommand", {"command": "codellama.restart"})
        self.window.wait_state("ready", since)

    def act(self) -> Told:
        """Open the menu, choose the case's action, and wait for what comes of it."""
        told = len(self.window.messages)
        self.edits.clear()
        offer = self._offer()
        started = time.monotonic()
        edit, words = (None, ()) if offer is None else self._chosen(offer)
        return Told(
            offered=offer is not None,
            edit=edit,
            words=(*self.window.messages[told:], *words),
            seconds=time.monotonic() - started,
        )

    def _offer(self) -> Mapping[str, Any] | None:
        """Open the menu until it offers the action: a server that starts knows little."""
        limit = time.monotonic() + _SETTLED_S
        while True:
            offers = self.window.call("textDocument/codeAction", self._question())
            found = next(filter(self._is_wanted, offers or ()), None)
            if found is not None or time.monotonic() > limit:
                return found
            time.sleep(_LOOK_S)

    def _chosen(
        self, offer: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any] | None, tuple[str, ...]]:
        """Return the edit, from wherever it comes, and what an error says."""
        words: list[str] = []
        if "edit" not in offer and "data" in offer:
            answer = self.window.wait(self.window.ask("codeAction/resolve", offer))
            if answer.error is not None:
                words.append(answer.error["message"])
            else:
                offer = answer.result
        command = offer.get("command")
        if command is not None:
            asked = {key: command[key] for key in ("command", "arguments")}
            asking = self.window.ask("workspace/executeCommand", asked)
            answer = self.window.wait(asking)
            if answer.error is not None:
                words.append(answer.error["message"])
        edit = offer.get("edit") or next(iter(self.edits), None)
        return edit, tuple(words)

    def _is_wanted(self, offer: Mapping[str, Any]) -> bool:
        case = self.case
        kind: str = offer.get("kind") or ""
        if kind != CATALOGUE[case.action].kind:
            return False
        return case.diagnostic is None or offer.get("diagnostics") == [self._finding()]

    def _question(self) -> Mapping[str, Any]:
        findings = [self._finding()] if self.case.diagnostic is not None else []
        return {
            "textDocument": {"uri": self.uri},
            "range": self._range(self.case.place, cursor=not self.case.selected),
            "context": {"diagnostics": findings, "triggerKind": _INVOKED},
        }

    def _finding(self) -> Mapping[str, Any]:
        found = self.case.diagnostic
        assert found is not None  # noqa: S101 - the callers looked
        related = [
            {
                "location": {
                    "uri": (self.project / file).as_uri(),
                    "range": self._range(span, text=self._text(file)),
                },
                "message": message,
            }
            for file, span, message in found.related
        ]
        finding: dict[str, Any] = {
            "range": self._range(self.case.place),
            "severity": _SEVERITIES[found.severity],
            "source": found.tool,
            "message": found.message,
        }
        if found.code:
            finding["code"] = found.code
        if related:
            finding["relatedInformation"] = related
        return finding

    def _range(
        self, span: Span, *, text: str | None = None, cursor: bool = False
    ) -> Mapping[str, Any]:
        """Return a span as LSP has it; with ``cursor`` where the cursor is: at its end."""
        text = self.case.before if text is None else text
        start = span.end if cursor else span.start
        return {"start": position(text, start), "end": position(text, span.end)}

    def _text(self, file: str) -> str:
        return self.case.files[file]


@contextmanager
def opened(
    case: Case, project: Path, config: str = "", home: Path | None = None
) -> Iterator[Editor]:
    """Open the case's file in a window of its own, with an environment of its own.

    ``config`` are the user's settings, which name a model; without, the engine is the
    scripted one. ``home`` is where the server keeps all it keeps, by default the folder
    around ``project``; windows of the same share their engine.
    """
    folder = project.parent if home is None else home
    script: Path | None = None
    options: list[str] = []
    if not config:
        script = folder / "script.json"
        write_script(script, [""])
        options = ["--engine", "scripted", "--script", str(script)]
    (folder / "config.toml").write_text(config, encoding="utf-8")
    _read_repository(project, folder / _INDEXES)
    edits: list[Mapping[str, Any]] = []

    def reply(method: str, params: Any) -> Any:
        if method == "workspace/applyEdit":
            edits.append(params["edit"])
            return {"applied": True}
        return None

    command = [sys.executable, "-m", "lsp_server", *options]
    patience_s = _LOADED_S if config else PATIENCE_S
    with Connection(command, _environment(folder), folder, reply, patience_s) as window:
        root = {"uri": project.as_uri(), "name": project.name}
        since = time.monotonic_ns()
        parameters = {
            "processId": os.getpid(),
            "rootUri": root["uri"],
            "workspaceFolders": [root],
            "capabilities": _CAPABILITIES,
        }
        window.call("initialize", parameters)
        window.notify("initialized", {})
        window.wait_state("ready", since, patience_s)
        editor = Editor(
            window=window, case=case, project=project, script=script, edits=edits
        )
        item = {
            "uri": editor.uri,
            "languageId": _language_id(case),
            "version": 1,
            "text": case.before,
        }
        window.notify("textDocument/didOpen", {"textDocument": item})
        yield editor


def _read_repository(project: Path, indexes: Path) -> None:
    """Leave the index as an earlier session does: what is measured is no first minute."""
    index = Index(project, indexes)
    try:
        index.refresh()
        index.wait(_LOADED_S)
    finally:
        index.close()


def write_script(path: Path, answers: Sequence[str]) -> None:
    """Write what the scripted engine says: each answer once, the last for ever."""
    *first, last = answers
    script = {
        "answers": [*({"text": one, "once": True} for one in first), {"text": last}],
        "piece_characters": _PIECE_CHARACTERS,
        "window_tokens": _WINDOW_TOKENS,
    }
    path.write_text(json.dumps(script), encoding="utf-8")


def _language_id(case: Case) -> str:
    ids = {"bash": "shellscript"}
    if case.file.endswith(".js"):
        return "javascript"
    return ids.get(case.language, case.language)


def _environment(folder: Path) -> dict[str, str]:
    """Return one in which nothing of the user's counts but where models are."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CODELLAMA_")}
    runtime = folder / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    own = Path(lsp_server.__file__).parents[1]
    return kept | {
        "PYTHONPATH": str(own),  # the server is the one that the bench is of
        "CODELLAMA_CONFIG": str(folder / "config.toml"),
        "CODELLAMA_CACHE": str(folder / _INDEXES),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_STATE_HOME": str(folder / "state"),
    }
