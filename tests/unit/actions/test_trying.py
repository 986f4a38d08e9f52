"""When an edit is tried, and what of the editor's documents is there then."""

import sys
from pathlib import Path

import pytest

from lsp_server.actions.outcome import Sources
from lsp_server.actions.place import Target
from lsp_server.actions.shadow import Check
from lsp_server.actions.trying import tried_out
from retrieval.source import Document, split_lines

LIST = (
    "import pathlib; print(*sorted(str(p) for p in pathlib.Path().rglob('*') "
    "if p.is_file())); raise SystemExit(1)"
)
CHECK = Check(command=(sys.executable, "-c", LIST), timeout_s=60.0)
TEXTS = ("a = 1\n", "a = 2\n")


class Watch:
    """Takes note of the stages."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def stage(self, words: str, percent: int | None = None) -> None:
        self.stages.append(f"{words} {percent}")

    def answers(self, model: str, note: str) -> None:
        raise AssertionError(model, note)

    def begins(self, sources: Sources) -> None:
        raise AssertionError(sources)

    def said(self, text: str) -> None:
        raise AssertionError(text)


def document(uri: str) -> Document:
    return Document(uri=uri, language="", version=1, lines=split_lines("typed\n"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / "a.py").write_text(TEXTS[0])
    (folder / ".gitignore").write_text("ignored.py\n")
    return folder


async def test_open_documents_that_rules_leave_out_are_not_there(root: Path) -> None:
    names = (".env", "ignored.py", "id_rsa", "new.py", "n.ipynb")
    opened = [document((root / name).as_uri()) for name in names]
    opened += [
        document(f"vscode-notebook-cell:{root}/n.ipynb#c1"),
        document("untitled:one"),
        document((root.parent / "outside.py").as_uri()),
    ]
    target = Target(file=root / "a.py", root=root)
    said = await tried_out(CHECK, target, TEXTS, opened, Watch())
    assert said.splitlines()[-1] == ".gitignore a.py n.ipynb new.py"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target(file=None, root=None), "this document is no file"),
        (Target(file=Path("/a.py"), root=None), "the file is in no repository"),
    ],
)
async def test_what_is_in_no_repository_is_not_copied(
    target: Target, words: str
) -> None:
    watch = Watch()
    said = await tried_out(CHECK, target, TEXTS, [], watch)
    assert said == f"{sys.executable}: not run, {words}"
    assert watch.stages == []


async def test_without_a_command_nothing_is_said(root: Path) -> None:
    target = Target(file=root / "a.py", root=root)
    assert await tried_out(None, target, TEXTS, [], Watch()) == ""
