"""Three kills of each kind in the middle of an answer: all comes back, and nothing is left."""

import pytest

from bench.kill.cycles import WHAT, killing

pytestmark = pytest.mark.vllm


@pytest.mark.parametrize("what", [[*WHAT[:3]], [WHAT[3]]], ids=["local", "remote"])
def test_what_is_killed_comes_back_and_leaves_nothing(what: list[str]) -> None:
    killed = killing(what, 3, ())
    assert [cycle.what for cycle in killed.cycles] == what * 3
    assert any(cycle.in_flight for cycle in killed.cycles)
    told = {cycle.what: cycle.messages for cycle in killed.cycles}
    assert all(count == 1 for kind in told if kind != "window" for count in told[kind])
    assert told.get("window", (0,)) == (0,)
    assert killed.left == []
