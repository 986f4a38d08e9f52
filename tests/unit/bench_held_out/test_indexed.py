"""What the index gives at a place of a held-out package."""

from bench.held_out.indexed import indexed
from bench.held_out.places import Kind, Place
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.prompt.infill import load
from tools.demo_model.corpus import File

PREFIX = "from other import delivered_parcels\n\n\ndef count():\n    return deliver"
HERE = File("pack", "here.py", "python", f"{PREFIX}ed_parcels(secret_truth)\n")
PLACE = Place(
    file=HERE,
    kind=Kind.LINE,
    prefix=PREFIX,
    truth="ed_parcels(secret_truth)",
    suffix="\n",
)
FILES = [
    HERE,
    File("pack", "other.py", "python", "def delivered_parcels(parcels):\n    return 1\n"),
    File("elsewhere", "other.py", "python", "def delivered_parcels(letters):\n    return 2\n"),
]  # fmt: skip
ENCODER = load(DEMO_FOLDER).encoder


def gathered(budget: int) -> str:
    with indexed(FILES, budget=budget, threshold=False, shown_lines=100) as gather_at:
        return gather_at(PLACE, ENCODER).text


def test_context_is_of_other_files_of_the_package() -> None:
    text = gathered(1_000)
    assert "# other.py\n" in text
    assert "# def delivered_parcels(parcels):\n" in text
    assert "letters" not in text
    assert "here.py" not in text
    assert "secret_truth" not in text


def test_context_keeps_to_its_budget() -> None:
    assert 0 < len(ENCODER.encode_infilling(gathered(60))) <= 60
