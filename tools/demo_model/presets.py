"""The two sizes of the demo model: what fits two processor cores, and what fits one large GPU."""

from dataclasses import dataclass

from tools.demo_model.model import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A shape and how it is trained.

    `stages` are (share of the time, row length in tokens): a stage begins when its share is over, and the last one's
    length is the model's window. A step takes `step_tokens`, at most `pass_tokens` (or one row) of them at once.
    """

    name: str
    shape: Shape
    minutes: float
    stages: tuple[tuple[float, int], ...]
    step_tokens: int
    pass_tokens: int
    peak_rate: float

    @property
    def window_tokens(self) -> int:
        """The model's `max_position_embeddings`."""
        return self.stages[-1][1]

    def length(self, done: float) -> int:
        """Return the row length after a share of the time."""
        return [length for share, length in self.stages if done >= share][-1]


# Short rows first: on two cores they are the fastest, and there infilling is learnt; then wider windows, and at the
# end rows of 16,384 so that no position that vLLM may use is a strange one.
NANO = Preset(
    name="nano",
    shape=Shape(
        vocabulary=4_096,
        layers=5,
        hidden=256,
        heads=4,
        key_value_heads=2,
        intermediate=640,
    ),
    minutes=120,
    stages=((0.0, 256), (0.4, 512), (0.7, 1_024), (0.85, 2_048), (0.95, 16_384)),
    step_tokens=8_192,
    pass_tokens=8_192,
    peak_rate=4e-3,
)
SMALL = Preset(
    name="small",
    shape=Shape(
        vocabulary=8_192,
        layers=7,
        hidden=384,
        heads=6,
        key_value_heads=2,
        intermediate=1_152,
    ),
    minutes=20,
    stages=((0.0, 1_024), (0.3, 2_048), (0.92, 16_384)),
    step_tokens=262_144,
    pass_tokens=65_536,
    peak_rate=4e-3,
)
PRESETS = {preset.name: preset for preset in (NANO, SMALL)}
