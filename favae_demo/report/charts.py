"""The charts of a measured model, for the report's page (as SVG) and as files: SVG, PNG, and CSV of their data."""

import io
import re
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from favae_demo.core.plain_text import write_csv_rows
from favae_demo.evaluation import operating_point
from favae_demo.evaluation.results_cache import EvaluationSummary
from favae_demo.scoring.multiples import TINY, multiple
from favae_demo.scoring.thresholds import Threshold
from favae_demo.viz import charts
from favae_demo.viz.charts import DARK, LIGHT

# Width and height in inches. They are printed at about three quarters of this size, so that text has 9 points.
HALF, WHOLE = (4.7, 3.7), (8.6, 3.3)
ROC_COLUMNS, PR_COLUMNS = ("false alarms", "found"), ("found", "right alarms")
SCORE_COLUMNS = ("picture", "kind", "verdict", "multiple", "limit supported", "score", "limit")
Rows = list[tuple[Any, ...]]
Curve = tuple[np.ndarray, np.ndarray]
Point = tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """A chart, or the reason why it is missing.

    Attributes:
        name: Stem of its file.
        title: Heading.
        alt: Text alternative for screen readers.
        size: Width and height in inches.
        figure: The chart; None if it is missing.
        rows: Its data, with a line of headings.
        reason: Why it is missing, as a sentence.
    """

    name: str
    title: str
    alt: str
    size: tuple[float, float]
    figure: Figure | None
    rows: Rows
    reason: str = ""

    @cached_property
    def svg(self) -> str:
        """The chart as an SVG document; drawing takes most of the time that a report takes."""
        return charts.figure_svg(self.figure) if self.figure else ""

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width of the page."""
        return self.size == WHOLE


def build(
    measured: EvaluationSummary, title: str, threshold: Threshold, pixel_threshold: Threshold | None = None
) -> list[Chart]:
    """Builds all charts of a measured model.

    Args:
        measured: Its results.
        title: Its name.
        threshold: Threshold of the image score, marked in the charts over images.
        pixel_threshold: Threshold of the score map, marked in the ROC curve over pixels; None marks nothing there.
    """
    limit = threshold.value
    scores = measured.scores / max(limit, TINY)
    good, defect = scores[~measured.labels], scores[measured.labels]
    histogram = charts.histogram_figure(good, defect, 1.0)
    alt = f"Scores of {len(good)} good and {len(defect)} defective pictures, as multiples of the limit."
    image_pr, image_ap = operating_point.image_pr(measured), operating_point.image_ap(measured)
    roc_point = operating_point.roc_point(measured, limit)
    pr_point = operating_point.pr_point(measured, limit)
    pixel_point = (
        operating_point.pixel_roc_point(measured, pixel_threshold.value) if pixel_threshold else None
    )
    figures = measured.figures

    def curve(
        name: str,
        heading: str,
        figure: str,
        points: Curve | None,
        area: float | None,
        mark: Point | None = None,
    ) -> Chart:
        """Draws a curve, or gives the reason why `figure` and its curve are missing."""
        draw, columns = (
            (charts.roc_figure, ROC_COLUMNS) if name.endswith("_roc") else (charts.pr_figure, PR_COLUMNS)
        )
        if points is None or area is None:
            return Chart(name, heading, "", HALF, None, [], measured.reasons.get(figure, ""))
        about = f"{heading} of {title}; the area under it is {area:.3f}."
        rows = [columns, *zip(*(axis.tolist() for axis in points), strict=True)]
        return _sized(Chart(name, heading, about, HALF, draw({title: (*points, area)}, mark), rows))

    rows = score_rows(measured, threshold)
    return [
        _sized(Chart("scores", "Scores of good and defective pictures", alt, WHOLE, histogram, rows)),
        curve(
            "image_roc", "ROC over pictures", "image_auroc", measured.image_roc, figures["image_auroc"], roc_point
        ),
        curve("image_pr", "Precision and recall over pictures", "f1_max", image_pr, image_ap, pr_point),
        curve(
            "pixel_roc", "ROC over pixels", "pixel_auroc", measured.pixel_roc, figures["pixel_auroc"], pixel_point
        ),
        curve(
            "pixel_pr", "Precision and recall over pixels", "pixel_ap", measured.pixel_pr, figures["pixel_ap"]
        ),
    ]  # fmt: skip


def score_rows(measured: EvaluationSummary, threshold: Threshold) -> Rows:
    """Returns one row for each test image, below a line of headings (`SCORE_COLUMNS`)."""
    verdicts = operating_point.verdicts(measured, threshold.value)
    return [
        SCORE_COLUMNS,
        *(
            (
                key,
                key.split("/")[1],
                verdict,
                multiple(score, threshold.value),
                threshold.supported,
                score,
                threshold.value,
            )
            for key, score, verdict in zip(measured.keys, measured.scores.tolist(), verdicts, strict=True)
        ),
    ]


def csv_text(rows: Rows) -> str:
    """Returns rows as CSV."""
    lines = io.StringIO(newline="")
    write_csv_rows(lines, rows)
    return lines.getvalue()


def png_bytes(image: np.ndarray) -> bytes:
    """Returns a uint8 image as PNG."""
    memory = io.BytesIO()
    Image.fromarray(image).save(memory, "PNG", compress_level=4)
    return memory.getvalue()


def add_charts(archive: zipfile.ZipFile, drawn: list[Chart], folder: str = "") -> None:
    """Writes each chart that exists into an archive: as SVG, as PNG, and its data as CSV.

    Args:
        archive: An open ZIP file.
        drawn: The charts.
        folder: Where in the archive, with a slash at its end.
    """
    for chart in drawn:
        if chart.figure is not None:
            archive.writestr(f"{folder}{chart.name}.svg", chart.svg)
            archive.writestr(f"{folder}{chart.name}.png", png_bytes(charts.figure_image(chart.figure)))
            archive.writestr(f"{folder}{chart.name}.csv", csv_text(chart.rows))


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


def _sized(chart: Chart) -> Chart:
    """Sets the size of the chart's figure."""
    if chart.figure is not None:
        chart.figure.set_size_inches(*chart.size)
    return chart
