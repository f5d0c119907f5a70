"""The charts of a measured model with the limit marked on them: each is drawn once, only its mark moves."""

import html
from collections.abc import Callable
from functools import lru_cache

from matplotlib.figure import Figure

from favae_demo.evaluation import operating_point
from favae_demo.ui import text
from favae_demo.ui.components.html import figure_html
from favae_demo.ui.tabs.results.view import Choice, Result
from favae_demo.viz.chart_marks import RenderedChart, render_chart
from favae_demo.viz.charts import histogram_figure, pr_figure, roc_figure

Point = tuple[float, float] | None


def histogram_html(result: Result, choice: Choice) -> str:
    """Scores of good and defective test pictures, with the limit as a line."""
    threshold, measured = result.threshold(choice).value, result.measured
    looks = _chart(result, "histogram").with_mark(line=threshold)
    says = text.results.CHART_ALT["histogram"].format(good=measured.n_good, defect=measured.n_defect)
    note = text.results.CHART_NOTES["histogram"].format(limit=text.formatting.number(threshold))
    title = text.results.CHART_TITLES["histogram"]
    return figure_html(looks.light, looks.dark, title, f"{says} {note}", below=note, save=text.results.SAVE)


def curves_html(result: Result, choice: Choice, over: str) -> str:
    """ROC and precision–recall curve with the point of the limit; or why there is none.

    Args:
        result: The model, measured.
        choice: Where the limit is. That of places follows from its false-alarm rate alone.
        over: `image` for the curves over pictures, or `pixel`.
    """
    charts = "".join(_curve(result, choice, chart) for chart in (f"{over}_roc", f"{over}_pr"))
    return f'<div class="charts two">{charts}</div>'


def _curve(result: Result, choice: Choice, chart: str) -> str:
    figure, point = _CURVES[chart]
    title = text.results.CHART_TITLES[chart]
    if _points(result, chart) is None:
        reason = result.measured.reasons.get(figure, "")
        return (
            f'<p class="remark">{html.escape(text.results.NO_CHART.format(title=title, reason=reason))}</p>'
        )
    here = point(result, choice)
    looks = _chart(result, chart).with_mark(point=here)
    note = (
        text.results.CHART_NOTES[chart].format(x=here[0], y=here[1], rate=f"{choice.rate:g}") if here else ""
    )
    says = text.results.CHART_ALT["curve"].format(title=title, area=_area(result, chart))
    return figure_html(
        looks.light, looks.dark, title, f"{says} {note}".strip(), below=note, save=text.results.SAVE
    )


@lru_cache(maxsize=60)
def _chart(result: Result, chart: str) -> RenderedChart:
    """Drawn once for all visitors."""
    return render_chart(_DRAW[chart](result))


def _histogram(result: Result) -> Figure:
    measured = result.measured
    return histogram_figure(measured.scores[~measured.labels], measured.scores[measured.labels])


def _points(result: Result, chart: str) -> tuple | None:
    return (
        operating_point.image_pr(result.measured) if chart == "image_pr" else getattr(result.measured, chart)
    )


def _area(result: Result, chart: str) -> float:
    figure = _CURVES[chart][0]
    # Average precision over pictures is no figure of the protocol; only this chart needs it.
    value = (
        operating_point.image_ap(result.measured) if chart == "image_pr" else result.measured.figures[figure]
    )
    return float(value)


def _roc(result: Result, chart: str) -> Figure:
    return roc_figure({result.title: (*_points(result, chart), _area(result, chart))})


def _pr(result: Result, chart: str) -> Figure:
    return pr_figure({result.title: (*_points(result, chart), _area(result, chart))})


def _image_roc_point(result: Result, choice: Choice) -> Point:
    return operating_point.roc_point(result.measured, result.threshold(choice).value)


def _image_pr_point(result: Result, choice: Choice) -> Point:
    return operating_point.pr_point(result.measured, result.threshold(choice).value)


def _pixel_roc_point(result: Result, choice: Choice) -> Point:
    threshold = result.model.card.good_scores.threshold(choice.rate / 100, "combined")
    return operating_point.pixel_roc_point(result.measured, threshold.value)


def _no_point(result: Result, choice: Choice) -> Point:
    return None


# By name: the figure without which there is no curve, and where the limit lies on it.
_CURVES: dict[str, tuple[str, Callable[[Result, Choice], Point]]] = {
    "image_roc": ("image_auroc", _image_roc_point),
    "pixel_roc": ("pixel_auroc", _pixel_roc_point),
    "image_pr": ("image_auroc", _image_pr_point),
    "pixel_pr": ("pixel_ap", _no_point),
}
_DRAW: dict[str, Callable[[Result], Figure]] = {
    "histogram": _histogram,
    "image_roc": lambda result: _roc(result, "image_roc"),
    "pixel_roc": lambda result: _roc(result, "pixel_roc"),
    "image_pr": lambda result: _pr(result, "image_pr"),
    "pixel_pr": lambda result: _pr(result, "pixel_pr"),
}
