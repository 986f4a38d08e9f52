"""The tables and the picture."""

from pathlib import Path

from bench.engine import beside, clients, first
from bench.engine.asking import Asked
from bench.engine.plot import drawn
from bench.engine.table import Figures, tables
from bench.windows import Pair
from bench.windows import table as windows_table
from tests.unit.bench_typing.machine import MACHINE

COLD = first.Medians(
    first_ms=1234.5, per_token_ms=3.0, whole_ms=1300.0, tokens=32, uncached=2048
)
CACHED = first.Medians(
    first_ms=10.0, per_token_ms=None, whole_ms=11.0, tokens=1, uncached=None
)
FIRST = first.Row(
    engine="embedded", prompt_tokens=2048, times=5, cold=COLD, cached=CACHED
)


def figures() -> Figures:
    asked = [Asked(prompt_tokens=1, first_ms=10.0, whole_ms=20.0)] * 3
    return Figures(
        model="demo",
        device="cpu",
        window_tokens=16_384,
        first=[FIRST],
        beside=[beside.row("one engine", (asked, asked, []), (100.0, 50.0))],
        clients=[
            clients.row(4, [*asked, Asked(prompt_tokens=1)], 1.5),
        ],
        notes=["No two engines: why."],
    )


def test_tables_tell_what_was_measured() -> None:
    text = tables(figures(), MACHINE, "seed 0")
    assert "| embedded | 2,048 | 5 | 1,234.5 / 10.0 | 3.0 / - |" in text
    assert (
        "| one engine | 10.0 / 10.0 | 10.0 / 10.0 | - | 1.00 | 20.0 / 20.0 | 20.0 / 20.0 "
        "| - | 1.00 | 100 / 50 | 3, 3, 0 |"
    ) in text
    assert "| 4 | 4 | 10.0 / never | 20.0 / never | 2.0 | - | 25.0 |" in text
    assert text.endswith("No two engines: why.")
    assert "vllm serve" not in text


def test_every_row_has_a_cell_for_each_column() -> None:
    lines = tables(figures(), MACHINE, "seed 0").splitlines()
    rows = [line.count("|") for line in lines]
    ruled = [number for number, line in enumerate(lines) if line.startswith("|---")]
    assert len(ruled) == 3
    for number in ruled:
        assert rows[number - 1] == rows[number] == rows[number + 1]


def test_the_picture_leaves_out_what_was_not_measured(tmp_path: Path) -> None:
    file = tmp_path / "engine.svg"
    drawn(figures(), file)
    text = file.read_text()
    assert text.startswith("<svg ")
    # Cold and cached to the first token, cold alone after it, and p50 of the clients.
    assert text.count("<circle") == 4
    drawn(Figures(model="m", device="d", window_tokens=1), file)
    assert "<circle" not in file.read_text()


def test_windows_are_told_by_their_way() -> None:
    def pair(way: str, second_s: float, left: tuple[str, ...] = ()) -> Pair:
        return Pair(
            way=way,
            engines=1,
            first_s=20.0,
            second_s=second_s,
            first_mib=1_000,
            both_mib=1_100,
            left=left,
        )

    pairs = [pair("one host", 1.0), pair("standalone", 20.0), pair("one host", 3.0)]
    text = windows_table(pairs, MACHINE)
    assert "| one host | 2 | 1 | 20.0 (20.0 to 20.0) | 2.0 (1.0 to 3.0) |" in text
    assert text.endswith("Left behind: nothing.")
    text = windows_table([*pairs, pair("one host", 1.0, ("process 1: x",))], MACHINE)
    assert text.endswith("Left behind: process 1: x.")
