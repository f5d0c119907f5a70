"""The charts of a report, for the page (as SVG) and the archive."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.figure import Figure

from favae_demo.evaluation import operating_point
from favae_demo.report.report_data import ReportData
from favae_demo.viz import charts
from favae_demo.viz.charts import DARK, LIGHT

# Width and height in inches. They are printed at about three quarters of this size, so that text has 9 points.
HALF, WHOLE = (4.7, 3.7), (8.6, 3.3)
Curve = tuple[np.ndarray, np.ndarray]
Point = tuple[float, float]
DrawCurves = Callable[[Mapping[str, charts.CurveWithArea], Point | None], Figure]


@dataclass(frozen=True)
class Chart:
    """A chart, or the reason why it is missing.

    Attributes:
        name: Stem of its file.
        title: Heading.
        alt: Text alternative for screen readers.
        size: Width and height in inches.
        figure: The chart; None if it is missing.
        reason: Why it is missing, as a sentence.
    """

    name: str
    title: str
    alt: str
    size: tuple[float, float]
    figure: Figure | None
    reason: str = ""

    @cached_property
    def svg(self) -> str:
        """The chart as an SVG document; drawing takes most of the time that a report takes."""
        return charts.figure_svg(self.figure) if self.figure else ""

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width of the page."""
        return self.size == WHOLE


def build(data: ReportData) -> list[Chart]:
    """Builds all charts of a report; returns none if nothing was measured."""
    measured, threshold = data.measured, data.threshold.value
    if measured is None:
        return []
    good, defect = measured.scores[~measured.labels], measured.scores[measured.labels]
    histogram = charts.histogram_figure(good, defect, threshold)
    alt = f"Scores of {len(good)} good and {len(defect)} defective pictures; the limit is {threshold:.4g}."
    figures = data.figures
    image_pr, image_ap = operating_point.image_pr(measured), operating_point.image_ap(measured)
    roc_point = operating_point.roc_point(measured, threshold)
    pr_point = operating_point.pr_point(measured, threshold)
    roc, pr = charts.roc_figure, charts.pr_figure
    return [
        _sized(Chart("scores", "Scores of all test pictures, and the limit", alt, WHOLE, histogram)),
        _curve_chart(
            "image_roc", "Whole pictures: ROC curve", data, "image_auroc",
            roc, measured.image_roc, figures["image_auroc"], roc_point,
        ),
        _curve_chart(
            "image_pr", "Whole pictures: precision and recall", data, "f1_max", pr, image_pr, image_ap, pr_point
        ),
        _curve_chart(
            "pixel_roc", "Single points: ROC curve", data, "pixel_auroc",
            roc, measured.pixel_roc, figures["pixel_auroc"],
        ),
        _curve_chart(
            "pixel_pr", "Single points: precision and recall", data, "pixel_ap",
            pr, measured.pixel_pr, figures["pixel_ap"],
        ),
    ]  # fmt: skip


def inline_svg(svg: str, name: str) -> str:
    """Returns an SVG document as an element for a page with several: ids start with `name`, and colours are CSS variables."""
    text = svg[svg.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    for light in dark_colours():
        text = text.replace(light, f"var(--{light[1:]}, {light})")
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    return text.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)


def dark_colours() -> dict[str, str]:
    """Returns the colours of charts on a light page, each with its replacement on a dark page."""
    pairs = {getattr(LIGHT, name): getattr(DARK, name) for name in ("ink", "grid", "good", "defect")}
    return pairs | dict(zip(LIGHT.lines, DARK.lines, strict=True))


def _curve_chart(
    name: str,
    title: str,
    data: ReportData,
    figure_name: str,
    draw: DrawCurves,
    curve: Curve | None,
    area: float | None,
    point: Point | None = None,
) -> Chart:
    """Draws a curve, or returns the reason why the figure `figure_name` and its curve are missing."""
    if curve is None or area is None:
        return Chart(name, title, "", HALF, None, data.reasons.get(figure_name, ""))
    alt = f"{title} of {data.variant}; the area under it is {area:.3f}."
    return _sized(Chart(name, title, alt, HALF, draw({data.variant: (*curve, area)}, point)))


def _sized(chart: Chart) -> Chart:
    """Sets the size of the chart's figure."""
    if chart.figure is not None:
        chart.figure.set_size_inches(*chart.size)
    return chart
