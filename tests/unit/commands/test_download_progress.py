"""What a download says of itself: at a terminal, and in a log."""

import io

import pytest

from lsp_server.commands.download_progress import DownloadProgress, duration

MIB = 1 << 20


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(
    out: io.StringIO, total: int, *reports: tuple[float, str, int], end: bool = True
) -> str:
    """Return what is written for reports of (second, file, bytes that are there)."""
    seconds = iter([second for second, _, _ in reports])
    progress = DownloadProgress(out, total, lambda: next(seconds))
    for _, file, done in reports:
        progress(file, done)
    if end:
        progress.end()
    return out.getvalue()


def test_a_log_gets_a_line_for_each_file_and_each_tenth() -> None:
    said = told(
        io.StringIO(),
        100 * MIB,
        (0, "a.json", 0),
        (1, "b.safetensors", 1 * MIB),
        (2, "b.safetensors", 2 * MIB),
        (3, "b.safetensors", 9 * MIB),
        (4, "b.safetensors", 40 * MIB),
        (5, "b.safetensors", 49 * MIB),
        (10, "b.safetensors", 100 * MIB),
    )
    assert said.splitlines() == [
        "  0%  0 B of 100.0 MiB  a.json",
        "  1%  1.0 MiB of 100.0 MiB  1.0 MiB/s  1 min 39 s left  b.safetensors",
        " 40%  40.0 MiB of 100.0 MiB  10.0 MiB/s  6 s left  b.safetensors",
        "100%  100.0 MiB of 100.0 MiB  10.0 MiB/s  0 s left  b.safetensors",
    ]


def test_what_an_earlier_download_left_came_at_no_speed() -> None:
    said = told(
        io.StringIO(), 100 * MIB, (0, "a", 50 * MIB), (10, "a", 60 * MIB), end=False
    )
    assert said.splitlines()[-1] == (
        " 60%  60.0 MiB of 100.0 MiB  1.0 MiB/s  40 s left  a"
    )


def test_speed_is_that_of_the_last_ten_seconds() -> None:
    slow = [(second, "a", second * MIB) for second in range(5)]
    fast = [(20 + second, "a", (10 + 8 * second) * MIB) for second in range(6)]
    said = told(io.StringIO(), 100 * MIB, *slow, *fast)
    assert "8.0 MiB/s" in said.splitlines()[-1]


def test_a_terminal_gets_one_line_that_is_drawn_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = told(
        Terminal(),
        100 * MIB,
        (0, "a", 0),
        (0.1, "a", 1 * MIB),
        (2, "a", 50 * MIB),
        (4, "a", 100 * MIB),
    )
    drawn = [line.rstrip() for line in said.split("\r")]
    assert drawn == [
        "",
        "[....................]   0%  0 B of 100.0 MiB  a",
        "[##########..........]  50%  50.0 MiB of 100.0 MiB  25.0 MiB/s  2 s left  a",
        "[####################] 100%  100.0 MiB of 100.0 MiB  25.0 MiB/s  0 s left  a",
    ]
    assert said.count("\n") == 1
    assert said.endswith("\n")


def test_nothing_drawn_needs_no_line_end() -> None:
    assert told(Terminal(), MIB) == ""


def test_more_than_was_announced_is_all_of_it() -> None:
    assert told(io.StringIO(), 10, (0, "a", 20)).startswith("100%")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (60, "1 min 0 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (9000, "2 h 30 min"),
    ],
)
def test_time_is_told_as_people_say_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said
