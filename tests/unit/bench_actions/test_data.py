"""The cases are what they say, by the tools that are everywhere: our own, g++ and bash."""

import pytest

from bench.actions.cases import DATA, Case, chosen, read_cases, read_tools
from bench.actions.verify import unsound_case, unsound_project

LANGUAGES = ("python", "cpp", "bash")
CASES = chosen(read_cases(), languages=LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_repository_is_right(language: str) -> None:
    assert [*unsound_project(read_tools(DATA / language))] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_is_found_and_its_diagnostic_is_what_the_tool_says(case: Case) -> None:
    assert [*unsound_case(case)] == []
