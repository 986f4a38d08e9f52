"""What one model gets: the arithmetic, a table of GPUs, what users pin, and refusals."""

import re
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.engine.shapes import LLAMA_7B
from lsp_server.engine.base import ModelUnusable, OutOfMemory
from lsp_server.engine.fit import Fit, Pinned, arguments, fit
from lsp_server.engine.fit.memory import Format, room_bytes, token_bytes, weights_bytes
from lsp_server.engine.hardware import Device, Process
from lsp_server.engine.shape import shape_of
from tests.unit.engine.shapes import (
    ADA,
    AMPERE,
    GIB,
    HOPPER,
    QWEN2_7B,
    SHAPES,
    STARCODER2_3B,
    cpu,
    gpus,
)

FP8_CACHE = Format(fp8_cache=True)
FP8_WEIGHTS = Format(fp8_weights=True)

# The arithmetic


@pytest.mark.parametrize(
    ("model", "kib", "gib"),
    [("7B", 512, 48.8), ("13B", 800, 76.3), ("34B", 192, 18.3)],
)
def test_a_token_in_the_cache_takes_what_the_model_says(
    model: str, kib: int, gib: float
) -> None:
    token = token_bytes(SHAPES[model], Format())
    assert token == kib * 1024
    assert token * 100_000 / GIB == pytest.approx(gib, abs=0.05)
    assert token_bytes(SHAPES[model], FP8_CACHE) == token / 2


def test_fp8_halves_the_linear_weights_alone() -> None:
    """34B: 31.4 GiB if all were 8 bits; embedding and head stay in 16, 0.5 GiB more."""
    shape = SHAPES["34B"]
    assert weights_bytes(shape, Format()) / GIB == pytest.approx(62.9, abs=0.05)
    assert shape.parameters / GIB == pytest.approx(31.4, abs=0.05)
    assert weights_bytes(shape, FP8_WEIGHTS) / GIB == pytest.approx(31.9, abs=0.05)


@pytest.mark.parametrize(
    ("model", "number", "heads"),
    [("34B", 1, 8), ("34B", 2, 4), ("34B", 8, 1), ("7B", 4, 8)],
)
def test_gpus_share_the_heads_of_the_cache(model: str, number: int, heads: int) -> None:
    shape = SHAPES[model]
    assert token_bytes(shape, Format(), number) == 2 * 2 * 128 * shape.layers * heads


def test_more_gpus_than_key_and_value_heads_hold_copies() -> None:
    shape = shape_of(STARCODER2_3B, None)  # two of them
    assert token_bytes(shape, Format(), 8) == token_bytes(shape, Format(), 2)
    copies = 8 * weights_bytes(shape, Format(), 8) - 2 * weights_bytes(
        shape, Format(), 2
    )
    matrices = 30 * 2 * 6 * 128 * 3072 * 2  # layers, keys and values, copies, ...
    norms_and_biases = 6 * shape.rest_parameters * 2
    assert copies == pytest.approx(matrices + norms_and_biases, abs=100)


# The table

FULL = 16_384


@pytest.mark.parametrize(
    ("number", "gib", "model", "expected"),
    [
        (1, 24, "7B", (None, "auto", 1)),
        (1, 24, "13B", ("fp8_per_channel", "fp8", 1)),
        (1, 24, "34B-AWQ", (None, "auto", 1)),
        (1, 48, "7B", (None, "auto", 1)),
        (1, 48, "13B", (None, "auto", 1)),
        (1, 48, "34B", ("fp8_per_channel", "auto", 1)),
        (1, 80, "34B", (None, "auto", 1)),
        (1, 141, "34B", (None, "auto", 1)),
        (2, 24, "13B", (None, "auto", 2)),
        (2, 24, "34B", ("fp8_per_channel", "auto", 2)),
        (4, 24, "34B", (None, "auto", 4)),
        (8, 24, "7B", (None, "auto", 1)),
        (8, 24, "34B", (None, "auto", 4)),
        (2, 48, "34B", (None, "auto", 2)),
        (8, 141, "34B", (None, "auto", 1)),
    ],
)
def test_the_table_of_gpus(
    number: int, gib: float, model: str, expected: tuple[str | None, str, int]
) -> None:
    chosen = fit(SHAPES[model], gpus(number, gib))
    assert chosen.window_tokens == FULL
    assert (chosen.quantization, chosen.kv_dtype, chosen.tensor_parallel) == expected


@pytest.mark.parametrize(
    ("number", "gib", "model", "expected"),
    [
        (1, 80, "7B", (None, "auto", 1)),
        (1, 80, "13B", (None, "fp8", 1)),
        (1, 80, "34B", (None, "fp8", 1)),
        (1, 48, "34B", ("fp8_per_channel", "fp8", 1)),
        (1, 48, "34B-AWQ", (None, "auto", 1)),
        (2, 80, "13B", (None, "auto", 2)),
        (1, 141, "13B", (None, "auto", 1)),
    ],
)
def test_a_hundred_thousand_tokens(
    number: int, gib: float, model: str, expected: tuple[str | None, str, int]
) -> None:
    chosen = fit(SHAPES[model], gpus(number, gib), Pinned(window_tokens=100_000))
    assert (chosen.quantization, chosen.kv_dtype, chosen.tensor_parallel) == expected
    assert chosen.rope_window == 100_000
    assert arguments(chosen)["hf_overrides"] == {"max_position_embeddings": 100_000}


@pytest.mark.parametrize(
    ("capability", "dtype", "weights", "cache"),
    [
        (HOPPER, "bfloat16", "fp8_per_channel", "fp8"),
        (ADA, "bfloat16", "fp8_per_channel", "fp8"),
        (AMPERE, "bfloat16", "fp8_per_tensor", "auto"),
    ],
)
def test_the_gpu_decides_which_fp8_there_is(
    capability: tuple[int, int], dtype: str, weights: str, cache: str
) -> None:
    chosen = fit(SHAPES["13B"], gpus(1, 24, capability=capability))
    assert chosen.dtype == dtype
    assert (chosen.quantization, chosen.kv_dtype) == (weights, cache)


def test_an_old_gpu_computes_in_float16_with_fp8_for_weights_alone() -> None:
    chosen = fit(SHAPES["7B"], gpus(1, 24, used=6, capability=(7, 5)))
    assert (chosen.dtype, chosen.kv_dtype) == ("float16", "auto")
    assert chosen.quantization == "fp8_per_tensor"
    assert "float16, because this GPU has no bfloat16." in chosen.why


def test_a_shorter_window_comes_before_nothing() -> None:
    chosen = fit(SHAPES["13B"], gpus(1, 24, capability=AMPERE))
    assert 2_048 <= chosen.window_tokens < FULL
    assert chosen.window_tokens % 1024 == 0
    assert "The window is shorter than 16,384 tokens" in chosen.why


def test_the_cache_holds_several_windows_where_there_is_room_and_no_more() -> None:
    window = FULL * token_bytes(SHAPES["7B"], Format())
    small, large = (fit(SHAPES["7B"], gpus(1, gib)) for gib in (24, 141))
    assert window < small.kv_bytes < 1.1 * window
    assert 4 * window < large.kv_bytes < 4.1 * window


def test_a_model_never_gets_a_longer_window_than_it_was_made_for_unasked() -> None:
    config = LLAMA_7B | {"max_position_embeddings": 1024}
    chosen = fit(shape_of(config, None), gpus(1, 80))
    assert (chosen.window_tokens, chosen.rope_window) == (1024, None)
    qwen = fit(shape_of(QWEN2_7B, None), gpus(1, 80))
    assert (qwen.window_tokens, qwen.rope_window) == (FULL, None)


def test_the_freest_gpus_are_taken_and_only_of_one_kind() -> None:
    busy, idle = gpus(1, 24, used=20), gpus(2, 24, name="B")
    there = (
        *busy,
        *(replace(each, ordinal=each.ordinal + 1) for each in idle),
    )
    alone = fit(SHAPES["7B"], there)
    assert arguments(alone)["device_ids"] == [1]
    both = fit(SHAPES["34B"], there)
    assert arguments(both)["device_ids"] == [1, 2]
    mixed = (*gpus(1, 24, name="A"), *gpus(1, 24, name="B"))
    with pytest.raises(OutOfMemory):
        fit(SHAPES["34B"], mixed)


def test_partitions_are_never_joined() -> None:
    parts = tuple(replace(each, partition=True) for each in gpus(2, 24))
    with pytest.raises(OutOfMemory) as refused:
        fit(SHAPES["34B"], parts)
    assert "such GPUs" not in str(refused.value)


# A processor


def test_a_processor_computes_in_bfloat16_with_a_small_cache() -> None:
    chosen = fit(SHAPES["7B"], cpu(64))
    assert (chosen.dtype, chosen.kv_dtype) == ("bfloat16", "auto")
    assert chosen.quantization is None
    window = FULL * token_bytes(SHAPES["7B"], Format())
    assert window < chosen.kv_bytes < 1.1 * window
    given = arguments(chosen)
    assert given["kv_cache_memory_bytes"] == chosen.kv_bytes
    assert "gpu_memory_utilization" not in given


def test_a_small_models_cache_in_ram_is_256_mib() -> None:
    config = LLAMA_7B | {"hidden_size": 256, "num_hidden_layers": 5}
    config |= {"num_attention_heads": 4, "num_key_value_heads": 2}
    chosen = fit(shape_of(config, None), cpu(8))
    assert chosen.kv_bytes == 2**28
    assert fit(shape_of(config, None), cpu(2.15)).kv_bytes < 2**28


def test_a_processor_with_little_ram_refuses() -> None:
    with pytest.raises(OutOfMemory, match=r"None of the Code Llama models fits"):
        fit(SHAPES["7B"], cpu(8))


# What users pin


@pytest.mark.parametrize(
    ("pinned", "weights", "cache"),
    [
        (Pinned(), None, "auto"),
        (Pinned(quantization="auto", kv_dtype="auto"), None, "auto"),
        (Pinned(quantization="fp8"), "fp8_per_channel", "auto"),
        (Pinned(kv_dtype="fp8"), None, "fp8"),
        (Pinned(quantization="none", kv_dtype="bf16"), None, "auto"),
        (Pinned(quantization="fp8", kv_dtype="fp8"), "fp8_per_channel", "fp8"),
    ],
)
def test_a_pinned_format_is_taken(
    pinned: Pinned, weights: str | None, cache: str
) -> None:
    chosen = fit(SHAPES["7B"], gpus(1, 80), pinned)
    assert (chosen.quantization, chosen.kv_dtype) == (weights, cache)
    assert "because" not in chosen.why


def test_pinned_gpus_are_taken() -> None:
    chosen = fit(SHAPES["7B"], gpus(4, 80), Pinned(tensor_parallel=4))
    assert arguments(chosen)["tensor_parallel_size"] == 4


def test_a_folder_that_is_quantized_may_be_pinned_as_what_it_is() -> None:
    chosen = fit(SHAPES["34B-AWQ"], gpus(1, 24), Pinned(quantization="awq"))
    assert chosen.quantization is None


def test_fp8_in_the_cache_of_an_ampere_is_for_those_who_ask() -> None:
    there = gpus(1, 80, capability=(8, 0))
    window = Pinned(window_tokens=100_000)
    assert fit(SHAPES["13B"], there, replace(window, kv_dtype="fp8")).kv_dtype == "fp8"
    with pytest.raises(OutOfMemory):
        fit(SHAPES["13B"], there, window)


@pytest.mark.parametrize(
    ("model", "devices", "pinned", "says"),
    [
        ("7B", gpus(8, 80), Pinned(tensor_parallel=3), "does not divide the 32"),
        ("34B", gpus(8, 80), Pinned(tensor_parallel=32), "as many GPUs of one kind"),
        ("7B", gpus(1, 80), Pinned(tensor_parallel=2), "as many GPUs of one kind"),
        ("7B", gpus(1, 80), Pinned(quantization="awq"), "awq or gptq a folder"),
        ("34B-AWQ", gpus(1, 80), Pinned(quantization="fp8"), "already, as awq"),
        (
            "7B",
            cpu(64),
            Pinned(quantization="fp8"),
            "compute capability 7.5 or more (8.0",
        ),
        ("7B", cpu(64), Pinned(kv_dtype="fp8"), "compute capability 7.5 or more (8.0"),
        ("7B", gpus(1, 80, capability=(7, 0)), Pinned(), "compute capability 7.5"),
    ],
)
def test_what_no_memory_can_help_is_refused_with_the_reason(
    model: str, devices: tuple[Device, ...], pinned: Pinned, says: str
) -> None:
    with pytest.raises(ModelUnusable, match=re.escape(says)):
        fit(SHAPES[model], devices, pinned)


# Refusals


def refused(model: str, devices: tuple[Device, ...], pinned: Pinned) -> str:
    with pytest.raises(OutOfMemory) as refusal:
        fit(SHAPES[model], devices, pinned)
    return str(refusal.value)


def test_13b_with_100k_in_16_bits_does_not_fit_80_gb_and_says_what_would() -> None:
    pinned = Pinned(window_tokens=100_000, kv_dtype="bf16")
    says = refused("13B", gpus(1, 80), pinned)
    assert "13B does not fit on GPU of 80 GB: it takes " in says
    assert "76.3 GiB for a KV cache of 100,000 tokens" in says
    [tokens] = re.findall(r"Up to window_tokens = ([\d,]+) would fit\.", says)
    assert "It would fit on 2 such GPUs." in says
    fitting = int(tokens.replace(",", ""))
    fit(SHAPES["13B"], gpus(1, 80), replace(pinned, window_tokens=fitting))
    refused("13B", gpus(1, 80), replace(pinned, window_tokens=fitting + 1024))


def test_a_pinned_window_is_never_shrunk_silently() -> None:
    there = gpus(1, 24, capability=AMPERE)
    shrunk = fit(SHAPES["13B"], there).window_tokens
    says = refused("13B", there, Pinned(window_tokens=FULL))
    assert f"Up to window_tokens = {shrunk:,} would fit." in says


def test_34b_on_24_gb_names_what_fits_and_how_many_gpus() -> None:
    says = refused("34B", gpus(1, 24), Pinned())
    assert "31.9 GiB for the weights, fp8" in says
    assert "a KV cache of 2,048 tokens" in says
    assert "It would fit on 2 such GPUs." in says
    assert "Code Llama 7B (16 bits, 16,384 tokens)" in says
    assert "Code Llama 13B (fp8, 16,384 tokens)" in says
    assert "Code Llama 34B in 4 bits (AWQ) (awq, 16,384 tokens)" in says
    assert "Code Llama 34B (" not in says


def test_who_holds_the_memory_is_named() -> None:
    holders = (
        Process(pid=7, name="python", used_bytes=20 * GIB),
        Process(pid=8, name="Xorg"),
    )
    [device] = gpus(1, 24, used=20.5)
    says = refused("7B", (replace(device, used_by=holders),), Pinned())
    assert "held by python (process 7, 20.0 GiB), Xorg (process 8)." in says


def test_a_pin_that_is_in_the_way_is_named() -> None:
    says = refused("13B", gpus(1, 24), Pinned(quantization="none"))
    assert "It would fit with weights in fp8 and a KV cache in fp8" in says


def test_the_choice_is_explained_with_numbers() -> None:
    chosen = fit(SHAPES["13B"], gpus(1, 24, used=0.6))
    assert chosen.why == (
        "13B on GPU of 24 GB, with a window of 16,384 tokens: 12.4 GiB for the weights "
        "(fp8), 8.2 GiB for a KV cache (fp8) of 21,414 tokens, about 2.3 GiB to work in; "
        "22.9 GiB of the 23.4 GiB that are free. The weights are made fp8 while they are "
        "loaded, because in 16 bits they take 24.2 GiB. The KV cache is fp8, because in 16 "
        "bits 16,384 tokens take 12.5 GiB."
    )


# What is always true

DEVICES = st.builds(
    gpus,
    st.sampled_from([1, 2, 3, 4, 8]),
    st.sampled_from([8.0, 16.0, 24.0, 48.0, 80.0, 141.0]),
    used=st.floats(0, 8),
    capability=st.sampled_from([(7, 5), (8, 0), AMPERE, ADA, HOPPER, (12, 0)]),
)
MODELS = st.sampled_from([*SHAPES])
PINS = st.builds(
    Pinned,
    window_tokens=st.none() | st.integers(256, 100_000),
    quantization=st.sampled_from([None, "none", "fp8"]),
    kv_dtype=st.sampled_from([None, "bf16", "fp8"]),
    tensor_parallel=st.sampled_from([None, 1, 2, 4]),
)


def tried(model: str, devices: tuple[Device, ...], pinned: Pinned) -> Fit | None:
    try:
        return fit(SHAPES[model], devices, pinned)
    except OutOfMemory:
        return None
    except ModelUnusable:
        assume(condition=False)
        raise


def quality(chosen: Fit | None) -> tuple[int, ...]:
    """Order choices as users would; nothing is worst."""
    if chosen is None:
        return (0,)
    loss = 2 * chosen.form.fp8_weights + chosen.form.fp8_cache
    return (chosen.window_tokens, -loss, -chosen.tensor_parallel)


@given(MODELS, DEVICES | st.builds(cpu, st.floats(2, 200)), PINS)
def test_what_is_chosen_adds_up_to_less_than_is_free(
    model: str, devices: tuple[Device, ...], pinned: Pinned
) -> None:
    chosen = tried(model, devices, pinned)
    assume(chosen is not None)
    assert chosen is not None
    window = chosen.window_tokens * token_bytes(
        SHAPES[model], chosen.form, chosen.tensor_parallel
    )
    assert chosen.kv_bytes >= window
    for device in chosen.devices:
        assert chosen.total_bytes <= room_bytes(device) < device.free_bytes
    share = arguments(chosen).get("gpu_memory_utilization")
    if share is not None:
        # What vLLM asks for as its core starts: CUDA's context is not free any more. It
        # measures what is left for the cache, in a total that is 1 % less than NVML's.
        [total] = {device.total_bytes for device in chosen.devices}
        assert 0 < share * total <= chosen.free_bytes - chosen.outside_bytes
        assert share * total * 0.99 >= chosen.total_bytes - chosen.outside_bytes - 1


@given(MODELS, DEVICES, PINS, st.floats(0, 64))
def test_more_memory_never_gives_a_worse_choice(
    model: str, devices: tuple[Device, ...], pinned: Pinned, more: float
) -> None:
    grown = tuple(
        replace(device, free_bytes=device.free_bytes + int(more * GIB))
        for device in devices
    )
    before, after = (tried(model, there, pinned) for there in (devices, grown))
    assert quality(before) <= quality(after)


@given(MODELS, DEVICES, PINS)
def test_more_gpus_never_give_a_worse_choice(
    model: str, devices: tuple[Device, ...], pinned: Pinned
) -> None:
    fewer = tried(model, devices[:-1] or devices, pinned)
    assert quality(fewer)[:2] <= quality(tried(model, devices, pinned))[:2]


@given(MODELS, DEVICES, PINS)
def test_it_is_refused_only_if_the_cheapest_way_does_not_fit(
    model: str, devices: tuple[Device, ...], pinned: Pinned
) -> None:
    chosen = tried(model, devices, pinned)
    shape, least = SHAPES[model], pinned.window_tokens or 2_048
    cheapest = min(
        weights_bytes(shape, Format(fp8_weights=fp8), number)
        + least * token_bytes(shape, Format(fp8_cache=cache), number)
        for number in (
            [pinned.tensor_parallel] if pinned.tensor_parallel else [1, 2, 4, 8]
        )
        if number <= len(devices)
        for fp8 in fp8_weights(shape.quantized, devices, pinned)
        for cache in fp8_cache(devices, pinned)
    )
    free = devices[0].free_bytes
    if chosen is None:
        assert cheapest + 5 * GIB > free  # at most 5 GiB are for what is assumed
    else:
        assert cheapest < free


def fp8_weights(
    quantized: str | None, devices: tuple[Device, ...], pinned: Pinned
) -> list[bool]:
    can = not quantized and (devices[0].capability or (0, 0)) >= (7, 5)
    return {"fp8": [True], "none": [False]}.get(
        pinned.quantization or "", [False, True][: 1 + can]
    )


def fp8_cache(devices: tuple[Device, ...], pinned: Pinned) -> list[bool]:
    can = (devices[0].capability or (0, 0)) >= ADA
    return {"fp8": [True], "bf16": [False]}.get(
        pinned.kv_dtype or "", [False, True][: 1 + can]
    )
