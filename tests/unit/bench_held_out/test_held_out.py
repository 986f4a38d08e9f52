"""Which holes are made, what is gathered for them, and how answers are summed up."""

from pathlib import Path

import pytest

from bench.held_out.__main__ import main
from bench.held_out.context import Given, gathered, windows
from bench.held_out.places import Kind, drawn
from bench.held_out.summary import Scored, rows, table
from lsp_server.ghost.shape import indentation
from tools.demo_model.corpus import Corpus, File, save

BODY = "".join(
    f"def function_{n}(argument):\n    value = argument + {n}\n\n    return value\n\n\n"
    for n in range(30)
)


def files() -> list[File]:
    return [
        File("pack", "a.py", "python", BODY),
        File("pack", "b.java", "java", BODY.replace("def", "int")),
    ]


def test_the_same_seed_draws_the_same_places() -> None:
    assert [*drawn(files(), 5, 1)] == [*drawn(files(), 5, 1)]
    assert [*drawn(files(), 5, 1)] != [*drawn(files(), 5, 2)]


def test_each_kind_and_language_gets_its_places() -> None:
    places = [*drawn(files(), 7, 0)]
    counts = {
        (language, kind): sum(
            place.file.language == language and place.kind is kind for place in places
        )
        for language in ("java", "python")
        for kind in Kind
    }
    assert set(counts.values()) == {7}
    assert len({(p.file.path, p.kind, len(p.prefix)) for p in places}) == len(places)


@pytest.mark.parametrize("seed", range(5))
def test_a_place_is_a_hole_in_its_file(seed: int) -> None:
    for place in drawn(files(), 5, seed):
        assert place.prefix + place.truth + place.suffix == place.file.text
        if place.kind is Kind.LINE:
            assert "\n" not in place.truth
            assert place.suffix.startswith("\n")
            assert len(place.truth.strip()) >= 3
        else:
            above = place.prefix.rpartition("\n")[2]
            for line in place.truth[1:].split("\n"):
                assert not line.strip() or indentation(line) > indentation(above)
            assert place.suffix.startswith("\n")


def test_context_is_of_other_files_of_the_package_the_likest_last() -> None:
    known = windows([
        File("pack", "here.py", "python", "alpha beta gamma\n"),
        File("pack", "near.py", "python", "alpha beta gamma delta\n"),
        File("pack", "far.py", "python", "alpha other words here\n"),
        File("pack", "none.py", "python", "nothing like that\n"),
        File("pack", "java.java", "java", "alpha beta gamma\n"),
        File("other", "near.py", "python", "alpha beta gamma\n"),
    ])  # fmt: skip
    here = known[0].file
    assert gathered(here, "alpha beta gamma", known, 3).text == (
        "# far.py\n# alpha other words here\n"
        "# near.py\n# alpha beta gamma delta\n"
    )  # fmt: skip
    assert gathered(here, "alpha beta gamma", known, 1).text.startswith("# near.py\n")
    assert gathered(here, "unheard_of", known, 3) == Given()
    assert gathered(here, "alpha beta gamma", known, 2).score == 3 / 4


def scored(context: bool, answer: str, similarity: float) -> Scored:
    return Scored(
        language="python",
        kind=Kind.LINE,
        context=context,
        file="pack/a.py",
        exact=similarity == 1,
        similarity=similarity,
        kept=similarity if answer else None,
        prompt_tokens=1,
        answer=answer,
        truth="x",
        score=similarity if context else None,
    )


def test_answers_are_summed_up_without_and_with_context() -> None:
    given = [scored(False, "", 0), scored(True, "x", 1)] * 3
    given += [scored(False, "y", 0.5), scored(True, "x", 1)]
    python, every = rows(given, seed=0)
    assert (python.language, every.language, python.places) == ("python", "all", 4)
    assert python.exact == (0, 1)
    assert python.similarity == (0.125, 1)
    assert python.kept == (0.5, 1)
    assert python.shown == (0.25, 1)
    assert python.gain.mean == pytest.approx(0.875)
    assert "| line | python | 4 | 0.0 / 100.0 | 12.5 / 100.0 | +87.5 [" in table([python])  # fmt: skip


def test_what_is_no_corpus_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "corpus.json.gz"
    assert main(["--corpus", str(path)]) == 1
    path.write_bytes(b"nonsense")
    assert main(["--corpus", str(path)]) == 1
    save(Corpus(training=[], held_out=[], packages=[]), path)
    assert main(["--corpus", str(path)]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 3
    assert "not a corpus" in told
    assert "holds no held-out files" in told
