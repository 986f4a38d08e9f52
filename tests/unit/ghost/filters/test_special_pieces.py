import pytest

from lsp_server.ghost.filters import special_pieces
from lsp_server.prompt.families import FAMILIES
from tests.unit.ghost.places import place

PIECES = sorted(
    {piece for family in FAMILIES for piece in family.special}
    - {"<s>", "</s>", "<bos>", "<eos>"}
)


@pytest.mark.parametrize("piece", PIECES)
def test_an_answer_ends_before_a_piece_of_any_family(piece: str) -> None:
    assert special_pieces.apply(f"a{piece}b", place("‸")) == "a"


@pytest.mark.parametrize(
    "rest", ["<EO", " <EOT", "<|endoft", "<fim_mi", "</s>", "<|fim<EOT>"]
)
def test_nor_does_it_end_with_half_a_piece(rest: str) -> None:
    assert special_pieces.apply(f"a{rest}", place("‸")) == "a"


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        pytest.param("‸", "a < EOT", id="a comparison"),
        pytest.param("‸", "<EOTHER>", id="a word that begins so"),
        pytest.param("‸", "<s>a</s>.", id="a tag"),
        pytest.param("‸", 'f("<EOT>")', id="a string of its own"),
        pytest.param("# <EOT>\n‸", "a<EOT>", id="a document that speaks of it"),
    ],
)
def test_anything_else_is_left_as_it_is(drawn: str, text: str) -> None:
    assert special_pieces.apply(text, place(drawn)) == text
