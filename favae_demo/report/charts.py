"""The report's charts: built once, embedded in the page as SVG, or saved."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure

from favae_demo.evaluation import operating_point
from favae_demo.evaluation.results_cache import Measured
from favae_demo.report.report_data import ReportData
from favae_demo.viz import charts
from favae_demo.viz.charts import DARK, LIGHT

# Inches; printed at about three quarters of it, so that text is 9 points.
HALF, WHOLE = (4.7, 3.7), (8.6, 3.3)


@dataclass(frozen=True)
class Chart:
    """One chart, or why it is missing.

    Attributes:
        name: Stem of its file.
        title: Heading.
        alt: What it says, for who cannot see it.
        size: Inches.
        figure: The drawing; None where the data cannot give it.
        reason: Why it is missing, a sentence.
    """

    name: str
    title: str
    alt: str
    size: tuple[float, float]
    figure: Figure | None
    reason: str = ""

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width."""
        return self.size == WHOLE


def build(data: ReportData) -> list[Chart]:
    """All charts of a report; none where nothing was measured."""
    found, threshold = data.measured, data.threshold.value
    if found is None:
        return []
    good, defect = found.scores[~found.labels], found.scores[found.labels]
    histogram = charts.histogram_figure(good, defect, threshold)
    alt = f"Scores of {len(good)} good and {len(defect)} defective pictures; the limit is {threshold:.4g}."
    return [
        _resized(Chart("scores", "Scores of all test pictures, and the limit", alt, WHOLE, histogram)),
        _roc("image_roc", "Whole pictures: ROC curve", "image_auroc", data, with_point=True),
        _pr("image_pr", "Whole pictures: precision and recall", "f1_max", data),
        _roc("pixel_roc", "Single points: ROC curve", "pixel_auroc", data),
        _pr("pixel_pr", "Single points: precision and recall", "pixel_ap", data),
    ]


def inline_svg(chart: Chart) -> str:
    """A chart as an SVG element that fits into a page with others: ids of its own, and colours that follow the page."""
    text = charts.figure_svg(chart.figure)
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{chart.name}-", text)
    for light in dark_colours():
        text = text.replace(light, f"var(--{light[1:]}, {light})")
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    return text.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)


def dark_colours() -> dict[str, str]:
    """The colours of charts on a light page, each with the one that takes its place on a dark one."""
    pairs = {getattr(LIGHT, name): getattr(DARK, name) for name in ("ink", "grid", "good", "defect")}
    return pairs | dict(zip(LIGHT.lines, DARK.lines, strict=True))


def _roc(name: str, title: str, figure: str, data: ReportData, *, with_point: bool = False) -> Chart:
    def draw(found: Measured, curve: tuple, area: float) -> Figure:
        point = operating_point.roc_point(found, data.threshold.value) if with_point else None
        return charts.roc_figure({data.variant: (*curve, area)}, point)

    return _curve(name, title, figure, getattr(data.measured, name), data.figures[figure], data, draw)


def _pr(name: str, title: str, figure: str, data: ReportData) -> Chart:
    over_images = name == "image_pr"
    curve = operating_point.image_pr(data.measured) if over_images else data.measured.pixel_pr
    area = operating_point.image_ap(data.measured) if over_images else data.figures[figure]

    def draw(found: Measured, curve: tuple, area: float) -> Figure:
        point = operating_point.pr_point(found, data.threshold.value) if over_images else None
        return charts.pr_figure({data.variant: (*curve, area)}, point)

    return _curve(name, title, figure, curve, area, data, draw)


def _curve(
    name: str,
    title: str,
    figure: str,
    curve: tuple | None,
    area: float | None,
    data: ReportData,
    draw: Callable[[Measured, tuple, float], Figure],
) -> Chart:
    if curve is None:
        return Chart(name, title, "", HALF, None, data.reasons.get(figure, ""))
    alt = f"{title} of {data.variant}; the area under it is {area:.3f}."
    return _resized(Chart(name, title, alt, HALF, draw(data.measured, curve, area)))


def _resized(chart: Chart) -> Chart:
    chart.figure.set_size_inches(*chart.size)
    return chart
