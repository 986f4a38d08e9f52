"""``codellama-lsp stats``: what is printed, and what ``--clear`` leaves."""

import json
import time

import pytest

from lsp_server.commands.stats import stats
from lsp_server.settings import state_path
from lsp_server.stats.events import (
    Accepted,
    Event,
    Generated,
    Kept,
    Missed,
    Offer,
    Partly,
    Source,
    Unanswered,
)
from lsp_server.stats.store import FILE, Store

Capture = pytest.CaptureFixture[str]
DAY_S = 86_400


def offer(
    offer_id: str,
    source: Source,
    milliseconds: float,
    days: int = 0,
    characters: int = 10,
) -> Offer:
    return Offer(
        id=offer_id,
        time=time.time() - days * DAY_S,
        language="python" if offer_id != "3" else "go",
        characters=characters,
        lines=1,
        tokens=3,
        milliseconds=milliseconds,
        source=source,
        automatic=True,
    )


def generated(tokens: int, shown: int) -> Generated:
    return Generated(
        id="1",
        time=time.time(),
        language="python",
        source=Source.ENGINE,
        tokens=tokens,
        shown=shown,
        milliseconds=200,
    )


def write(*events: Event) -> None:
    store = Store(state_path())
    store.write(events)
    store.close()


def used() -> None:
    write(
        offer("1", Source.ENGINE, 210.4),
        offer("2", Source.MEMORY, 0.6),
        offer("3", Source.AHEAD, 1.4),
        offer("1 typed along", Source.MEMORY, 0.5, characters=0),
        offer("4", Source.RUNNING, 1640.0, days=20),
        Accepted("1"),
        Partly("2", 5),
        Kept(id="1", look=0, share=1.0),
        Kept(id="1", look=1, share=0.905),
        generated(1200, 300),
        Missed(time=time.time(), language="go", why=Unanswered.SUPERSEDED),
    )


def test_nothing_yet_is_said_in_words(capsys: Capture) -> None:
    assert stats(days=30, as_json=False, clear_all=False) == 0
    said = capsys.readouterr().out
    assert said.startswith("There is nothing yet of the last 30 days.\n")
    assert "codellama.stats.enabled" in said
    assert not state_path().exists()


def test_figures_are_a_page_of_aligned_words(capsys: Capture) -> None:
    used()
    assert stats(days=7, as_json=False, clear_all=False) == 0
    today = time.strftime("%Y-%m-%d")
    assert (
        capsys.readouterr().out
        == f"""\
The last 7 days, figures since {today}

Suggestions offered                 3
  accepted                          1   33.3%
  accepted in part (1)              1   33.3%
Accepted characters                10
  still there after 30 seconds         100.0%
    not observed for so long        0
  still there after 5 minutes           90.5%
    not observed for so long        0
Answers, also to keys typed along   4
  without the engine                    75.0%

From request to answer            answers     p50     p95
  from the engine                       1  210 ms  210 ms
  from memory or generated ahead        3  0.6 ms  1.4 ms

Tokens generated            1,200
  never shown                 900  75.0%
Requests without an answer      1
  a newer one came              1
  the editor cancelled          0

language  offered  accepted  in part    30 s  5 min  engine p50     p95  memory p50     p95  no engine  tokens  never shown
python          2         1        1  100.0%  90.5%      210 ms  210 ms      0.5 ms  0.6 ms      66.7%   1,200          900
go              1         0        0       -      -           -       -      1.4 ms  1.4 ms     100.0%       0            0

(1) By word or line, as far as can be told: inferred from changes that bring whole
words at once. Of an editor that sends several keys in one change none is counted.

Kept on this machine only, without any of your code, and sent to nobody.
The setting codellama.stats.enabled (false) turns it off; codellama-lsp stats --clear removes what is there.
"""
    )


def test_days_say_how_far_back(capsys: Capture) -> None:
    used()
    assert stats(days=30, as_json=True, clear_all=False) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["days"] == 30
    assert found["offered"] == 4
    assert found["engine"] == {"answers": 2, "p50": 210.4, "p95": 1640.0}
    assert found["kept_5min"] == 0.905
    assert found["missed"] == {"superseded": 1}
    assert found["languages"]["python"]["offered"] == 3


def test_clear_removes_what_is_there(capsys: Capture) -> None:
    assert stats(days=30, as_json=False, clear_all=True) == 0
    assert capsys.readouterr().out == "There is nothing yet.\n"
    used()
    assert stats(days=30, as_json=False, clear_all=True) == 0
    assert capsys.readouterr().out == "removed the figures of 4 suggestions\n"
    assert stats(days=30, as_json=False, clear_all=False) == 0
    assert capsys.readouterr().out.startswith("There is nothing yet of")


def test_a_file_that_cannot_be_read_is_named(capsys: Capture) -> None:
    used()
    (state_path() / FILE).write_bytes(b"something else" * 1000)
    assert stats(days=30, as_json=False, clear_all=False) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"codellama-lsp: {state_path() / FILE}: ")
    assert stats(days=30, as_json=False, clear_all=True) == 0
    assert stats(days=30, as_json=False, clear_all=False) == 0
