"""Where documents and new tests are, as the disk and the rules have it."""

from pathlib import Path
from typing import cast

import pytest

from lsp_server.actions.catalogue import Name
from lsp_server.actions.place import Target, in_repository, new_test, on_disk, where
from lsp_server.actions.refused import ActionRefused
from lsp_server.actions.region import Region, region_for
from lsp_server.actions.situation import Situation
from lsp_server.context.answering import answered_alone
from lsp_server.context.client import Context
from lsp_server.context.messages import (
    Related,
    Scopes,
    ScopesFound,
    TestPlaceFound,
    TestPlaceWanted,
)
from retrieval.source import Document, split_lines

TEXT = "def pay():\n    return 1\n"


class Worker:
    """The one question that is asked here, answered with what a test says."""

    def __init__(self, found: TestPlaceFound | None) -> None:
        self.found = found
        self.names: list[str] = []

    async def ask(self, question: TestPlaceWanted) -> TestPlaceFound | None:
        self.names.append(question.name)
        return self.found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / "pay.py").write_text(TEXT)
    (folder / ".gitignore").write_text("scratch/\n")
    (tmp_path / "elsewhere").mkdir()
    (folder / "tests").symlink_to(tmp_path / "elsewhere")
    (folder / "checks").mkdir()
    (folder / "checks" / "test_tax.py").write_text("def test_tax():\n    pass\n")
    return folder


def shown(root: Path) -> tuple[Situation, Region]:
    document = Document(
        uri=(root / "pay.py").as_uri(),
        language="python",
        version=1,
        lines=split_lines(TEXT),
    )
    found = answered_alone(Scopes(document.uri, 0, 0), document)
    assert isinstance(found, ScopesFound)
    situation = Situation(
        document=document, start=(0, 4), end=(0, 4), scopes=found.definitions
    )
    return situation, region_for(Name.TESTS, situation)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("tests/test_pay.py", "a link leads away"),
        ("scratch/test_pay.py", "ignore rules leave it out"),
        ("../test_pay.py", "not within the repository"),
        (".env", "hold secrets"),
    ],
)
async def test_no_test_is_made_out_of_the_repository(
    root: Path, path: str, words: str
) -> None:
    context = cast("Context", Worker(TestPlaceFound(path, str(root))))
    with pytest.raises(ActionRefused, match=words):
        await new_test(context, *shown(root))


async def test_a_new_test_comes_with_one_to_imitate(root: Path) -> None:
    found = TestPlaceFound("checks/test_pay.py", str(root), "checks/test_tax.py")
    worker = Worker(found)
    document, example = await new_test(cast("Context", worker), *shown(root))
    assert worker.names == ["pay"]
    assert document.uri == (root / "checks" / "test_pay.py").as_uri()
    assert example is not None
    assert (example.path, example.text) == (
        "checks/test_tax.py",
        "def test_tax():\n    pass",
    )


async def test_without_a_worker_a_test_stands_where_the_language_has_it(
    root: Path,
) -> None:
    (root / "tests").unlink()
    document, example = await new_test(cast("Context", Worker(None)), *shown(root))
    assert document.uri == (root / "tests" / "test_pay.py").as_uri()
    assert example is None


async def test_an_edit_is_tried_in_its_repository_and_in_no_other_folder(
    root: Path,
) -> None:
    file, lone = root / "pay.py", root.parent / "elsewhere" / "a.py"
    assert where(lone.as_uri(), Related()).root is None
    assert await in_repository(file.as_uri(), None) == Target(file=file, root=root)
    assert await in_repository(lone.as_uri(), None) == Target(file=lone, root=None)
    inner = root / "checks"
    known = await in_repository((inner / "a.py").as_uri(), inner)
    assert known.root == inner


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("file:///a.py", True),
        ("FILE:///a.py", True),
        ("untitled:Untitled-1", False),
        ("vscode-notebook-cell:/project/n.ipynb#c1", False),
    ],
)
def test_only_a_file_is_on_the_disk(uri: str, *, expected: bool) -> None:
    assert on_disk(uri) is expected
