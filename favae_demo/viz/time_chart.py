"""A control chart of scores over time, and a strip of shares below it, as small SVGs with the colours of the page."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

WIDTH, HEIGHT, STRIP_HEIGHT = 1000, 300, 70
TOP = 2.0  # top of the scale in multiples of the threshold; linear, since a drift far below it counts too
LINES = 5  # colours; the sixth line takes the first colour again, with other dashes


@dataclass(frozen=True)
class Axis:
    """The horizontal axis.

    Attributes:
        start: Time at the left edge.
        end: Time at the right edge.
        gap: Longest time between two points that a line connects.
    """

    start: float
    end: float
    gap: float

    def x(self, times: np.ndarray | float) -> np.ndarray:
        """Returns the horizontal places of times."""
        return WIDTH * (np.asarray(times, float) - self.start) / max(self.end - self.start, 1e-9)


@dataclass(frozen=True)
class ScoreLine:
    """One line of the chart. Scores are multiples of the threshold.

    Attributes:
        times: Time of each median.
        median: Medians.
        low: Lower edge of the band at the same times, or empty.
        high: Upper edge, likewise.
        dot_times: Times of single images.
        dots: Their scores.
        dot_defects: Whether each is a defect.
        warning: Scores of the lower and the upper warning line, or None.
    """

    times: np.ndarray
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray
    dot_times: np.ndarray
    dots: np.ndarray
    dot_defects: np.ndarray
    warning: tuple[float, float] | None = None


@dataclass(frozen=True)
class Hover:
    """What the pointer finds at a stretch of the chart."""

    start: float
    end: float
    words: str


def score_chart(
    lines: Sequence[ScoreLine],
    axis: Axis,
    spans: Iterable[tuple[float, float]],
    hovers: Iterable[Hover],
    label: str,
) -> str:
    """Draws scores over time.

    Args:
        lines: One for each series.
        axis: The horizontal axis.
        spans: Begin and end of what is shaded.
        hovers: Words for the pointer.
        label: Text alternative for screen readers.

    Returns:
        An `<svg>` element, with classes for the style sheet.
    """
    shades = "".join(_box("drift", *_ends(axis, span), 0, HEIGHT) for span in spans)
    drawn = "".join(_band(axis, line, row) for row, line in enumerate(lines))
    drawn += _level("limit", 1.0)
    drawn += "".join(_dots(axis, line, row) for row, line in enumerate(lines))
    drawn += "".join(_warning(axis, line, row) for row, line in enumerate(lines))
    drawn += "".join(_median(axis, line, row) for row, line in enumerate(lines))
    return _svg(HEIGHT, label, shades + drawn + "".join(_hover(axis, hover, HEIGHT) for hover in hovers))


def share_strip(
    shares: np.ndarray, axis: Axis, step: float, top: float, hovers: Iterable[Hover], label: str
) -> str:
    """Draws a share for each step as a bar.

    Args:
        shares: One for each step from the axis' begin; NaN where there is none.
        axis: The horizontal axis.
        step: Length of a step.
        top: The share at full height.
        hovers: Words for the pointer.
        label: Text alternative for screen readers.
    """
    places = np.flatnonzero(np.nan_to_num(shares) > 0)
    left = axis.x(axis.start + places * step)
    width = float(axis.x(axis.start + step))
    heights = STRIP_HEIGHT * np.minimum(shares[places] / top, 1.0)
    bars = "".join(
        f"M{x:.1f} {STRIP_HEIGHT}v-{h:.1f}h{0.85 * width:.2f}v{h:.1f}z"
        for x, h in zip(left, heights, strict=True)
    )
    hovers_svg = "".join(_hover(axis, hover, STRIP_HEIGHT) for hover in hovers)
    return _svg(STRIP_HEIGHT, label, f'<path class="share" d="{bars}"/>{hovers_svg}')


def line_class(row: int) -> str:
    """Returns the classes of a line in the style sheet."""
    return f"line-{row % LINES}{' again' if row >= LINES else ''}"


def height_share(score: float) -> float:
    """Returns how far below the top of the chart a score lies, in [0, 1]."""
    return 1 - min(max(score, 0.0), TOP) / TOP


def _svg(height: int, label: str, content: str) -> str:
    return (
        f'<svg class="time-svg" role="img" aria-label="{html.escape(label)}" viewBox="0 0 {WIDTH} {height}" '
        f'preserveAspectRatio="none">{content}</svg>'
    )


def _median(axis: Axis, line: ScoreLine, row: int) -> str:
    parts = _parts(axis, line.times)
    path = "".join(f"M{_points(axis.x(line.times[part]), _y(line.median[part]))}" for part in parts)
    return f'<path class="median {line_class(row)}" d="{path}"/>'


def _band(axis: Axis, line: ScoreLine, row: int) -> str:
    if not len(line.low):
        return ""
    path = ""
    for part in _parts(axis, line.times):
        x = axis.x(line.times[part])
        edge = np.concatenate([_y(line.high[part]), _y(line.low[part])[::-1]])
        path += f"M{_points(np.concatenate([x, x[::-1]]), edge)}z"
    return f'<path class="band {line_class(row)}" d="{path}"/>'


def _dots(axis: Axis, line: ScoreLine, row: int) -> str:
    # Lines of no length with round ends stay round when the chart is stretched, unlike circles.
    dots = ""
    for kind, chosen in (
        ("dot", ~line.dot_defects.astype(bool)),
        ("dot defect", line.dot_defects.astype(bool)),
    ):
        x, y = axis.x(line.dot_times[chosen]), _y(line.dots[chosen])
        path = "".join(f"M{a:.1f} {b:.1f}h0.01" for a, b in zip(x, y, strict=True))
        dots += f'<path class="{kind} {line_class(row)}" d="{path}"/>' if path else ""
    return dots


def _warning(axis: Axis, line: ScoreLine, row: int) -> str:
    return "".join(_level(f"warning {line_class(row)}", score) for score in line.warning or ())


def _level(kind: str, score: float) -> str:
    y = HEIGHT * height_share(score)
    return f'<path class="{kind}" d="M0 {y:.1f}H{WIDTH}"/>'


def _hover(axis: Axis, hover: Hover, height: int) -> str:
    left, right = _ends(axis, (hover.start, hover.end))
    return (
        f'<rect class="hover" x="{left:.1f}" y="0" width="{max(right - left, 0):.1f}" height="{height}">'
        f"<title>{html.escape(hover.words)}</title></rect>"
    )


def _box(kind: str, left: float, right: float, top: float, bottom: float) -> str:
    return f'<rect class="{kind}" x="{left:.1f}" y="{top}" width="{max(right - left, 2):.1f}" height="{bottom - top}"/>'


def _ends(axis: Axis, span: tuple[float, float]) -> tuple[float, float]:
    left, right = (min(max(float(axis.x(time)), 0.0), WIDTH) for time in span)
    return left, right


def _parts(axis: Axis, times: np.ndarray) -> list[np.ndarray]:
    """Returns the positions of the points by parts that are connected."""
    if not len(times):
        return []
    return np.split(np.arange(len(times)), np.flatnonzero(np.diff(times) > axis.gap) + 1)


def _points(x: np.ndarray, y: np.ndarray) -> str:
    return "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True)) + ("h0.01" if len(x) == 1 else "")


def _y(scores: np.ndarray) -> np.ndarray:
    return HEIGHT * (1 - np.clip(np.asarray(scores, float), 0, TOP) / TOP)
