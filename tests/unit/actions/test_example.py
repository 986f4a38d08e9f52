"""The test that is shown to be imitated, and what has to make room for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from lsp_server.actions.example import example_at, with_example
from retrieval.source import Snippet

TEST = "".join(f"def test_{number}():\n    pass\n" for number in range(100))


@pytest.fixture
def example(tmp_path: Path) -> Snippet:
    (tmp_path / "test_a.py").write_text(TEST)
    found = example_at(tmp_path, "test_a.py")
    assert found is not None
    return found


def other(path: str, tokens: int) -> Snippet:
    return Snippet(
        path=path, start_line=0, end_line=0, text="x", tokens=tokens, score=0.0, why=""
    )


def test_its_first_lines_are_shown(example: Snippet) -> None:
    assert TEST.startswith(example.text)
    assert example.end_line == 79
    assert example.text.count("\n") == 79


@pytest.mark.parametrize("name", [".env", "gone.py", "../test_a.py"])
def test_what_nobody_may_read_is_no_example(tmp_path: Path, name: str) -> None:
    (tmp_path / ".env").write_text("TOKEN=1\n")
    assert example_at(tmp_path, name) is None


def test_it_stands_last_and_once(example: Snippet) -> None:
    given = [other("a.py", 1), replace(example, end_line=0, text="def test_0():")]
    shown = with_example(given, example, 100_000)
    assert [one.path for one in shown] == ["a.py", "test_a.py"]
    assert shown[-1].text == example.text


@pytest.mark.parametrize("budget", [10, 100, 1000, 3000])
def test_all_stay_within_the_budget(example: Snippet, budget: int) -> None:
    given = [other("bad.py", budget // 2), other("good.py", budget // 2)]
    shown = with_example(given, example, budget)
    assert sum(one.tokens for one in shown) <= budget
    assert "good.py" in [one.path for one in shown]
    assert all(one.tokens <= budget // 3 for one in shown if one.path == "test_a.py")
