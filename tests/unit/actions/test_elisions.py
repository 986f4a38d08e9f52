import pytest

from lsp_server.actions.elisions import elision, is_stub

ELISIONS = [
    "# ... rest of code",
    "// existing code here",
    "// ... existing code ...",
    "/* unchanged */",
    "...",
    "…",
    "# ...",
    "// rest of the function remains the same",
    "# (rest of the class is unchanged)",
    " * ... other methods ...",
    "// Your code goes here",
    "# Remaining methods stay as they were",
    "// TODO: implement",
    "# implement the rest here",
    "<!-- the rest of the file -->",
    "x = 1  # ... same as before",
    "// The rest of the code is omitted for brevity",
    "# no changes",
    "-- previous implementation",
]
CODE = [
    "x = [1, ...]",
    "f(...args)",
    "function f(...rest) {",
    "# Unchanged lines are encoded once, from the cache.",
    "// Existing users keep their settings.",
    "# the rest is history",
    "// TODO(anna): remove in version 2",
    "def f(x: int) -> int: ...",
    "print('...')",
    "# Loading...",
    "case $1 in",
    "// Skip the other fields: they are read lazily, by whoever asks for them first",
    "# same length",
]


@pytest.mark.parametrize("line", ELISIONS)
def test_a_line_that_stands_for_code_is_found(line: str) -> None:
    assert elision(["a = 1", f"    {line}", "b = 2"], []) == line.strip()


@pytest.mark.parametrize("line", CODE)
def test_code_and_true_comments_stand_for_themselves(line: str) -> None:
    assert elision([line], []) is None


def test_what_stood_there_is_no_elision() -> None:
    assert elision(["  # ..."], ["# ..."]) is None
    assert elision(["# ...", "# ..."], ["# ..."]) == "# ..."


def test_bodies_of_protocols_are_dots() -> None:
    assert (
        elision(["class A(Protocol):", "    def f(self):", "        ..."], []) is None
    )
    assert elision(["class A:", "    def f(self):", "        ..."], []) == "..."


@pytest.mark.parametrize(
    ("body", "stub"),
    [
        (["pass"], True),
        (["# TODO", "raise NotImplementedError('f')"], True),
        (["throw new UnsupportedOperationException();"], True),
        (['throw new Error("not implemented yet");'], True),
        ([], True),
        (["return 1"], False),
        (['throw new Error("no such file");'], False),
        (["raise ValueError"], False),
    ],
)
def test_a_stub_does_nothing(body: list[str], stub: bool) -> None:
    assert is_stub(body) == stub
