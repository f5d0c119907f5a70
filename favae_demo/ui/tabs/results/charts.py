"""Charts of a measured model with the threshold marked: each is rendered once, and only its mark moves."""

import html
from collections.abc import Callable
from functools import lru_cache

from matplotlib.figure import Figure

from favae_demo.evaluation import operating_point
from favae_demo.scoring.multiples import TINY, multiple
from favae_demo.ui import language, text
from favae_demo.ui.components.chart_words import chart_words
from favae_demo.ui.components.html import figure_html
from favae_demo.ui.tabs.results.view import ModelResult, ThresholdChoice
from favae_demo.viz.chart_marks import RenderedChart, render_chart
from favae_demo.viz.charts import CurveWithArea, histogram_figure, pr_figure, roc_figure

Point = tuple[float, float] | None


def histogram_html(result: ModelResult, choice: ThresholdChoice) -> str:
    """Returns the histogram of the scores of good and defective test images, with the threshold as a line."""
    measured = result.measured
    line = multiple(result.threshold(choice).value, result.recommended)
    rendered = _chart(result, "histogram", language.current()).with_mark(line=line)
    alt = text.results.CHART_ALT["histogram"].format(good=measured.n_good, defect=measured.n_defect)
    note = text.results.CHART_NOTES["histogram"]
    title = text.results.CHART_TITLES["histogram"]
    return figure_html(
        rendered.light,
        rendered.dark,
        title,
        f"{alt} {note}",
        below=note,
        name="scores",
        save=text.results.SAVE,
    )


def curves_html(result: ModelResult, choice: ThresholdChoice, over: str) -> str:
    """Returns the ROC and the precision–recall curve with the point of the threshold, or the reason why there is none.

    Args:
        result: The measured model.
        choice: The threshold. That of pixels depends on the false-alarm rate only.
        over: `image` for the curves over images, `pixel` for those over pixels.
    """
    charts = "".join(_curve_html(result, choice, chart) for chart in (f"{over}_roc", f"{over}_pr"))
    return f'<div class="charts two">{charts}</div>'


def _curve_html(result: ModelResult, choice: ThresholdChoice, chart: str) -> str:
    metric, mark = _CURVES[chart]
    title = text.results.CHART_TITLES[chart]
    curve = _curve_with_area(result, chart)
    if curve is None:
        reason = text.sentences.translate(result.measured.reasons.get(metric, ""))
        return (
            f'<p class="remark">{html.escape(text.results.NO_CHART.format(title=title, reason=reason))}</p>'
        )
    point = mark(result, choice)
    rendered = _chart(result, chart, language.current()).with_mark(point=point)
    note = ""
    if point is not None:
        x, y = (text.formatting.percent(share, 1) for share in point)
        note = text.results.CHART_NOTES[chart].format(x=x, y=y, rate=f"{choice.rate:g}")
    alt = text.results.CHART_ALT["curve"].format(title=title, area=curve[2])
    return figure_html(
        rendered.light,
        rendered.dark,
        title,
        f"{alt} {note}".strip(),
        below=note,
        name=chart,
        save=text.results.SAVE,
    )


@lru_cache(maxsize=60)
def _chart(result: ModelResult, chart: str, _language: str) -> RenderedChart:
    """Returns a chart without its mark, rendered once for all visitors of a language."""
    return render_chart(_histogram(result) if chart == "histogram" else _curve_figure(result, chart))


def _histogram(result: ModelResult) -> Figure:
    labels = result.measured.labels
    scores = result.measured.scores / max(result.recommended, TINY)
    return histogram_figure(scores[~labels], scores[labels], words=chart_words())


def _curve_figure(result: ModelResult, chart: str) -> Figure:
    curve = _curve_with_area(result, chart)
    draw = pr_figure if chart.endswith("_pr") else roc_figure
    return draw({} if curve is None else {result.title: curve}, words=chart_words())


def _curve_with_area(result: ModelResult, chart: str) -> CurveWithArea | None:
    """Returns the points of a curve and the area under it; None if the data do not suffice for them."""
    measured = result.measured
    if chart == "image_pr":  # not part of the protocol: computed for this chart only
        points, area = operating_point.image_pr(measured), operating_point.image_ap(measured)
    else:
        points, area = getattr(measured, chart), measured.figures[_CURVES[chart][0]]
    return None if points is None or area is None else (*points, float(area))


def _image_roc_point(result: ModelResult, choice: ThresholdChoice) -> Point:
    return operating_point.roc_point(result.measured, result.threshold(choice).value)


def _image_pr_point(result: ModelResult, choice: ThresholdChoice) -> Point:
    return operating_point.pr_point(result.measured, result.threshold(choice).value)


def _pixel_roc_point(result: ModelResult, choice: ThresholdChoice) -> Point:
    threshold = result.model.card.good_scores.threshold(choice.rate / 100, "combined")
    return operating_point.pixel_roc_point(result.measured, threshold.value)


def _no_point(result: ModelResult, choice: ThresholdChoice) -> Point:
    return None


# By chart: the metric without which there is no curve, and the function that finds the point of the threshold on it.
_CURVES: dict[str, tuple[str, Callable[[ModelResult, ThresholdChoice], Point]]] = {
    "image_roc": ("image_auroc", _image_roc_point),
    "pixel_roc": ("pixel_auroc", _pixel_roc_point),
    "image_pr": ("image_auroc", _image_pr_point),
    "pixel_pr": ("pixel_ap", _no_point),
}
