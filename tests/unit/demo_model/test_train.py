"""Training on a toy corpus: the loss falls, and a stop loses nothing."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tools.demo_model.corpus import File
from tools.demo_model.examples import Examples
from tools.demo_model.tokenizer import Tokenizer, train_tokenizer

torch = pytest.importorskip("torch", reason="training needs torch: make install")

from tools.demo_model.curve import picture, smooth  # noqa: E402 - after the skip
from tools.demo_model.model import Shape  # noqa: E402
from tools.demo_model.presets import PRESETS, Preset  # noqa: E402
from tools.demo_model.train import (  # noqa: E402
    Point,
    Progress,
    TrainingError,
    rate,
    train,
)

PIECES = 512
TOY = Preset(
    name="toy",
    shape=Shape(
        vocabulary=PIECES,
        layers=1,
        hidden=64,
        heads=2,
        key_value_heads=1,
        intermediate=64,
        head_size=32,
    ),
    minutes=1,
    stages=((0.0, 64), (0.5, 128)),
    step_tokens=256,
    pass_tokens=128,
    peak_rate=1e-2,
)
STEPS = 24
Run = Callable[..., Progress]


class Clock:
    """A second goes by with each step; at ``stop`` the process is told to end."""

    def __init__(self, stop: int | None = None, by: int = signal.SIGTERM) -> None:
        self.seconds, self.stop, self.by = -1.0, stop, by

    def __call__(self) -> float:
        self.seconds += 1
        if self.seconds == self.stop:
            os.kill(os.getpid(), self.by)
        return self.seconds


def files() -> list[File]:
    """Return this folder's tests: text of a real kind that is always there."""
    return [
        File("tests", path.name, "python", path.read_text(encoding="utf-8"))
        for path in sorted(Path(__file__).parent.glob("*.py"))
        if path.stat().st_size
    ]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.model"
    train_tokenizer([file.text for file in files()], PIECES, path)
    return Tokenizer(path)


@pytest.fixture
def run(tokenizer: Tokenizer, tmp_path: Path) -> Run:
    """Train for STEPS seconds of a clock that counts steps."""

    def run(
        name: str = "one",
        preset: Preset = TOY,
        clock: Clock | None = None,
        minutes: float = STEPS / 60,
    ) -> Progress:
        _, progress = train(
            Examples(files(), tokenizer),
            preset,
            minutes=minutes,
            seed=0,
            checkpoint=tmp_path / f"{name}.pt",
            clock=clock or Clock(),
        )
        return progress

    return run


def test_the_loss_falls(run: Run) -> None:
    points = run().points
    assert [point.length for point in points] == [64] * 12 + [128] * 12
    assert points[-1].tokens == STEPS * 256
    assert points[0].loss > 5
    assert points[-1].loss < points[0].loss - 1


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_goes_on_as_if_nothing_had_been(run: Run, by: int) -> None:
    whole = run("whole").points
    with pytest.raises(KeyboardInterrupt):
        run("stopped", clock=Clock(stop=9, by=by))
    resumed = run("stopped").points
    assert [p.tokens for p in resumed] == [p.tokens for p in whole]
    assert [p.loss for p in resumed] == pytest.approx([p.loss for p in whole], rel=1e-3)


@pytest.mark.parametrize("pass_tokens", [64, 192])
def test_a_step_is_the_same_in_parts(run: Run, pass_tokens: int) -> None:
    whole = run("whole", replace(TOY, pass_tokens=256)).points
    parts = run("parts", replace(TOY, pass_tokens=pass_tokens)).points
    # later, Muon has made the rounding's differences large
    assert [p.loss for p in parts[:3]] == pytest.approx(
        [p.loss for p in whole[:3]], rel=5e-3
    )


def test_the_large_preset_takes_a_step(tokenizer: Tokenizer, tmp_path: Path) -> None:
    small = PRESETS["small"]
    preset = replace(
        small,
        shape=replace(small.shape, vocabulary=PIECES),
        stages=((0.0, 64),),
        step_tokens=256,
        pass_tokens=64,
    )
    model, progress = train(
        Examples(files(), tokenizer),
        preset,
        minutes=2 / 60,
        seed=0,
        checkpoint=tmp_path / "small.pt",
        clock=Clock(),
    )
    assert progress.points[1].loss < progress.points[0].loss
    assert model.shape.layers == small.shape.layers


class Killed(BaseException):
    """Nothing more is done, as after SIGKILL."""


def test_a_killed_run_goes_on_from_its_last_checkpoint(
    run: Run, tmp_path: Path
) -> None:
    class Hours(Clock):
        """Steps of 100 seconds: a checkpoint every other one."""

        def __call__(self) -> float:
            seconds = super().__call__()
            if seconds == self.stop:
                raise Killed
            return 100 * seconds

    def long_run(name: str, clock: Clock) -> list[Point]:
        return run(name, clock=clock, minutes=100 * STEPS / 60).points

    whole = long_run("whole", Hours())
    with pytest.raises(Killed):
        long_run("killed", Hours(stop=10))
    kept = torch.load(tmp_path / "killed.pt", weights_only=True)["progress"]["step"]
    assert kept == 8
    resumed = long_run("killed", Hours())
    assert [p.loss for p in resumed] == pytest.approx([p.loss for p in whole], rel=1e-3)


def test_a_loss_that_is_no_number_leaves_the_last_checkpoint(
    run: Run, tmp_path: Path
) -> None:
    run()
    path = tmp_path / "one.pt"
    state = torch.load(path, weights_only=True)
    state["model"]["norm.weight"][:] = torch.nan
    state["progress"]["seconds"] = 1.0
    torch.save(state, path)
    before = path.read_bytes()
    with pytest.raises(TrainingError, match="is nan"):
        run()
    assert path.read_bytes() == before


def test_a_finished_run_is_not_trained_again(run: Run) -> None:
    first = run()
    assert run() == first


def test_a_checkpoint_of_another_shape_is_told_and_kept(
    run: Run, tmp_path: Path
) -> None:
    run()
    before = (tmp_path / "one.pt").read_bytes()
    other = replace(TOY, shape=replace(TOY.shape, hidden=32))
    with pytest.raises(TrainingError, match="of another run"):
        run(preset=other)
    assert (tmp_path / "one.pt").read_bytes() == before


def test_a_checkpoint_of_another_seed_or_tokenizer_is_told(
    run: Run, tmp_path: Path
) -> None:
    run()
    path = tmp_path / "one.pt"
    state = torch.load(path, weights_only=True)
    for name, value in (("seed", 1), ("tokenizer", "0" * 64)):
        torch.save(state | {"identity": state["identity"] | {name: value}}, path)
        with pytest.raises(TrainingError, match="of another run"):
            run()


def test_a_torch_file_of_something_else_is_told(run: Run, tmp_path: Path) -> None:
    torch.save({"a": 1}, tmp_path / "one.pt")
    with pytest.raises(TrainingError, match="is no checkpoint"):
        run()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04 half a file"])
def test_a_file_that_is_no_checkpoint_is_told(
    run: Run, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "one.pt").write_bytes(content)
    with pytest.raises(TrainingError, match="is no checkpoint"):
        run()


def test_a_disk_that_takes_no_checkpoint_costs_only_that(
    tokenizer: Tokenizer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _, progress = train(
        Examples(files(), tokenizer),
        TOY,
        minutes=2 / 60,
        seed=0,
        checkpoint=tmp_path / "gone" / "one.pt",  # as a full disk, it raises OSError
        clock=Clock(),
    )
    assert progress.step == 2
    assert "No checkpoint was written" in caplog.text


def test_the_rate_rises_holds_and_falls() -> None:
    shares = [rate(n / 100) for n in range(101)]
    assert shares[0] < shares[1] == 1
    assert shares[40] == 1
    assert shares[40:] == sorted(shares[40:], reverse=True)
    assert 0 < shares[100] < 0.05


@pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
def test_a_preset_fits_what_is_shipped(preset: Preset) -> None:
    shape = preset.shape
    layer = shape.hidden * shape.head_size * 2 * (shape.heads + shape.key_value_heads)
    layer += 3 * shape.hidden * shape.intermediate
    assert shape.layers * layer + shape.vocabulary * shape.hidden <= 16e6
    assert preset.window_tokens == 16_384
    assert shape.rope_theta == 1e6


def test_the_curve_is_a_picture() -> None:
    points = [
        Point(seconds=n, tokens=n * 10, length=64 if n < 50 else 128, loss=9 - n / 20)
        for n in range(100)
    ]
    assert picture(points).startswith(b"\x89PNG")
    means = [point.loss for point in smooth(points)]
    assert means[0] == 9
    assert means[30] == pytest.approx(9 - 18 / 20)  # of the 25 steps up to it
    assert means[50] == points[50].loss  # not of rows of another length
