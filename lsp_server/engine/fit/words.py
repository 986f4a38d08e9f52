"""What was chosen, in words for the user: sizes in GiB, and the reason for each loss."""

from lsp_server.engine.fit.chosen import Fit
from lsp_server.engine.fit.memory import (
    GIB,
    MIB,
    Format,
    need,
    token_bytes,
    weights_bytes,
)
from lsp_server.engine.fit.search import Pinned, wanted_window
from lsp_server.engine.hardware import Device
from lsp_server.engine.shape import Shape


def gib(number: float) -> str:
    """Return a size in GiB; a demo model's in MiB."""
    return (
        f"{number / GIB:.1f} GiB" if number >= GIB / 10 else f"{number / MIB:.0f} MiB"
    )


def where(devices: tuple[Device, ...]) -> str:
    """Return the devices' name, and how many there are of it."""
    many = f"{len(devices)} x " if len(devices) > 1 else ""
    return f"{many}{devices[0].name}"


def weights_said(shape: Shape, form: Format) -> str:
    """Return how the weights are held."""
    if form.fp8_weights:
        return "fp8"
    return shape.quantized or "16 bits"


def why(shape: Shape, fit: Fit, pinned: Pinned) -> str:
    """Return one paragraph: what goes where, and why it is no better."""
    cache = "fp8" if fit.form.fp8_cache else "16 bits"
    token = token_bytes(shape, fit.form, fit.tensor_parallel)
    rest = fit.work_bytes + fit.outside_bytes
    each = " of each" if fit.tensor_parallel > 1 else ""
    told = (
        f"{shape.name} on {where(fit.devices)}, with a window of {fit.window_tokens:,} "
        f"tokens: {gib(fit.weights_bytes)}{each} for the weights "
        f"({weights_said(shape, fit.form)}), {gib(fit.kv_bytes)} for a KV cache ({cache}) "
        f"of {fit.kv_bytes // token:,} tokens, about {gib(rest)} to work in; "
        f"{gib(fit.total_bytes)} of the {gib(fit.free_bytes)} that are free."
    )
    return " ".join([told, *_reasons(shape, fit, pinned)])


def _reasons(shape: Shape, fit: Fit, pinned: Pinned) -> list[str]:
    """Return why there is less than the best, as far as the user did not ask for it."""
    wanted, gpus = wanted_window(shape, pinned), fit.tensor_parallel
    reasons = []
    if gpus > 1 and pinned.tensor_parallel is None:
        reasons.append(f"{gpus} GPUs, because fewer would mean less of it.")
    if fit.form.fp8_weights and pinned.quantization != "fp8":
        plain = weights_bytes(shape, Format(), gpus)
        reasons.append(
            f"The weights are made fp8 while they are loaded, because in 16 bits they take "
            f"{gib(plain)}."
        )
    if fit.form.fp8_cache and pinned.kv_dtype != "fp8":
        plain = token_bytes(shape, Format(), gpus) * wanted
        reasons.append(
            f"The KV cache is fp8, because in 16 bits {wanted:,} tokens take {gib(plain)}."
        )
    if fit.window_tokens < wanted:
        more = need(shape, fit.form, gpus).cache_bytes(wanted)
        reasons.append(
            f"The window is shorter than {wanted:,} tokens, whose KV cache takes "
            f"{gib(more)}."
        )
    if fit.rope_window is not None:
        reasons.append(
            f"The model was made for {shape.window_tokens:,} tokens: past them it finds "
            "less reliably what stands far back."
        )
    if fit.dtype == "float16":
        reasons.append("float16, because this GPU has no bfloat16.")
    return reasons
