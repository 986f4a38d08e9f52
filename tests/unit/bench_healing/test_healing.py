"""The judgement of token healing: its places, and what it makes of the outcomes."""

from pathlib import Path

import pytest

from bench.healing import Judged, Outcome, compared, main, table
from bench.healing_places import Place, chosen, read_files
from tests.marked import at

TEXT = "def compute(first, second):\n    return first + second\n\n\nprint(compute(1, 2))\n"  # fmt: skip


def test_the_same_seed_chooses_the_same_places() -> None:
    texts = [("a.py", TEXT), ("b.py", TEXT.replace("compute", "other"))]
    assert chosen(texts, 20, 1) == chosen(texts, 20, 1)
    assert chosen(texts, 20, 1) != chosen(texts, 20, 2)


def test_a_place_is_inside_a_token_and_its_middle_is_what_was_there() -> None:
    for place in chosen([("a.py", TEXT)], 25, 0):
        cursor = place.cursor
        above = "".join(cursor.document.lines[: cursor.line])
        below = "".join(cursor.document.lines[cursor.line + 1 :])
        whole = f"{above}{cursor.before}{place.middle}{cursor.after}"
        rest = TEXT.removeprefix(whole)
        assert TEXT.startswith(whole)
        assert rest.endswith(below)
        last, first = cursor.before[-1], place.middle[0]
        assert (last.isalnum() and first.isalnum()) if place.where == "in a word" else last == " "  # fmt: skip
        if place.cut == "line":
            assert "\n" not in place.middle


def test_too_few_places_are_told() -> None:
    with pytest.raises(ValueError, match="only 0 places, not 3"):
        chosen([("a.py", "a\nb\n")], 3, 0)


def test_files_that_are_no_source_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(TEXT)
    (tmp_path / "latin.py").write_bytes(b"\xe9")
    (tmp_path / "binary.py").write_bytes(b"a\0b")
    (tmp_path / "large.py").write_text("x = 1\n" * 50_000)
    (tmp_path / "other.txt").write_text(TEXT)
    assert read_files([tmp_path], "*.py") == [("good.py", TEXT)]


def judged(*likelihoods: float) -> Judged:
    """Return a place with the log-likelihoods of PSM, SPM and healed SPM."""
    place = Place(
        name="a.py", cursor=at("a‸"), middle="b", cut="line", where="in a word"
    )
    return Judged(
        place=place,
        outcomes=tuple(
            Outcome(exact=nats > -1, nats_per_character=nats, answer="b")
            for nats in likelihoods
        ),
        taken_back=1,
        at_boundary=True,
    )


def test_a_clear_difference_is_told_with_its_interval() -> None:
    found = compared([judged(-3, -5, -2)] * 10, seed=0)
    healed = next(one for one in found if one.pair == ("healed", "SPM"))
    assert healed.nats_per_character.mean == 3
    assert healed.nats_per_character.interval.low == 3
    assert healed.tells
    assert "too weak" not in table([judged(-3, -5, -2)] * 10, found)


def test_a_difference_that_may_be_chance_is_told_as_that() -> None:
    mixed = [judged(-3, -3, -2), judged(-3, -3, -4)] * 10
    found = compared(mixed, seed=0)
    printed = table(mixed, found)
    assert "healed - PSM: the model is too weak to tell" in printed


def test_exact_matches_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared([judged(-3, -3, -0.5), judged(-3, -3, -3)], seed=0)
    healed = next(one for one in found if one.pair == ("healed", "PSM"))
    assert healed.exact.mean == 0.5
    assert main(["--corpus", "none.gz", "--places", "1"]) == 1
    assert "not a corpus" in capsys.readouterr().err
