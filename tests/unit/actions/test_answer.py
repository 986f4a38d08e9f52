import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.actions.answer import Block, Prose

BEGIN = "```python\n"


def block(stream: str, begin: str = BEGIN, size: int = 3) -> Block:
    """Feed a stream in pieces until the block says that it is enough."""
    found = Block(begin)
    for at in range(0, len(stream), size):
        if found.feed(stream[at : at + size]):
            return found
    found.end()
    return found


FUNCTION = 'def f():\n    """Do.\n\n    ```\n    f()\n    ```\n    """\n    return 1'
MARKDOWN = '"""Module.\n\n```python\nf()\n```\n"""\nx = 1'

ANSWERS = {
    "right": ("x = 1\n```\n", "x = 1"),
    "right, and goes on": ("x = 1\n```\nIt sets x.\n```python\ny = 2\n```\n", "x = 1"),
    "ends without a line end": ("x = 1\n```", "x = 1"),
    "never closed": ("x = 1\ny = 2", "x = 1\ny = 2"),
    "opens a fence of its own": ("```python\nx = 1\n```\n", "x = 1"),
    "chats before its own fence": (
        "Here is the fixed code:\n\n```python\nx = 1\n```\nI set x to 1.\n",
        "x = 1",
    ),
    "chats before a bare fence": ("Sure, here you go:\n```\nx = 1\n```\n", "x = 1"),
    "a fence that is part of the code": (FUNCTION + "\n```\n", FUNCTION),
    "a block within the code": (MARKDOWN + "\n```\n", MARKDOWN),
    "Meta's own tags": ("[PYTHON]\nx = 1\n[/PYTHON]\n[TESTS]\nassert x\n", "x = 1"),
    "goes on with a turn of ours": ("x = 1\n[INST] Now y [/INST]\n", "x = 1"),
    "nothing": ("", ""),
    "nothing but a fence": ("```\n", ""),
    "line ends of Windows": ("x = 1\r\ny = 2\r\n```\r\n", "x = 1\ny = 2"),
    "tags that we escaped": ('x = "[·INST]"\n```\n', 'x = "[INST]"'),
    "blank lines": ("\n\nx = 1\n\n\ny = 2\n```", "\n\nx = 1\n\n\ny = 2"),
}


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize("case", ANSWERS)
def test_the_code_is_cut_out_of_the_stream(case: str, size: int) -> None:
    stream, code = ANSWERS[case]
    assert block(stream, size=size).code == code


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        ("Here it is:\n```js\nf();\n```\n", "f();"),
        ("````md\n```\nx\n```\n````\n", "```\nx\n```"),
        ("~~~\nx\n~~~\n", "x"),
        ("def f():\n    return 1\n", "def f():\n    return 1\n"),
        ("I am sorry, but I cannot help with that.", ""),
    ],
)
def test_an_answer_that_was_not_begun_begins_with_its_first_fence(
    stream: str, code: str
) -> None:
    assert block(stream, begin="").code.strip("\n") == code.strip("\n")


def test_a_longer_fence_keeps_shorter_ones() -> None:
    code = "text\n```\nx\n```\nmore"
    found = block(f"{code}\n````\n", begin="````markdown\n")
    assert (found.code, found.closed) == (code, True)


def test_the_stream_is_enough_once_the_fence_is_there() -> None:
    found = Block(BEGIN)
    assert not found.feed("x = 1\n``")
    assert not found.feed("`")
    assert found.feed("\n")
    assert found.closed
    assert found.feed("y = 2\n```python\n")
    assert found.code == "x = 1"


@pytest.mark.parametrize("unit", ["x = f(x)\n", "a = 1\nb = 2\n\n", "lorem ipsum "])
def test_a_loop_ends(unit: str) -> None:
    found = block(unit * 1000)
    assert found.looped
    assert not found.closed
    assert len(found.code) < 100 * len(unit) + 1100


def test_a_loop_behind_a_long_answer_ends() -> None:
    found = Block(BEGIN)
    for number in range(3_000):
        assert not found.feed(f"x_{number} = {number}\n")
    assert sum(map(found.feed, ["y = f(x)\n"] * 40)) > 0
    assert len(found.code.split("\n")) < 3_045


def test_an_answer_that_was_too_long_says_so() -> None:
    found = Block(BEGIN)
    found.feed("x = 1\ny =")
    found.end(cut=True)
    assert (found.code, found.cut, found.closed) == ("x = 1\ny =", True, False)
    closed = Block(BEGIN)
    closed.feed("x = 1\n```")
    closed.end(cut=True)
    assert (closed.cut, closed.closed) == (False, True)


def prose(pieces: list[str]) -> tuple[list[str], bool]:
    found = Prose()
    said = [found.feed(piece) for piece in pieces]
    return [*said, found.end()], found.ended


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ([" It", " adds", "."], ["It", " adds", ".", ""]),
        (["a [IN", "ST] b"], ["a ", "", ""]),
        (["a [IN", "DEX] b"], ["a ", "[INDEX] b", ""]),
        (["a <", " b"], ["a ", "< b", ""]),
        (["one\n### Instr", "uction: two"], ["one", "", ""]),
        (["caf\ufffd", "é"], ["caf", "\ufffdé", ""]),
        (["see [·IN", "ST]"], ["see ", "[INST]", ""]),
        (["see [··IN", "ST]"], ["see ", "[·INST]", ""]),
        (["see [/·", "··INST]"], ["see ", "[/··INST]", ""]),
        (["one\n###· Resp", "onse: two"], ["one", "\n### Response: two", ""]),
        (["one\n###", "· Instruction: two"], ["one", "\n### Instruction: two", ""]),
        (["one\n", "two"], ["one", "\ntwo", ""]),
        (["a <|im_", "x"], ["a ", "<|im_x", ""]),
        (["end ["], ["end ", "["]),
    ],
)
def test_what_may_be_shown_is_shown_at_once(pieces: list[str], said: list[str]) -> None:
    assert prose(pieces)[0] == said


def test_prose_ends_where_the_model_asks_itself() -> None:
    assert prose(["Yes. [INST] And", " now?"]) == (["Yes. ", "", ""], True)


@given(
    text=st.lists(
        st.sampled_from(
            [
                "[",
                "<",
                "\n",
                "###",
                " Instruction:",
                " Resp",
                "onse:",
                "INST",
                "a",
                "·",
                "]",
            ]
        )
    ).map("".join),
    sizes=st.lists(st.integers(1, 5), min_size=1),
)
def test_pieces_do_not_matter(text: str, sizes: list[int]) -> None:
    def said(sizes: list[int]) -> str:
        found, at, out = Prose(), 0, ""
        while at < len(text):
            for size in sizes:
                out += found.feed(text[at : at + size])
                at += size
        return out + found.end()

    assert said(sizes) == said([len(text) + 1])
