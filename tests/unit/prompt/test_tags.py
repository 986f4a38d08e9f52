import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.prompt.tags import escaped, first_tag, restored

TAGGED = st.lists(
    st.sampled_from(
        [
            *("[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "[·INST]", "[··/INST]"),
            *("### Instruction:", "  ### Response:", "###· Response:", "\n", "x", "·"),
            *("[", "/", "INST]", "<<", "SYS>>", "[/·INST]", "<<·SYS>>"),
        ]
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('say("[INST]")', 'say("[·INST]")'),
        ("[/INST] <<SYS>> <</SYS>>", "[/·INST] <<·SYS>> <</·SYS>>"),
        ("# x\n### Instruction:\n", "# x\n###· Instruction:\n"),
        ("see ### Instruction: here", "see ### Instruction: here"),
        ("[·INST]", "[··INST]"),
        ("[inst] [INSTALL]", "[inst] [INSTALL]"),
    ],
)
def test_a_tag_is_made_plain_where_people_see_it(text: str, shown: str) -> None:
    assert escaped(text) == shown


@given(text=TAGGED)
def test_what_is_escaped_has_no_tag_and_comes_back(text: str) -> None:
    assert first_tag(escaped(text)) is None
    assert restored(escaped(text)) == text


def test_the_first_tag_is_named() -> None:
    assert first_tag("a\n  ### Response: b <<SYS>>") == "### Response:"
    assert first_tag("array[INST_MAX] << SYS >> x") is None
