"""Values of the Compare tab's components, by name: what its event handlers return, testable without a page."""

from collections.abc import Iterator

import gradio as gr

from favae_demo.core.errors import FavaeError, ImageError
from favae_demo.ui import text
from favae_demo.ui.components import image_picker
from favae_demo.ui.components.html import legend_html, notice_html
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.components.updates import Values
from favae_demo.ui.errors import user_message
from favae_demo.ui.services import Services, newest_variants
from favae_demo.ui.tabs.compare.image_view import (
    PANES,
    ComparedImage,
    Comparison,
    VariantAnswer,
    caption_html,
    column_values,
    compare_at_rate,
    compare_image,
    waiting_html,
)
from favae_demo.ui.tabs.compare.overview import Overview, disagreements, measure_label, overview
from favae_demo.ui.tabs.compare.overview_html import counts_html, figures_html, roc_html
from favae_demo.viz.heatmap import DEFAULT_COLOUR_MAP

# Names of components, those of a column with their teacher. A handler gives values by name; what it does not name stays.
COLUMN = ("verdict", *PANES)
COLUMNS = tuple((part, teacher) for teacher in text.page.VARIANTS for part in COLUMN)
PICTURE = ("comparison", "picked", "picture", "which", "legend", *COLUMNS)
PICKED = ("kind", "gallery", "disagree", *PICTURE)
RESULTS = ("about_all", "measure", "counts", "roc", "figures", "about_disagree", "disagree", "keys")
MEASURED = ("progress", *RESULTS)
JUDGED = (*PICTURE, *MEASURED)
OPENING = ("category", "about", "kind", "gallery", *PICTURE, *MEASURED)


def opening(services: Services, category: str | None, key: str, rate: float) -> Iterator[Values]:
    """Yields values of the whole tab for a category, column by column.

    Args:
        services: The core.
        category: What to show; None where there is nothing at all.
        key: The test image to show, as `test/good/003.png` or without the leading `test/`; empty, or one that is
            not there, takes the first with a defect.
        rate: The false-alarm rate.
    """
    key = key if key.startswith("test/") else f"test/{key}"
    if image_picker.position(image_picker.samples(services, category, image_picker.ALL), key) is None:
        key = image_picker.first_key(services, category)
    head, comparison = lists(services, category, key), None
    try:
        if not key:
            raise ImageError(text.page.CHOOSE_PICTURE)
        source = ComparedImage.of_test(services, services.find(str(category), key))
        for values in image_values(services, str(category), source, rate):
            comparison = values["comparison"]
            yield head | values
    except (
        FavaeError
    ) as error:  # the rest of the tab is still of use, so this is said in place of the verdicts
        yield head | _no_image(services, category, user_message(error))
    yield measured_values(services, category, rate, comparison)


def lists(services: Services, category: str | None, key: str = "") -> Values:
    """Returns values of the lists of a category, with the image of `key` selected."""
    kind, gallery = image_picker.fill(services, category, key=key)
    return {
        "category": gr.Dropdown(choices=services.category_choices(), value=category),
        "about": _about(services, category),
        "kind": kind,
        "gallery": gallery,
    }


def image_values(services: Services, category: str, source: ComparedImage, rate: float) -> Iterator[Values]:
    """Yields values when the image is read, and after each variant has answered.

    Raises:
        ImageError: The image cannot be read.
    """
    models = newest_variants(services, category)
    for comparison in compare_image(services, category, source, rate):
        if comparison.answers:
            teacher = list(comparison.answers)[-1]
            yield {"comparison": comparison} | _column(teacher, comparison.answers[teacher], comparison)
            continue
        values: Values = {
            "comparison": comparison,
            "picked": source.key,
            "picture": comparison.image,
            "which": caption_html(source),
            "legend": legend_html(DEFAULT_COLOUR_MAP, source.truth is not None),
        }
        for teacher in text.page.VARIANTS:
            model = models.get(teacher)
            # The panes show the previous image until then; hiding them would make the page jump.
            waits = {("verdict", teacher): waiting_html(teacher, model)} if model else None
            values |= waits or _column(teacher, VariantAnswer(None, text.page.NO_MODEL))
        yield values


def gallery_image_values(
    services: Services, category: str, kind: str, keys: list[str], index: int, rate: float
) -> Iterator[Values]:
    """Yields as `image_values`, for the test image at a position in a list of keys; selects it in the gallery.

    Args:
        services: The core.
        category: What to show.
        kind: The kind of test images that the gallery shows.
        keys: Keys of test images.
        index: Position in `keys`, from 0.
        rate: The false-alarm rate.

    Raises:
        FavaeError: There is no such image, or it has been removed.
    """
    if not 0 <= index < len(keys):
        raise ImageError(text.page.CHOOSE_PICTURE)
    source = ComparedImage.of_test(services, services.find(category, keys[index]))
    marks = _marks(services, category, kind, source.key)
    for values in image_values(services, category, source, rate):
        yield marks | values
        marks = {}


def while_latest(
    services: Services, turns: Turns, category: str | None, rate: float, answers: Iterator[Values]
) -> Iterator[Values]:
    """Yields a choice's values until the visitor makes another, and at last those of a false-alarm rate that was changed meanwhile."""
    turn, comparison = turns.take(category), None
    turns.options = rate
    try:
        for values in answers:
            comparison = values.get("comparison", comparison)
            yield from turns.send(turn, values)
            if not turns.is_latest(turn):
                return
        if turns.options != rate:
            yield from turns.send(turn, rate_values(services, category, turns.options, comparison))
    finally:
        turns.end(turn)


def rate_values(
    services: Services, category: str | None, rate: float, comparison: Comparison | None
) -> Values:
    """Returns values at another false-alarm rate; no model runs."""
    values: Values = {}
    if comparison is not None:
        comparison = compare_at_rate(services, comparison, rate)
        values["comparison"] = comparison
        for teacher, answer in comparison.answers.items():
            values |= _column(teacher, answer, comparison)
    return values | measured_values(services, category, rate, comparison)


def measured_values(
    services: Services, category: str | None, rate: float, comparison: Comparison | None
) -> Values:
    """Returns values of the part on all test images, from cached results."""
    view = overview(services, category, rate)
    if view is None:
        return _nothing(text.compare.NO_TESTS)
    good = int((~view.labels).sum())
    counts = {"count": len(view.labels), "good": good, "defect": len(view.labels) - good}
    values = _nothing(text.compare.ALL_INFO.format(**counts)) | {"progress": notice_html(view.problems)}
    if view.waiting:
        values["measure"] = gr.Button(measure_label(view, comparison), visible=True, interactive=True)
    if not view.results:
        return values
    charts = {"counts": counts_html(view), "roc": roc_html(view), "figures": figures_html(view)}
    return values | charts | _disagreements(services, view)


def _disagreements(services: Services, view: Overview) -> Values:
    listed = disagreements(view)
    paths = [path for path, _ in services.thumbnails([one.sample for one in listed], view.category.name)]
    words = text.compare.DISAGREE_INFO if listed else text.compare.AGREE
    if len(view.results) < 2:
        words = text.compare.ONE_MODEL
    images = [(path, one.caption) for path, one in zip(paths, listed, strict=True)]
    return {
        "about_disagree": words.format(count=len(listed), all=len(view.labels)),
        "disagree": gr.Gallery(images, selected_index=None),
        "keys": [one.sample.key for one in listed],
    }


def _column(teacher: str, answer: VariantAnswer, comparison: Comparison | None = None) -> Values:
    values = column_values(teacher, answer, comparison)
    return {(part, teacher): value for part, value in zip(COLUMN, values, strict=True)}


def _no_image(services: Services, category: str | None, reason: str) -> Values:
    models = newest_variants(services, category)
    values: Values = {"comparison": None, "picked": "", "picture": None, "which": "", "legend": ""}
    for teacher in text.page.VARIANTS:
        model = models.get(teacher)
        values |= _column(teacher, VariantAnswer(model, reason if model else text.page.NO_MODEL))
    return values


def _nothing(words: str) -> Values:
    empty = dict.fromkeys(("progress", "counts", "roc", "figures", "about_disagree"), "")
    return empty | {
        "about_all": words,
        "measure": gr.Button(visible=False),
        "disagree": gr.Gallery([], selected_index=None),
        "keys": [],
    }


def _about(services: Services, category: str | None) -> str:
    if category is None:
        return services.no_data()
    return services.describe(category) if newest_variants(services, category) else text.compare.NO_MODELS


def _marks(services: Services, category: str, kind: str, key: str) -> Values:
    """Selects an image in the gallery, which changes to all kinds where its kind is another; clears the selection below."""
    place = image_picker.position(image_picker.samples(services, category, kind), key)
    values: Values = {
        "disagree": gr.Gallery(selected_index=None),
        "gallery": gr.Gallery(selected_index=place),
    }
    if place is None:
        values["kind"], values["gallery"] = image_picker.fill(services, category, key=key)
    return values
