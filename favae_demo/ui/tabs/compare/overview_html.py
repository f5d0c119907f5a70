"""HTML of the models' results on all test images: counts of verdicts, ROC curves, table of metrics."""

import html
from functools import lru_cache

import numpy as np

from favae_demo.ui import language, text
from favae_demo.ui.components.chart_words import chart_words
from favae_demo.ui.components.html import figure_html
from favae_demo.ui.tabs.compare.overview import ModelResult, Overview
from favae_demo.viz.chart_marks import to_dark_palette
from favae_demo.viz.charts import figure_svg, roc_figure

FIGURE_OF = {"image_roc": "image_auroc", "pixel_roc": "pixel_auroc"}


def counts_html(view: Overview) -> str:
    """Returns one sentence for each measured model, with the numbers of found and missed defects and of false alarms."""
    lines = "".join(
        f"<li><b>{html.escape(result.title)}:</b> {html.escape(_counts(view, result))}</li>"
        for result in view.results.values()
    )
    return f'<ul class="counts">{lines}</ul>'


def roc_html(view: Overview) -> str:
    """Returns the ROC charts over images and over pixels, each with the curves of all measured models."""
    return f'<div class="charts">{"".join(_roc(view, curve) for curve in FIGURE_OF)}</div>'


def figures_html(view: Overview) -> str:
    """Returns the table of metrics with a column for each model, and the reasons for missing ones."""
    head = "".join(f'<th scope="col">{html.escape(result.title)}</th>' for result in view.results.values())
    rows = "".join(_row(view, name) for name in text.compare.FIGURES)
    rows += "".join(_cost_row(view, name) for name in text.compare.COSTS)
    reasons = "".join(f"<p>{html.escape(reason)}</p>" for reason in _reasons(view))
    return (
        f'<div class="figures"><table><caption>{html.escape(text.compare.FIGURES_CAPTION)}</caption>'
        f'<thead><tr><th scope="col">{html.escape(text.compare.FIGURE)}</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>{reasons}</div>"
    )


def _counts(view: Overview, result: ModelResult) -> str:
    defect, alarms = view.labels, result.alarms
    return text.compare.COUNTS.format(
        found=int(alarms[defect].sum()),
        missed=int((~alarms[defect]).sum()),
        defects=int(defect.sum()),
        alarms=int(alarms[~defect].sum()),
        goods=int((~defect).sum()),
    )


def _roc(view: Overview, curve: str) -> str:
    figure, kind = FIGURE_OF[curve], text.compare.ROC[curve]
    drawn = {
        result.title: result
        for result in view.results.values()
        if getattr(result.measured, curve) is not None
    }
    if not drawn:
        reason = next(result.measured.reasons[figure] for result in view.results.values())
        return f"<p>{html.escape(text.compare.NO_ROC.format(kind=kind, reason=text.sentences.translate(reason)))}</p>"
    lines = tuple(
        (
            title,
            *(tuple(axis.tolist()) for axis in getattr(result.measured, curve)),
            result.measured.figures[figure],
        )
        for title, result in drawn.items()
    )
    # The threshold applies to image scores, so it has no operating point on the curve over pixels.
    points = tuple((title, result.point) for title, result in drawn.items()) if curve == "image_roc" else ()
    return _chart(language.current(), kind, lines, points)


@lru_cache(maxsize=32)
def _chart(
    _language: str,
    kind: str,
    lines: tuple[tuple[str, tuple[float, ...], tuple[float, ...], float], ...],
    points: tuple[tuple[str, tuple[float, float]], ...],
) -> str:
    """Returns a chart of curves (title, false-positive rates, true-positive rates, area) and operating points; cached for all visitors."""
    curves = {title: (np.array(x), np.array(y), area) for title, x, y, area in lines}
    areas = text.formatting.listed([f"{title} {area:.3f}" for title, *_, area in lines])
    svg = figure_svg(roc_figure(curves, operating_points=dict(points), words=chart_words()))
    alt = text.compare.ROC_ALT.format(kind=kind[0].lower() + kind[1:], areas=areas)
    return figure_html(svg, to_dark_palette(svg), kind, alt)


def _row(view: Overview, name: str) -> str:
    title, meaning = text.compare.FIGURES[name]
    values = [result.measured.figures[name] for result in view.results.values()]
    given = [round(value, 3) for value in values if value is not None]
    best = max(given) if len(given) > 1 else None
    cells = "".join(f"<td>{_cell(value, best)}</td>" for value in values)
    return f'<tr><th scope="row">{html.escape(title)}<small>{html.escape(meaning)}</small></th>{cells}</tr>'


def _cost_row(view: Overview, name: str) -> str:
    title, meaning = text.compare.COSTS[name]
    cells = "".join(
        f"<td>{text.formatting.cost(name, result.costs.get(name), text.compare.UNKNOWN)}</td>"
        for result in view.results.values()
    )
    return f'<tr><th scope="row">{html.escape(title)}<small>{html.escape(meaning)}</small></th>{cells}</tr>'


def _cell(value: float | None, best: float | None) -> str:
    if value is None:
        return text.compare.UNKNOWN
    return f"<b>{value:.3f}</b>" if round(value, 3) == best else f"{value:.3f}"


def _reasons(view: Overview) -> list[str]:
    """Returns the reasons for missing metrics, without duplicates."""
    return list(
        dict.fromkeys(
            text.compare.REASON.format(
                figure=text.compare.FIGURES[name][0], reason=text.sentences.translate(reason)
            )
            for result in view.results.values()
            for name, reason in result.measured.reasons.items()
        )
    )
