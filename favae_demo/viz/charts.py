"""Charts as matplotlib figures, built without pyplot so that many threads can draw at once."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from favae_demo.core.files import atomic_path

DPI = 160
SIZE = (7.2, 4.6)  # inches
FONT_SIZE = 12.0
CurveWithArea = tuple[np.ndarray, np.ndarray, float | None]


@dataclass(frozen=True)
class Palette:
    """Colours for one page: `lines` follow Okabe and Ito (2008), so that they differ for the colour-blind too."""

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


def loss_figure(history: Iterable, log: bool = False, *, dark: bool = False) -> Figure:
    """Training and held-out loss by epoch, with the epoch that was kept.

    Args:
        history: `training.events.EpochDone` events, or any objects with `epoch`, `train`, `validation` and `is_best`.
        log: Whether the losses are on a logarithmic axis.
        dark: Whether the page behind it is dark.
    """
    epochs = list(history)
    figure, axes, palette = _figure("Epoch", "Loss per picture", dark)
    numbers = [item.epoch for item in epochs]
    marker = "o" if len(epochs) < 30 else None
    for row, (title, values) in enumerate(
        {
            "Training": [item.train["total"] for item in epochs],
            "Held-out good parts": [item.validation["total"] for item in epochs],
        }.items()
    ):
        axes.plot(numbers, values, label=title, marker=marker, markersize=5, **_line(palette, row))
    best = [item for item in epochs if item.is_best]
    if best:
        kept = best[-1]
        axes.plot(
            kept.epoch,
            kept.validation["total"],
            "*",
            color=palette.ink,
            markersize=15,
            label="Kept",
            zorder=3,
        )
    axes.xaxis.get_major_locator().set_params(integer=True)
    if log:
        axes.set_yscale("log")
    else:
        axes.yaxis.set_major_formatter(EngFormatter(sep=""))  # 900k, not 900000
    return _finished(figure, axes, palette, has_entries=bool(epochs))


def roc_figure(
    curves: Mapping[str, CurveWithArea],
    operating_point: tuple[float, float] | None = None,
    *,
    operating_points: Mapping[str, tuple[float, float]] | None = None,
    dark: bool = False,
) -> Figure:
    """ROC curves.

    Args:
        curves: By name: false-positive rates, true-positive rates, and the area under the curve (None: not shown).
        operating_point: (false-positive rate, true-positive rate) at the threshold in use.
        operating_points: Where several curves are shown: the same for each, by the curve's name.
        dark: Whether the page behind it is dark.
    """
    figure, axes, palette = _figure("False alarms (share of good)", "Found (share of defects)", dark)
    axes.plot([0, 1], [0, 1], color=palette.grid, linewidth=1.5, zorder=1)
    _plot_curves(axes, palette, curves, "AUROC", operating_point)
    _mark_points(axes, palette, list(curves), operating_points or {})
    return _finished(figure, axes, palette, has_entries=bool(curves), location="lower right")


def pr_figure(
    curves: Mapping[str, CurveWithArea],
    operating_point: tuple[float, float] | None = None,
    *,
    dark: bool = False,
) -> Figure:
    """Precision–recall curves.

    Args:
        curves: By name: recalls, precisions, and the average precision (None: not shown).
        operating_point: (recall, precision) at the threshold in use.
        dark: Whether the page behind it is dark.
    """
    figure, axes, palette = _figure("Found (recall)", "Alarms that are right (precision)", dark)
    _plot_curves(axes, palette, curves, "AP", operating_point)
    return _finished(figure, axes, palette, has_entries=bool(curves))


def histogram_figure(
    good_scores: np.ndarray, defect_scores: np.ndarray, threshold: float | None = None, *, dark: bool = False
) -> Figure:
    """How the scores of good and defective images spread around the threshold.

    Args:
        good_scores: Scores of good images, any number.
        defect_scores: Scores of images with a defect, any number.
        threshold: Threshold of the score, or None.
        dark: Whether the page behind it is dark.
    """
    groups = {
        "Good": np.asarray(good_scores, dtype=float),
        "Defect": np.asarray(defect_scores, dtype=float),
    }
    figure, axes, palette = _figure("Score", "Pictures", dark)
    everything = np.concatenate(list(groups.values()))
    has_entries = len(everything) > 0
    if has_entries:
        edges = np.histogram_bin_edges(everything, bins=min(40, max(10, len(everything) // 3)))
        for (title, scores), colour, hatch in zip(
            groups.items(), (palette.good, palette.defect), ("", "///"), strict=True
        ):
            # Both an even fill and a hatch: the groups stay apart in grey print too.
            axes.hist(
                scores, edges, color=(colour, 0.35), edgecolor=colour, hatch=hatch, linewidth=1.2,
                label=f"{title} ({len(scores)})",
            )  # fmt: skip
    if threshold is not None:
        axes.axvline(
            threshold,
            color=palette.ink,
            linewidth=2,
            linestyle=DASHES[1],
            label=f"Limit {_number(threshold)}",
        )
    axes.yaxis.get_major_locator().set_params(integer=True)
    return _finished(figure, axes, palette, has_entries=has_entries)


def save_figure(figure: Figure, path: Path, fmt: str = "png") -> Path:
    """Writes a figure as `png` or `svg` with a transparent background; the file is whole or not there.

    Raises:
        ValueError: Another format.
    """
    if fmt not in ("png", "svg"):
        raise ValueError(f"fmt must be 'png' or 'svg', not {fmt!r}")
    with atomic_path(Path(path)) as temporary:
        figure.savefig(temporary, format=fmt)
    return Path(path)


def figure_image(figure: Figure) -> np.ndarray:
    """The figure as H×W×4 uint8 RGBA."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).copy()


def figure_svg(figure: Figure) -> str:
    """The figure as an SVG document with a transparent background; its text is drawn as shapes, so it needs no font."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def _figure(x_label: str, y_label: str, dark: bool) -> tuple[Figure, Axes, Palette]:
    palette = DARK if dark else LIGHT
    figure = Figure(SIZE, dpi=DPI, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
    figure.patch.set_alpha(0.0)
    axes = figure.subplots()
    axes.patch.set_alpha(0.0)
    axes.set_xlabel(x_label, fontsize=FONT_SIZE, color=palette.ink)
    axes.set_ylabel(y_label, fontsize=FONT_SIZE, color=palette.ink)
    axes.tick_params(colors=palette.ink, labelsize=FONT_SIZE - 1)
    axes.grid(color=palette.grid, linewidth=0.6, alpha=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(palette.ink)
    return figure, axes, palette


def _line(palette: Palette, row: int) -> dict:
    """Colour and dashes of the row-th line; past the palette, colours return with other dashes."""
    colours = palette.lines
    dashes = DASHES[(row + row // len(colours)) % len(DASHES)]
    return {"color": colours[row % len(colours)], "linestyle": dashes, "linewidth": 2.4}


def _plot_curves(
    axes: Axes,
    palette: Palette,
    curves: Mapping[str, CurveWithArea],
    area_name: str,
    operating_point: tuple[float, float] | None,
) -> None:
    for row, (name, (x, y, area)) in enumerate(curves.items()):
        label = name if area is None else f"{name}, {area_name} {area:.3f}"
        axes.plot(x, y, label=label, **_line(palette, row))
    if operating_point is not None:
        axes.plot(
            *operating_point, "o", color=palette.ink, markerfacecolor="none", markersize=11, markeredgewidth=2.2,
            label="Limit in use", zorder=3, clip_on=False,
        )  # fmt: skip
    axes.set(xlim=(-0.015, 1.015), ylim=(-0.015, 1.02))


def _mark_points(
    axes: Axes, palette: Palette, names: list[str], points: Mapping[str, tuple[float, float]]
) -> None:
    """A ring on each curve in its colour, with one neutral entry in the legend for all of them."""
    ring = {
        "marker": "o",
        "linestyle": "none",
        "markerfacecolor": "none",
        "markersize": 11,
        "markeredgewidth": 2.2,
        "clip_on": False,  # a ring at the very edge is whole
    }
    for name, (x, y) in points.items():
        axes.plot(x, y, color=_line(palette, names.index(name))["color"], zorder=3, **ring)
    if points:
        axes.plot([], [], color=palette.ink, label="Limits in use", **ring)


def _number(value: float) -> str:
    """A score without powers of ten, as exact as is of use."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _finished(
    figure: Figure, axes: Axes, palette: Palette, *, has_entries: bool, location: str = "best"
) -> Figure:
    """Adds the legend, or says that there is nothing to show yet."""
    if has_entries:
        legend = axes.legend(
            fontsize=FONT_SIZE - 1, labelcolor=palette.ink, loc=location, facecolor="none", edgecolor="none",
            handlelength=3.2,
        )  # fmt: skip
        legend.set_zorder(5)
    else:
        axes.text(
            0.5, 0.5, "No figures yet", transform=axes.transAxes, ha="center", va="center", color=palette.ink,
            fontsize=FONT_SIZE + 2,
        )  # fmt: skip
    return figure
