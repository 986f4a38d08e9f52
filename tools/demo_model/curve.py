"""The loss curve as a picture."""

import io
from itertools import groupby, pairwise

from tools.demo_model.train import Point

_WINDOW = 25


def picture(points: list[Point]) -> bytes:
    """Return a PNG: a running mean of the loss over tokens seen, one colour for each row length."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for length, group in groupby(smooth(points), key=lambda point: point.length):
        part = list(group)
        axes.plot(
            [point.tokens / 1e6 for point in part],
            [point.loss for point in part],
            label=f"rows of {length:,} tokens",
        )
    axes.set_xlabel("tokens seen, millions")
    axes.set_ylabel("training loss, nats per token")
    axes.grid(alpha=0.3)
    axes.legend()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()


def smooth(points: list[Point]) -> list[Point]:
    """Return running means over up to _WINDOW steps of the same row length; the rows' losses are not comparable."""
    found: list[Point] = []
    starts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(points)) if a.length != b.length)]  # fmt: skip
    for start, end in pairwise([*starts, len(points)]):
        for at in range(start, end):
            near = points[max(start, at - _WINDOW + 1) : at + 1]
            mean = sum(point.loss for point in near) / len(near)
            point = points[at]
            found.append(
                Point(seconds=point.seconds, tokens=point.tokens, length=point.length, loss=mean)
            )  # fmt: skip
    return found
