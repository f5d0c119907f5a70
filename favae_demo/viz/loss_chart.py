"""A chart of losses over steps as a small SVG, with a logarithmic axis, drawn many times while a training runs."""

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from favae_demo.viz.chart_marks import ThemedSvg, to_dark_palette
from favae_demo.viz.charts import LIGHT

WIDTH, HEIGHT = 720, 330
LEFT, RIGHT, TOP, BOTTOM = 76, 28, 40, 44  # margins
SAMPLE, LETTER, ROW = (
    36,
    7.6,
    20,
)  # of the legend: the sample of a line, the width of a letter, the height of a row
DASHES = ("none", "9 4", "3 3", "12 4 3 4", "2 5")
SMALLEST = 1e-6  # smaller losses are raised to it: 0 has no logarithm
SMOOTHED_FROM = 20  # points of a line; shorter ones are drawn as they are
SMOOTHING = {"none": 0.0, "light": 0.05, "strong": 0.15}  # share of the line on either side of each point
DEFAULT_SMOOTHING = "light"
FEWEST_POWERS = 3  # ticks at powers of ten alone; with fewer, 2 and 5 times these are marked too
STRETCHES = 48  # of the chart, each with values for the pointer
Line = tuple[Sequence[int], Sequence[float]]
"""Steps and losses."""


@dataclass(frozen=True)
class _Axes:
    """The scales of both axes."""

    steps: int
    low: float
    high: float
    log: bool

    def x(self, steps: np.ndarray | float) -> np.ndarray:
        return LEFT + (WIDTH - LEFT - RIGHT) * np.asarray(steps, float) / max(self.steps, 1)

    def y(self, losses: np.ndarray | float) -> np.ndarray:
        scale = np.log if self.log else np.asarray
        low, high = (float(scale(end)) for end in (self.low, self.high))
        share = (scale(np.asarray(losses, float)) - low) / max(high - low, 1e-12)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def loss_chart(
    lines: Mapping[str, Line],
    steps: int,
    *,
    log: bool,
    x_title: str,
    y_title: str,
    smoothing: str = DEFAULT_SMOOTHING,
    group: str = ",",
) -> ThemedSvg:
    """Draws losses over steps, raw (thin) and smoothed (thick).

    Args:
        lines: By name; at least one with a point.
        steps: Right end of the axis.
        log: Whether the axis of losses is logarithmic.
        x_title: Title of the axis of steps.
        y_title: Title of the axis of losses.
        smoothing: A key of `SMOOTHING`.
        group: What stands between the thousands of a number.
    """
    axes, share = _axes(lines, steps, log), SMOOTHING[smoothing]
    grid = "".join(_level(axes, tick, group) for tick in ticks(axes.low, axes.high, log))
    marks = "".join(_step_mark(axes, tick, group) for tick in ticks(0, steps, log=False))
    drawn = "".join(_line(axes, line, row, share) for row, line in enumerate(lines.values()))
    places, above = _legend(lines)
    legend = "".join(
        f'<path d="M{x:.0f} {y - 4:.0f}h30" {_stroke(row)} stroke-width="2.6"/>{_text(x + SAMPLE, y, name)}'
        for row, (name, (x, y)) in enumerate(places.items())
    )
    titles = _text(WIDTH - RIGHT, HEIGHT - 6, x_title, "end") + _text(LEFT, TOP - 6, y_title)
    light = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {-above} {WIDTH} {HEIGHT + above}" width="{WIDTH}" height="{HEIGHT + above}" '
        f'font-family="system-ui, sans-serif" font-size="13">{grid}{marks}{drawn}{legend}{titles}</svg>'
    )
    return ThemedSvg(light, to_dark_palette(light))


def pointer_values(lines: Mapping[str, Line], steps: int, step_word: str, group: str = ",") -> str:
    """Returns an SVG element that lies over the chart and tells the pointer the values of all lines."""
    axes = _axes(lines, steps, log=False)
    edges = np.linspace(0, max(steps, 1), STRETCHES + 1)
    near = {name: _nearest(line, (edges[:-1] + edges[1:]) / 2) for name, line in lines.items()}
    boxes = ""
    for place, (left, right) in enumerate(zip(axes.x(edges[:-1]), axes.x(edges[1:]), strict=True)):
        words = "\n".join(
            f"{name}: {_grouped(losses[place], '.4g', group)} ({step_word} {_grouped(at[place], '', group)})"
            for name, (at, losses) in near.items()
        )
        boxes += (
            f'<rect x="{left:.1f}" width="{right - left:.1f}" y="{TOP}" height="{HEIGHT - TOP - BOTTOM}">'
            f"<title>{html.escape(words)}</title></rect>"
        )
    above = _legend(lines)[1]
    return f'<svg class="pointer-values" viewBox="0 {-above} {WIDTH} {HEIGHT + above}" aria-hidden="true">{boxes}</svg>'


def ticks(low: float, high: float, log: bool) -> list[float]:
    """Returns round values from `low` to `high`: powers of ten, and 2 and 5 times these where there are few; or evenly spaced ones."""
    if not log:
        step = 10.0 ** math.floor(math.log10(max(high - low, 1e-12)))
        step = next(one * step for one in (0.2, 0.5, 1, 2) if (high - low) / (one * step) <= 6)
        return [step * place for place in range(math.ceil(low / step), math.floor(high / step + 1e-9) + 1)]
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    fine = [factor * 10.0**decade for decade in decades for factor in (1, 2, 5)]
    inside = [one for one in fine if low * 0.999 <= one <= high * 1.001]
    powers = [one for one in inside if math.isclose(math.log10(one), round(math.log10(one)), abs_tol=1e-9)]
    return powers if len(powers) >= FEWEST_POWERS else inside


def smoothed(losses: np.ndarray, share: float) -> np.ndarray:
    """Returns the geometric mean of each loss with its neighbours.

    Args:
        losses: Above 0.
        share: Of the line, in (0, 1): how far the neighbours reach on either side.
    """
    reach = max(round(share * len(losses)), 1)
    sums = np.concatenate([[0.0], np.cumsum(np.log(losses))])
    first = np.maximum(np.arange(len(losses)) - reach, 0)
    last = np.minimum(np.arange(len(losses)) + reach + 1, len(losses))
    return np.exp((sums[last] - sums[first]) / (last - first))


def _legend(names: Iterable[str]) -> tuple[dict[str, tuple[float, float]], int]:
    """Returns where each entry of the legend begins, and how far its rows reach above the chart: the last one is always in it."""
    rows: list[dict[str, float]] = [{}]
    left = float(LEFT)
    for name in names:
        width = SAMPLE + LETTER * len(name)
        if rows[-1] and left + width > WIDTH:
            rows.append({})
            left = float(LEFT)
        rows[-1][name] = left
        left += width + 24
    above = ROW * (len(rows) - 1)
    places = {
        name: (x, 16.0 + ROW * place - above) for place, row in enumerate(rows) for name, x in row.items()
    }
    return places, above


def _axes(lines: Mapping[str, Line], steps: int, log: bool) -> _Axes:
    losses = np.maximum(np.concatenate([np.asarray(line[1], float) for line in lines.values()]), SMALLEST)
    low, high = float(losses.min()), float(losses.max())
    if log:
        return _Axes(steps, low / 1.15, high * 1.15, log)
    return _Axes(steps, 0.0, 1.05 * high, log)


def _nearest(line: Line, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns steps and losses of the points of a line that are nearest to some steps."""
    steps, losses = np.asarray(line[0]), np.asarray(line[1], float)
    nearest = np.abs(steps[:, None] - places).argmin(0)
    return steps[nearest], losses[nearest]


def _line(axes: _Axes, line: Line, row: int, share: float) -> str:
    steps, losses = np.asarray(line[0], float), np.maximum(np.asarray(line[1], float), SMALLEST)
    if not share:
        return _path(axes, steps, losses, row, 'stroke-width="1.4"')
    if len(losses) < SMOOTHED_FROM:
        return _path(axes, steps, losses, row, 'stroke-width="2.6"')
    return _path(axes, steps, losses, row, 'stroke-width="1" stroke-opacity="0.45"') + _path(
        axes, steps, smoothed(losses, share), row, 'stroke-width="2.6"'
    )


def _path(axes: _Axes, steps: np.ndarray, losses: np.ndarray, row: int, look: str) -> str:
    if len(steps) == 1:  # a dot: the first value is seen at once
        steps, losses, look = np.repeat(steps, 2), np.repeat(losses, 2), 'stroke-width="6"'
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(axes.x(steps), axes.y(losses), strict=True))
    return f'<polyline points="{points}" fill="none" stroke-linejoin="round" stroke-linecap="round" {_stroke(row)} {look}/>'


def _stroke(row: int) -> str:
    return f'stroke="{LIGHT.lines[row % len(LIGHT.lines)]}" stroke-dasharray="{DASHES[row % len(DASHES)]}"'


def _grouped(value: float, digits: str, group: str) -> str:
    return f"{value:,{digits}}".replace(",", group)


def _level(axes: _Axes, value: float, group: str) -> str:
    y = float(axes.y(value))
    line = f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{LIGHT.grid}" stroke-width="1"/>'
    return line + _text(LEFT - 8, y + 4.5, _grouped(value, ".10g", group), "end")


def _step_mark(axes: _Axes, value: float, group: str) -> str:
    x = float(axes.x(value))
    bottom = HEIGHT - BOTTOM
    return f'<path d="M{x:.1f} {bottom}v5" stroke="{LIGHT.ink}"/>' + _text(
        x, bottom + 19, _grouped(value, ".10g", group), "middle"
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{LIGHT.ink}" text-anchor="{anchor}">{html.escape(words)}</text>'
    )
