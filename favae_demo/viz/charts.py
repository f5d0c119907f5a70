"""Charts as matplotlib figures in the light palette, built without pyplot so that many threads can draw at once."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

DPI = 160
SIZE = (7.2, 4.6)  # inches
FONT_SIZE = 12.0
CurveWithArea = tuple[np.ndarray, np.ndarray, float | None]
"""x values, y values, and the area under the curve; None does not show the area."""
LegendLocation = Literal["best", "lower right"]


@dataclass(frozen=True)
class Palette:
    """Colours for a light or a dark page.

    Attributes:
        ink: Text and axes.
        grid: Grid lines.
        good: Good images.
        defect: Images with a defect.
        lines: Curves, in colours after Okabe and Ito (2008) that the colour-blind can distinguish.
    """

    ink: str
    grid: str
    good: str
    defect: str
    lines: tuple[str, ...]


LIGHT = Palette(
    ink="#1f2937",
    grid="#d1d5db",
    good="#0072b2",
    defect="#c2410c",
    lines=("#0072b2", "#c2410c", "#007a5a", "#a3457f", "#8a6100"),
)
DARK = Palette(
    ink="#f3f4f6",
    grid="#4b5563",
    good="#56b4e9",
    defect="#ff9d4d",
    lines=("#56b4e9", "#ff9d4d", "#2fd6a3", "#e79ac4", "#f0e442"),
)
DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)), (0, (1, 1)))


@dataclass(frozen=True)
class ChartWords:
    """What stands in the charts."""

    false_alarms: str = "False alarms (share of good)"
    found: str = "Found (share of defects)"
    recall: str = "Found (recall)"
    precision: str = "Alarms that are right (precision)"
    good: str = "Good"
    defect: str = "Defect"
    score: str = "Score, × the limit"
    pictures: str = "Pictures"
    limit: str = "Limit"
    in_use: str = "Limit in use"
    limits_in_use: str = "Limits in use"
    empty: str = "No figures yet"


ENGLISH = ChartWords()


def roc_figure(
    curves: Mapping[str, CurveWithArea],
    operating_point: tuple[float, float] | None = None,
    *,
    operating_points: Mapping[str, tuple[float, float]] | None = None,
    words: ChartWords = ENGLISH,
) -> Figure:
    """Draws ROC curves.

    Args:
        curves: By name: false-positive rates, true-positive rates, and the area under the curve (None: not shown).
        operating_point: (false-positive rate, true-positive rate) at the threshold in use.
        operating_points: The same for several curves, by the curve's name.
        words: What stands in the chart.
    """
    figure, axes = _figure(words.false_alarms, words.found)
    axes.plot([0, 1], [0, 1], color=LIGHT.grid, linewidth=1.5, zorder=1)
    _plot_curves(axes, curves, "AUROC", operating_point, words)
    _mark_points(axes, list(curves), operating_points or {}, words)
    return _add_legend(figure, axes, words, has_entries=bool(curves), location="lower right")


def pr_figure(
    curves: Mapping[str, CurveWithArea],
    operating_point: tuple[float, float] | None = None,
    *,
    words: ChartWords = ENGLISH,
) -> Figure:
    """Draws precision–recall curves.

    Args:
        curves: By name: recalls, precisions, and the average precision (None: not shown).
        operating_point: (recall, precision) at the threshold in use.
        words: What stands in the chart.
    """
    figure, axes = _figure(words.recall, words.precision)
    _plot_curves(axes, curves, "AP", operating_point, words)
    return _add_legend(figure, axes, words, has_entries=bool(curves))


def histogram_figure(
    good_scores: np.ndarray,
    defect_scores: np.ndarray,
    threshold: float | None = None,
    *,
    words: ChartWords = ENGLISH,
) -> Figure:
    """Draws histograms of the scores of good and defective images, with the threshold.

    Args:
        good_scores: Scores of good images, any number.
        defect_scores: Scores of images with a defect, any number.
        threshold: Threshold of the score, or None.
        words: What stands in the chart.
    """
    groups = {
        words.good: np.asarray(good_scores, dtype=float),
        words.defect: np.asarray(defect_scores, dtype=float),
    }
    figure, axes = _figure(words.score, words.pictures)
    everything = np.concatenate(list(groups.values()))
    has_entries = len(everything) > 0
    if has_entries:
        edges = np.histogram_bin_edges(everything, bins=min(40, max(10, len(everything) // 3)))
        for (title, scores), colour, hatch in zip(
            groups.items(), (LIGHT.good, LIGHT.defect), ("", "///"), strict=True
        ):
            # A hatch distinguishes the groups in greyscale print too.
            axes.hist(
                scores, edges.tolist(), color=(colour, 0.35), edgecolor=colour, hatch=hatch, linewidth=1.2,
                label=f"{title} ({len(scores)})",
            )  # fmt: skip
    if threshold is not None:
        axes.axvline(
            threshold,
            color=LIGHT.ink,
            linewidth=2,
            linestyle=DASHES[1],
            label=words.limit,
        )
    axes.yaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))
    return _add_legend(figure, axes, words, has_entries=has_entries)


def figure_image(figure: Figure) -> np.ndarray:
    """Returns the figure as H×W×4 uint8 RGBA."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).copy()


def figure_svg(figure: Figure) -> str:
    """Returns the figure as an SVG document with a transparent background; text is drawn as paths and needs no font."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def _figure(x_label: str, y_label: str) -> tuple[Figure, Axes]:
    figure = Figure(SIZE, dpi=DPI, layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1))
    figure.patch.set_alpha(0.0)
    axes = figure.subplots()
    axes.patch.set_alpha(0.0)
    axes.set_xlabel(x_label, fontsize=FONT_SIZE, color=LIGHT.ink)
    axes.set_ylabel(y_label, fontsize=FONT_SIZE, color=LIGHT.ink)
    axes.tick_params(colors=LIGHT.ink, labelsize=FONT_SIZE - 1)
    axes.grid(color=LIGHT.grid, linewidth=0.6, alpha=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(LIGHT.ink)
    return figure, axes


def _line(row: int) -> dict[str, Any]:
    """Returns colour and dashes of a line; beyond the palette's, colours are reused with other dashes."""
    colours = LIGHT.lines
    dashes = DASHES[(row + row // len(colours)) % len(DASHES)]
    return {"color": colours[row % len(colours)], "linestyle": dashes, "linewidth": 2.4}


def _plot_curves(
    axes: Axes,
    curves: Mapping[str, CurveWithArea],
    area_name: str,
    operating_point: tuple[float, float] | None,
    words: ChartWords,
) -> None:
    for row, (name, (x, y, area)) in enumerate(curves.items()):
        label = name if area is None else f"{name}, {area_name} {area:.3f}"
        axes.plot(x, y, label=label, **_line(row))
    if operating_point is not None:
        axes.plot(
            *operating_point, "o", color=LIGHT.ink, markerfacecolor="none", markersize=11, markeredgewidth=2.2,
            label=words.in_use, zorder=3, clip_on=False,
        )  # fmt: skip
    axes.set(xlim=(-0.015, 1.015), ylim=(-0.015, 1.02))


def _mark_points(
    axes: Axes, names: list[str], points: Mapping[str, tuple[float, float]], words: ChartWords
) -> None:
    """Draws a ring on each curve in its colour, with one legend entry for all."""
    ring: dict[str, Any] = {
        "marker": "o",
        "linestyle": "none",
        "markerfacecolor": "none",
        "markersize": 11,
        "markeredgewidth": 2.2,
        "clip_on": False,  # a ring at the edge is not cut off
    }
    for name, (x, y) in points.items():
        axes.plot(x, y, color=_line(names.index(name))["color"], zorder=3, **ring)
    if points:
        axes.plot([], [], color=LIGHT.ink, label=words.limits_in_use, **ring)


def _add_legend(
    figure: Figure, axes: Axes, words: ChartWords, *, has_entries: bool, location: LegendLocation = "best"
) -> Figure:
    """Adds the legend, or a note that there are no data yet."""
    if has_entries:
        legend = axes.legend(
            fontsize=FONT_SIZE - 1, labelcolor=LIGHT.ink, loc=location, facecolor="none", edgecolor="none",
            handlelength=3.2,
        )  # fmt: skip
        legend.set_zorder(5)
        for label in legend.get_texts():
            label.set_parse_math(False)  # a model's name may hold a dollar sign
    else:
        axes.text(
            0.5, 0.5, words.empty, transform=axes.transAxes, ha="center", va="center", color=LIGHT.ink,
            fontsize=FONT_SIZE + 2,
        )  # fmt: skip
    return figure
