"""What is printed of figures that are known."""

from dataclasses import replace

from bench.infilling.forms import Form
from bench.infilling.score import Row, Scored, gains, rows
from bench.infilling.table import table
from bench.metrics import wilson
from bench.sandbox import Ending

ROW = Row(
    way="psm",
    form=Form.PAPER,
    tasks=200,
    passed=0.745,
    passed_interval=wilson(149, 200),
    exact=0.05,
    exact_interval=wilson(10, 200),
    mean_tokens=12.345,
    timed_out=0,
    refused=0,
    cut=0,
)


def answers(way: str, form: Form, passes: str) -> list[Scored]:
    """``passes`` has a letter for each task: + passed, . did not, t timed out."""
    endings = {"+": Ending.PASSED, ".": Ending.FAILED, "t": Ending.TIMED_OUT}
    return [
        Scored(
            task=f"{number}",
            way=way,
            form=form,
            ending=endings[sign],
            detail="",
            exact=sign == "+" and not number,
            tokens=number,
            finish="stop",
            cut=False,
            answer="",
        )
        for number, sign in enumerate(passes)
    ]


def test_a_row_tells_shares_intervals_and_tokens() -> None:
    printed = table([ROW, replace(ROW, form=Form.SHOWN, passed=1.0)], [], "multi-line")
    line = next(line for line in printed.splitlines() if line.startswith("psm"))
    assert line.split() == [
        *("psm", "74.5", "[68.0,", "80.0]", "5.0", "[2.7,", "9.0]", "12.3"),
        *("100.0", "[68.0,", "80.0]", "5.0", "[2.7,", "9.0]", "12.3"),
        *("48.2", "51.0"),
    ]


def test_what_bends_the_figures_is_said() -> None:
    assert "did not fit" not in table([ROW], [], "single-line")
    assert "3 prompts did not fit" in table([replace(ROW, cut=3)], [], "single-line")
    late = table([replace(ROW, timed_out=2)], [], "single-line")
    assert "2 programs did not end in time" in late
    refused = table([replace(ROW, refused=4)], [], "single-line")
    assert "4 requests were refused" in refused


def test_each_layout_is_compared_with_the_first_over_the_same_tasks() -> None:
    ways = ["psm", "spm"]
    scored = [
        *answers("psm", Form.PAPER, "+..t"),
        *answers("spm", Form.PAPER, "++.."),
        *answers("psm", Form.SHOWN, "++++"),
        *answers("spm", Form.SHOWN, "...."),
    ]
    summed = rows(scored, ways)
    assert [(row.way, row.form, row.passed) for row in summed] == [
        ("psm", Form.PAPER, 0.25),
        ("spm", Form.PAPER, 0.5),
        ("psm", Form.SHOWN, 1),
        ("spm", Form.SHOWN, 0),
    ]
    assert [row.timed_out for row in summed] == [1, 0, 0, 0]
    assert [row.exact for row in summed] == [0.25, 0.25, 0.25, 0]
    assert summed[0].mean_tokens == 1.5
    compared = gains(scored, ways, seed=0)
    assert [gain.passed.mean for gain in compared] == [0.25, -1]
    printed = table(summed, compared, "single-line").splitlines()
    line = next(line for line in printed if line.startswith("spm") and "+" in line)
    assert line.split() == [
        *("spm", "+25.0", "[+0.0,", "+75.0]", "-100.0", "[-100.0,", "-100.0]")
    ]
