"""Two models on the same devices: side by side, in turns, or neither."""

import re
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lsp_server.engine.base import ModelUnusable, OutOfMemory
from lsp_server.engine.fit import Pinned, Together, arguments, fit_together
from lsp_server.engine.fit.memory import Format, asleep_ram_bytes, room_bytes
from lsp_server.engine.fit.together import Mode
from lsp_server.engine.hardware import Device
from tests.unit.engine.shapes import GIB, SHAPES, cpu, gpus


def together(
    models: str,
    devices: tuple[Device, ...],
    mode: Mode = "auto",
    *,
    ram: float = 256,
    pinned: tuple[Pinned, Pinned] = (Pinned(), Pinned()),
) -> Together:
    """Fit two models, written "7B + 34B"."""
    first, second = (SHAPES[name] for name in models.split(" + "))
    return fit_together(
        first, second, devices, mode, ram_free_bytes=int(ram * GIB), pinned=pinned
    )


def drawn(found: Together) -> str:
    """Return the choice as one line: the mode, and for each model what it gets."""
    both = (found.realtime, found.on_demand)
    return f"{found.mode}: " + " + ".join(
        f"{fit.window_tokens} {'8' if fit.form.fp8_weights else '16'}/"
        f"{'8' if fit.form.fp8_cache else '16'} on "
        f"{','.join(str(device.ordinal) for device in fit.devices)}"
        for fit in both
    )


@pytest.mark.parametrize(
    ("number", "gib", "models", "expected"),
    [
        (1, 24, "7B + 34B-AWQ", "swap: 16384 16/8 on 0 + 16384 16/8 on 0"),
        (1, 48, "7B + 34B", "both: 11264 8/8 on 0 + 5120 8/8 on 0"),
        (1, 48, "7B + 34B-AWQ", "both: 16384 16/16 on 0 + 16384 16/16 on 0"),
        (1, 48, "13B + 34B", "swap: 16384 16/16 on 0 + 16384 8/16 on 0"),
        (1, 80, "7B + 34B", "both: 16384 16/16 on 0 + 16384 8/16 on 0"),
        (1, 80, "13B + 34B", "both: 16384 16/16 on 0 + 16384 8/16 on 0"),
        (1, 141, "13B + 34B", "both: 16384 16/16 on 0 + 16384 16/16 on 0"),
        (2, 24, "7B + 34B-AWQ", "both: 16384 16/16 on 1 + 16384 16/16 on 0"),
        (2, 24, "7B + 34B", "swap: 16384 16/16 on 0,1 + 16384 8/16 on 0,1"),
        (2, 48, "7B + 34B", "both: 16384 16/16 on 1 + 16384 8/16 on 0"),
        (2, 80, "7B + 34B", "both: 16384 16/16 on 1 + 16384 16/16 on 0"),
        (4, 24, "7B + 34B", "both: 16384 16/16 on 2 + 16384 8/16 on 0,1"),
        (8, 24, "7B + 34B", "both: 16384 16/16 on 4 + 16384 16/16 on 0,1,2,3"),
    ],
)
def test_the_table_of_gpus(number: int, gib: float, models: str, expected: str) -> None:
    assert drawn(together(models, gpus(number, gib))) == expected


def test_each_on_a_gpu_of_its_own_is_told_to_vllm() -> None:
    found = together("7B + 34B", gpus(2, 80))
    assert arguments(found.realtime)["device_ids"] == [1]
    assert "device_ids" not in arguments(found.on_demand)
    assert found.why.startswith("Both models stay loaded, on GPUs of their own. 7B on")


def test_vllms_shares_of_one_gpu_leave_room_for_both_contexts() -> None:
    found = together("7B + 34B", gpus(1, 80))
    shares = [
        arguments(each)["gpu_memory_utilization"]
        for each in (found.realtime, found.on_demand)
    ]
    outside = found.realtime.outside_bytes + found.on_demand.outside_bytes
    assert sum(shares) * 80 + outside / GIB < 79.5
    assert "side by side on the same memory" in found.why


def test_only_who_sleeps_asks_vllm_for_it() -> None:
    both = together("7B + 34B", gpus(1, 80))
    swap = together("7B + 34B", gpus(1, 80), "swap")
    assert not both.realtime.sleeps
    assert "enable_sleep_mode" not in arguments(both.on_demand)
    assert arguments(swap.realtime)["enable_sleep_mode"] is True
    assert arguments(swap.on_demand)["enable_sleep_mode"] is True
    assert "one sleeps in RAM" in swap.why


def test_who_asks_for_both_gets_shorter_windows() -> None:
    there = gpus(1, 48, used=3)
    assert together("7B + 34B", there).mode == "swap"
    found = together("7B + 34B", there, "both")
    assert found.mode == "both"
    assert 2_048 <= found.realtime.window_tokens < 8_192


def test_a_pinned_window_is_kept_by_either_mode() -> None:
    pinned = (Pinned(), Pinned(window_tokens=100_000))
    found = together("7B + 34B", gpus(1, 80), pinned=pinned)
    assert drawn(found) == "both: 16384 16/16 on 0 + 100000 8/16 on 0"
    found = together("7B + 34B", gpus(1, 48), pinned=pinned)
    assert drawn(found) == "swap: 16384 16/16 on 0 + 100000 8/8 on 0"


# RAM


def test_ram_must_hold_the_weights_of_both() -> None:
    """PyTorch rounds pinned pieces up: the layers of 7B, 11.3 GiB, take 17 GiB."""
    pinned_7b = asleep_ram_bytes(SHAPES["7B"], Format(), 1) / GIB
    matrices = 32 * (128 + 32 + 256 + 128) / 1024
    assert matrices == 17.0
    assert pinned_7b == pytest.approx(matrices + 0.5 + 2 * 0.625 + 3, abs=0.01)


def test_where_ram_is_short_weights_are_made_smaller() -> None:
    there = gpus(1, 80)
    assert drawn(together("7B + 34B", there, "swap", ram=256)).endswith("16/16 on 0")
    assert drawn(together("7B + 34B", there, "swap", ram=100)) == (
        "swap: 16384 16/16 on 0 + 16384 8/16 on 0"
    )
    assert drawn(together("7B + 34B", there, "swap", ram=70)) == (
        "swap: 16384 8/16 on 0 + 16384 8/16 on 0"
    )


def test_without_ram_for_it_there_is_no_swap() -> None:
    with pytest.raises(OutOfMemory) as refused:
        together("7B + 34B-AWQ", gpus(1, 24), ram=16)
    says = str(refused.value)
    assert "do not fit side by side with windows of 8,192 and 4,096 tokens" in says
    assert re.search(r"[\d.]+ GiB of RAM are needed for their weights", says)
    assert "16.0 GiB are free" in says
    assert "What fits: Code Llama 7B" in says


# Refusals


def test_both_where_they_do_not_fit_is_refused_with_their_sizes() -> None:
    with pytest.raises(OutOfMemory) as refused:
        together("7B + 34B-AWQ", gpus(1, 24), "both")
    says = str(refused.value)
    assert "do not fit side by side with windows of 2,048 and 2,048 tokens" in says
    assert re.search(r"Each alone takes [\d.]+ GiB and [\d.]+ GiB of ", says)


def test_one_that_never_fits_is_refused_for_itself() -> None:
    with pytest.raises(OutOfMemory) as refused:
        together("7B + 34B", gpus(1, 24))
    says = str(refused.value)
    assert says.startswith("34B does not fit on GPU of 24 GB: it takes ")
    assert "only 23.0 GiB can be had" in says  # no engine sleeps there yet


def test_a_processor_holds_both_or_none() -> None:
    assert together("7B + 34B", cpu(128)).mode == "both"
    with pytest.raises(OutOfMemory, match="without a GPU one cannot sleep"):
        together("7B + 34B", cpu(80))
    with pytest.raises(ModelUnusable, match="is for GPUs"):
        together("7B + 34B", cpu(128), "swap")


# What is always true

DEVICES = st.builds(
    gpus,
    st.sampled_from([1, 2, 3, 4, 8]),
    st.sampled_from([16.0, 24.0, 48.0, 80.0, 141.0]),
    used=st.floats(0, 8),
    capability=st.sampled_from([(8, 6), (8, 9), (9, 0)]),
)
MODELS = st.sampled_from(["7B + 34B", "7B + 34B-AWQ", "13B + 34B", "7B + 13B"])


def tried(models: str, devices: tuple[Device, ...]) -> Together | None:
    try:
        return together(models, devices)
    except OutOfMemory:
        return None


def quality(found: Together | None) -> tuple[int, ...]:
    if found is None:
        return (0,)
    both = (found.realtime, found.on_demand)
    losses = [2 * each.form.fp8_weights + each.form.fp8_cache for each in both]
    windows = [each.window_tokens for each in both]
    if found.mode == "swap":
        # Each is judged for itself: nothing is given from one to the other.
        return (1,)
    return (2, *windows, *(-loss for loss in losses))


@settings(deadline=None, max_examples=50)
@given(MODELS, DEVICES)
def test_what_is_chosen_adds_up_on_every_gpu(
    models: str, devices: tuple[Device, ...]
) -> None:
    found = tried(models, devices)
    assume(found is not None)
    assert found is not None
    for device in devices:
        takes = [
            each.total_bytes
            for each in (found.realtime, found.on_demand)
            if device.ordinal in {one.ordinal for one in each.devices}
        ]
        used = sum(takes) if found.mode == "both" else max(takes, default=0)
        assert used <= room_bytes(device)


@settings(deadline=None, max_examples=50)
@given(MODELS, DEVICES, st.floats(0, 64))
def test_more_memory_never_gives_a_worse_choice(
    models: str, devices: tuple[Device, ...], more: float
) -> None:
    grown = tuple(
        replace(device, free_bytes=device.free_bytes + int(more * GIB))
        for device in devices
    )
    before, after = tried(models, devices), tried(models, grown)
    assert quality(before) <= quality(after)


@settings(deadline=None, max_examples=50)
@given(MODELS, DEVICES, st.data())
def test_memory_freed_on_one_gpu_never_gives_a_worse_choice(
    models: str, devices: tuple[Device, ...], data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, len(devices) - 1))
    more = int(data.draw(st.floats(0, 8)) * GIB)
    grown = tuple(
        replace(device, free_bytes=device.free_bytes + more)
        if device.ordinal == which
        else device
        for device in devices
    )
    assert quality(tried(models, devices)) <= quality(tried(models, grown))
