"""Whether the cases are what they say: right repositories, real faults, true diagnostics."""

from collections.abc import Iterator, Sequence

from bench.actions.cases import Case, Tools, project_files
from bench.actions.tools import checked, copied, missing
from lsp_server.actions.catalogue import Name

_TESTS_AT = {
    "python": "tests/test_new.py",
    "cpp": "tests/test_new.cpp",
    "java": "src/test/java/org/rooms/SlotTest.java",
    "php": "tests/NewTest.php",
    "typescript": "tests/new.test.ts",
    "csharp": "Tests/NewTests.cs",
    "bash": "tests/new_test.sh",
}


def unsound_project(tools: Tools) -> Iterator[str]:
    """Yield what is wrong with a repository that should be right; raises NoJail."""
    with copied(project_files(tools)) as project:
        for name in tools.commands:
            if not missing(tools, name):
                verdict = checked(tools, name, project)
                if not verdict.passed:
                    yield f"{tools.language}: {name}: {verdict.said}"


def unsound_case(case: Case) -> Iterator[str]:
    """Yield what is wrong with a case; raises NoJail.

    A fault must be found by its tool, in its line and words, and tests must fail where
    nobody but a new test looks.
    """
    if case.diagnostic is not None:
        yield from _unsaid(case, case.diagnostic.tool, case.diagnostic.message)
    if case.action is Name.TESTS and not missing(case.tools, "tests"):
        yield from _untested(case)


def _unsaid(case: Case, tool: str, message: str) -> Iterator[str]:
    if missing(case.tools, tool):
        return
    with copied(case.files) as project:
        said = checked(case.tools, tool, project)
    line = str(case.before.count("\n", 0, case.place.start) + 1)
    told = [one for one in said.said.splitlines() if message in one and line in one]
    if said.passed or not told:
        yield f"{case.name}: {tool} says nothing of it in line {line}: {said.said}"


def _untested(case: Case) -> Iterator[str]:
    with_tests = {**case.files, _TESTS_AT[case.language]: case.answer}
    texts: Sequence[tuple[str, str, bool]] = [
        ("the right tests", case.after, True),
        *(
            (f"fault {number}", text, False)
            for number, text in enumerate(case.mutants, 1)
        ),
    ]
    for what, text, passes in texts:
        with copied({**with_tests, case.file: text}) as project:
            if checked(case.tools, "tests", project).passed is not passes:
                yield f"{case.name}: with new tests, {what}: {'fails' if passes else 'passes'}"
    for number, text in enumerate(case.mutants, 1):
        with copied({**case.files, case.file: text}) as project:
            if not checked(case.tools, "tests", project).passed:
                yield f"{case.name}: fault {number} is found without new tests"
