"""Values of the Results tab's components, by name: what its event handlers return, testable without a page."""

import html
from typing import Any

import gradio as gr

from favae_demo.evaluation import operating_point
from favae_demo.scoring.coverage import coverage_sentence
from favae_demo.scoring.multiples import format_number, multiple
from favae_demo.ui import text
from favae_demo.ui.components.html import notice_html
from favae_demo.ui.components.updates import Values
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.results.charts import curves_html, histogram_html
from favae_demo.ui.tabs.results.tables import figures_html, kinds_html, over_all_html, peers_html
from favae_demo.ui.tabs.results.view import (
    BEST_F1,
    HAND,
    RATE,
    ModelResult,
    ResultsView,
    ThresholdChoice,
    data_notes,
    load_view,
)

MOST_NAMED = 4  # models, each by its name, on the button that measures them
# Names of components. A handler gives values by name; what it does not name stays.
CELLS = tuple(operating_point.CELLS)
GALLERIES = ("pictures", "best", "worst")
KEYS = tuple(f"{name}_keys" for name in GALLERIES)
SHOWN_CELL = ("about_pictures", "pictures", "pictures_keys")
THRESHOLD = (
    "choice", "by_hand", "about_limit", "histogram", "image_curves", "pixel_curves", "kinds", *CELLS, "about_worst",
    *SHOWN_CELL, "best", "worst", "best_keys", "worst_keys",
)  # fmt: skip
RESULTS = ("about_data", "measure", "figures", "peers", *THRESHOLD)
OPENING = ("category", "model", "about", "problems", *RESULTS)
DEFAULT_CELL = "missed"
EXAMPLES = 8
STEPS = 400  # of the slider that sets the threshold


def opening(
    services: Services,
    category: str | None,
    model: str | None,
    choice: ThresholdChoice,
    cell: str = DEFAULT_CELL,
) -> Values:
    """Returns values of the whole tab.

    Args:
        services: The core.
        category: What to show; None where there is nothing at all.
        model: File of the model; None, or one of another category, takes the first.
        choice: The threshold.
        cell: The cell of the confusion matrix whose images are shown.
    """
    view = load_view(services, category, model)
    paths = services.model_choices(category) if category else []
    chosen = str(view.models[view.chosen].path) if view.chosen else None
    about = services.describe(category) if category else services.no_data()
    return {
        "category": gr.Dropdown(choices=services.category_choices(), value=category),
        "model": gr.Dropdown(choices=paths, value=chosen),
        "about": about,
        "problems": "",
    } | result_values(services, view, choice, cell)


def result_values(services: Services, view: ResultsView, choice: ThresholdChoice, cell: str) -> Values:
    """Returns values of all components that depend on the results."""
    values: Values = {
        "about_data": _about_data(view),
        "measure": _measure_button(view),
        "figures": figures_html(view),
        "peers": peers_html(view) + over_all_html(services),
    }
    return values | threshold_values(services, view, choice, cell)


def threshold_values(services: Services, view: ResultsView, choice: ThresholdChoice, cell: str) -> Values:
    """Returns values of all components that depend on the threshold; no model runs, and no chart is rendered again."""
    result = view.result
    if result is None:
        return _nothing(choice)
    threshold = result.threshold(choice).value
    counts = operating_point.confusion(result.measured, threshold)
    top = multiple(float(result.measured.scores.max()), result.recommended)
    value = multiple(threshold, result.recommended)
    values: Values = {
        "choice": choice,
        "by_hand": gr.Slider(
            minimum=0,
            maximum=_rounded(1.02 * max(top, value)),
            step=_step(top),
            value=_rounded(value),
        ),
        "about_limit": _about_threshold(result, choice, counts),
        "histogram": histogram_html(result, choice),
        "image_curves": curves_html(result, choice, "image"),
        "pixel_curves": curves_html(result, choice, "pixel"),
        "kinds": kinds_html(result, choice),
    }
    values |= {name: text.results.CELLS[name].format(n=getattr(counts, name)) for name in CELLS}
    return values | cell_values(services, view, choice, cell) | _examples(services, view, result, threshold)


def cell_values(services: Services, view: ResultsView, choice: ThresholdChoice, cell: str) -> Values:
    """Returns values of the gallery with the images of one cell of the confusion matrix."""
    result = view.result
    if result is None:
        return {}
    threshold = result.threshold(choice).value
    keys = operating_point.cells(result.measured, threshold)[cell]
    about = text.results.SHOWN_COUNT if keys else text.results.SHOWN_NONE
    return {
        "about_pictures": about.format(title=text.results.SHOWN[cell], count=len(keys)),
        "pictures": _gallery(services, view, result, keys, threshold),
        "pictures_keys": keys,
    }


def without_unchanged_galleries(values: Values, shown: dict[str, list[str]]) -> Values:
    """Returns the values without galleries whose images stay the same: sending them again costs more than all the rest.

    Args:
        values: From `threshold_values`.
        shown: Keys of the images that each gallery shows now, by its name.
    """
    same = {name for name, keys in shown.items() if values.get(f"{name}_keys") == keys}
    return {name: value for name, value in values.items() if name not in same}


def _examples(services: Services, view: ResultsView, result: ModelResult, threshold: float) -> Values:
    chosen = operating_point.examples(result.measured, threshold, EXAMPLES)
    return {
        "best": _gallery(services, view, result, chosen.best, threshold),
        "best_keys": chosen.best,
        "worst": _gallery(services, view, result, chosen.worst, threshold),
        "worst_keys": chosen.worst,
        "about_worst": text.results.WORST_INFO if chosen.worst else text.results.NO_WORST,
    }


def _gallery(
    services: Services, view: ResultsView, result: ModelResult, keys: list[str], threshold: float
) -> Any:
    by_key = {sample.key: sample for sample in view.category.test} if view.category else {}
    scores = dict(zip(result.measured.keys, result.measured.scores.tolist(), strict=True))
    samples = [by_key[key] for key in keys]
    images = [
        (
            path,
            text.results.PICTURE.format(
                name=text.formatting.picture_name(sample.defect, sample.path.stem),
                score=text.formatting.multiple(multiple(scores[sample.key], threshold)),
            ),
        )
        for (path, _), sample in zip(services.thumbnails(samples, view.name), samples, strict=True)
    ]
    return gr.Gallery(images, selected_index=None)


def _about_data(view: ResultsView) -> str:
    category = view.category
    remarks = list(data_notes(view))
    if not view.models:
        remarks.append(text.results.NO_MODEL)
    if category is None or not category.test:
        return " ".join(remarks)
    good = sum(sample.is_good for sample in category.test)
    count = len(category.test)
    about = text.results.ABOUT.format(
        count=count, good=good, defect=count - good, notes=" ".join(remarks)
    ).strip()
    return about + notice_html(view.problems)


def _about_threshold(result: ModelResult, choice: ThresholdChoice, counts: operating_point.Confusion) -> str:
    threshold, held_out = result.threshold(choice), result.model.card.good_scores.images
    above = sum(score > threshold.value for score in held_out)
    by = RATE if choice.by == BEST_F1 and result.best_f1 is None else choice.by
    says = {RATE: text.results.OF_RATE, HAND: text.results.OF_HAND, BEST_F1: text.results.OF_F1}[by].format(
        limit=_in_limits(result, threshold.value), count=len(held_out), rate=f"{choice.rate:g}", above=above,
        share=text.formatting.percent(above / len(held_out), 1),
    )  # fmt: skip
    worth = (
        f"<p>{html.escape(text.sentences.translate(coverage_sentence(threshold.support)))}</p>"
        if by == RATE
        else ""
    )
    few = "" if threshold.supported else text.results.TOO_FEW.format(missing=threshold.support.missing)
    outcome = text.results.OUTCOME.format(
        found=counts.found, defects=counts.defects, alarms=counts.alarms, goods=counts.goods,
    )  # fmt: skip
    outcome += text.results.NOT_JUDGED.format(count=counts.not_judged) if counts.not_judged else ""
    said = about_marked(result, threshold.value)
    return f'<div class="about-limit" role="status"><p>{says}{few}</p>{worth}<p>{outcome}</p>{said}</div>'


def about_marked(result: ModelResult, threshold: float) -> str:
    """Returns what the threshold would have to be for the images that were marked as a defect; empty without any."""
    marked = operating_point.marked_defects(result.measured, threshold)
    if marked is None:
        return ""
    if not marked.missed:
        return f"<p>{text.feedback.ALL_FOUND.format(count=marked.count)}</p>"
    good = result.model.card.good_scores.images
    need = text.feedback.NEED.format(
        missed=marked.missed, count=marked.count, limit=_in_limits(result, marked.needed),
        above=sum(score > marked.needed for score in good), good=len(good),
    )  # fmt: skip
    return f"<p>{need}</p>"


def _in_limits(result: ModelResult, threshold: float) -> str:
    return format_number(multiple(threshold, result.recommended))


def _measure_button(view: ResultsView) -> Any:
    if not view.waiting or view.category is None:
        return gr.Button(visible=False)
    several = text.results.MODELS.format(count=len(view.waiting))
    models = several if len(view.waiting) > MOST_NAMED else text.formatting.listed(list(view.waiting))
    label = text.results.MEASURE.format(models=models, count=len(view.category.test))
    return gr.Button(label, visible=True, interactive=True)


def _nothing(choice: ThresholdChoice) -> Values:
    empty: Values = dict.fromkeys(
        (
            "about_limit",
            "histogram",
            "image_curves",
            "pixel_curves",
            "kinds",
            "about_pictures",
            "about_worst",
        ),
        "",
    )
    empty |= {name: gr.Gallery([], selected_index=None) for name in GALLERIES}
    return empty | {name: [] for name in KEYS} | {"choice": choice}


def _step(top: float) -> float:
    """Returns a step that is a power of ten, fine enough to tell the scores apart."""
    return float(10.0 ** _exponent(top / STEPS))


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _exponent(value: float) -> int:
    return int(f"{max(value, 1e-9):e}".split("e")[1])
