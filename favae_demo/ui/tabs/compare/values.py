"""Values of the Compare tab's components, by name: what its event handlers return, testable without a page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from favae_demo.core.errors import FavaeError, ImageError
from favae_demo.data.mvtec import whole_key
from favae_demo.ui import text
from favae_demo.ui.components import image_picker
from favae_demo.ui.components.html import legend_html, notice_html
from favae_demo.ui.components.updates import Values
from favae_demo.ui.errors import user_message
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare.choice import MOST, Models, advice, missing_advice, offered_models
from favae_demo.ui.tabs.compare.image_view import (
    PANES,
    ComparedImage,
    Comparison,
    ModelAnswer,
    caption_html,
    column_values,
    compare_at_rate,
    compare_image,
    empty_panes,
    waiting_html,
)
from favae_demo.ui.tabs.compare.overview import Overview, disagreements, measure_label, overview
from favae_demo.ui.tabs.compare.overview_html import counts_html, figures_html, roc_html
from favae_demo.viz.heatmap import DEFAULT_COLOUR_MAP

# Names of components, those of a column with its place. A handler gives values by name; what it does not name stays.
COLUMN = ("verdict", *PANES)
COLUMNS = tuple((part, place) for place in range(MOST) for part in COLUMN)
PICTURE = ("comparison", "picked", "picture", "which", "legend", *COLUMNS)
PICKED = ("kind", "gallery", "disagree", *PICTURE)
RESULTS = ("about_all", "measure", "counts", "roc", "figures", "about_disagree", "disagree", "keys")
MEASURED = ("progress", *RESULTS)
JUDGED = (*PICTURE, *MEASURED)
CHOSEN_ANEW = ("advice", *JUDGED)
OPENING = ("category", "about", "models", "kind", "gallery", *CHOSEN_ANEW)


@dataclass(frozen=True)
class Choice:
    """What a visitor has chosen.

    Attributes:
        category: Kind of part; None where there is none at all.
        models: The models to compare.
        key: The test image to compare, as `test/good/003.png` or without the leading `test/`; empty takes the first with a defect.
        source: The image, once it is known; before, or where there is none, `key` counts.
        missing: Names of models that an address names and that are not here.
    """

    category: str | None
    models: Models
    key: str = ""
    source: ComparedImage | None = None
    missing: tuple[str, ...] = ()


def loading_then_opening(services: Services, choice: Choice, rate: float) -> Iterator[Values]:
    """Yields as `opening`, for other models than those that are shown: first these are taken away, which takes no reading of images."""
    yield _loading(services, choice)
    yield from opening(services, choice, rate, anew=True)


def _loading(services: Services, choice: Choice) -> Values:
    # The chosen models are sent here alone: a visitor may take one out before the answers are there. The style sheet hides the
    # pictures: Gradio may forget that an image is taken away or that one comes, where both follow within a blink.
    values: Values = {"comparison": None, "picked": "", "which": ""} | _nothing("")
    for place, model in enumerate(choice.models.values()):
        values["verdict", place] = waiting_html(model, anew=True)
    offered = offered_models(services, choice.category)
    return (
        values
        | _no_columns(len(choice.models))
        | {
            "category": gr.Dropdown(choices=services.category_choices(), value=choice.category),
            "advice": advice_html(missing_advice(choice.missing)),
            "models": gr.Dropdown(
                choices=titled_models(offered), value=list(choice.models), multiselect=True
            ),
        }
    )


def opening(services: Services, choice: Choice, rate: float, *, anew: bool = False) -> Iterator[Values]:
    """Yields values of the whole tab for a choice, column by column.

    Args:
        services: The core.
        choice: What to show; for an image that is not there, the first with a defect.
        rate: The false-alarm rate.
        anew: Whether the panes show another part until then.
    """
    category, key = choice.category, choice.key
    for note in image_picker.drawing(services, category):
        yield {"kind": gr.Dropdown(info=note)}
    key = whole_key(key)
    if image_picker.position(image_picker.samples(services, category, image_picker.ALL), key) is None:
        key = image_picker.first_key(services, category)
    head, comparison = lists(services, replace(choice, key=key)), None
    try:
        if not key:
            raise ImageError(text.page.CHOOSE_PICTURE)
        source = ComparedImage.of_test(services, services.find(str(category), key))
        source = source.as_marked(services, str(category))
        for values in image_values(services, replace(choice, source=source), rate, anew=anew):
            comparison = values["comparison"]
            yield head | values
    except (
        FavaeError
    ) as error:  # the rest of the tab is still of use, so this is said in place of the verdicts
        yield head | _no_image(choice.models, user_message(error))
    yield measured_values(services, choice, rate, comparison)


def lists(services: Services, choice: Choice) -> Values:
    """Returns values of the lists of a category, with the chosen image selected; which models are chosen stays."""
    kind, gallery = image_picker.fill(services, choice.category, key=choice.key)
    offered = offered_models(services, choice.category)
    missing = missing_advice(choice.missing)
    return {
        "category": gr.Dropdown(choices=services.category_choices(), value=choice.category),
        "about": services.describe(choice.category) if choice.category else services.no_data(),
        "models": gr.Dropdown(choices=titled_models(offered)),
        "advice": advice_html(missing, advice(len(choice.models), len(offered))),
        "kind": kind,
        "gallery": gallery,
    }


def titled_models(offered: Models) -> list[tuple[str, str]]:
    """Returns the choices of the list of models."""
    return [(one.title, path) for path, one in offered.items()]


def advice_html(*sentences: str) -> str:
    """Returns sentences on the choice of models, or nothing."""
    return notice_html([sentence for sentence in sentences if sentence])


def image_values(
    services: Services,
    choice: Choice,
    rate: float,
    known: Mapping[str, ModelAnswer] | None = None,
    *,
    anew: bool = False,
) -> Iterator[Values]:
    """Yields values when the chosen image is read, and after each model has answered.

    Args:
        services: The core.
        choice: What to show, with the image.
        rate: The false-alarm rate.
        known: Answers for this image, by the path of their model, which does not run again.
        anew: Whether the panes show another part until then.

    Raises:
        ImageError: The image cannot be read.
    """
    if choice.source is None:
        raise ImageError(text.page.CHOOSE_PICTURE)
    places, shown = list(choice.models), None
    for comparison in compare_image(services, choice.models, choice.source, rate, known):
        if shown is None:
            yield _image(comparison, known is not None, anew)
        else:
            (path,) = comparison.answers.keys() - shown
            yield {"comparison": comparison} | _column(
                places.index(path), comparison.answers[path], comparison
            )
        shown = comparison.answers.keys()


def own_image_values(services: Services, choice: Choice, rate: float) -> Iterator[Values]:
    """Yields as `image_values`, for an uploaded image; for one that cannot be read, why, in place of the verdicts before."""
    try:
        yield from image_values(services, choice, rate)
    except FavaeError as error:
        yield _no_image(choice.models, user_message(error))


def _image(comparison: Comparison, same: bool, anew: bool) -> Values:
    """Returns values for an image before its models answer; `same` where it was shown before, by other models; `anew` as for `waiting_html`."""
    source = comparison.source
    values: Values = {
        "comparison": comparison,
        "picked": source.key,
        "picture": comparison.image,
        "which": caption_html(source),
        "legend": legend_html(DEFAULT_COLOUR_MAP, source.truth is not None),
    }
    for place, (path, model) in enumerate(comparison.models.items()):
        if path in comparison.answers:
            values |= _column(place, comparison.answers[path], comparison)
        else:
            # The panes show the image before until then: hiding them would make the page jump. Those of another model
            # are taken away.
            empty = _column_of(place, waiting_html(model), *empty_panes())
            values |= empty if same else {("verdict", place): waiting_html(model, anew=anew)}
    return values | _no_columns(len(comparison.models))


def gallery_image_values(
    services: Services, choice: Choice, kind: str, keys: list[str], index: int, rate: float
) -> Iterator[Values]:
    """Yields as `image_values`, for the test image at a position in a list of keys; selects it in the gallery.

    Args:
        services: The core.
        choice: Category and models.
        kind: The kind of test images that the gallery shows.
        keys: Keys of test images.
        index: Position in `keys`, from 0.
        rate: The false-alarm rate.

    Raises:
        FavaeError: There is no such image, or it has been removed.
    """
    if not 0 <= index < len(keys):
        raise ImageError(text.page.CHOOSE_PICTURE)
    category = str(choice.category)
    source = ComparedImage.of_test(services, services.find(category, keys[index])).as_marked(
        services, category
    )
    marks = _marks(services, category, kind, source.key)
    for values in image_values(services, replace(choice, source=source), rate):
        yield marks | values
        marks = {}


def models_values(
    services: Services, choice: Choice, rate: float, comparison: Comparison | None
) -> Iterator[Values]:
    """Yields values for other models and the same image; those that have judged it already do not run again."""
    found = None
    try:
        same = comparison and choice.source and comparison.source.path == choice.source.path
        known = comparison.answers if comparison and same else {}
        for values in image_values(services, choice, rate, known):
            found = values["comparison"]
            yield values | {"advice": ""}
    except FavaeError as error:
        yield _no_image(choice.models, user_message(error)) | {"advice": ""}
    yield measured_values(services, choice, rate, found)


def rate_values(services: Services, choice: Choice, rate: float, comparison: Comparison | None) -> Values:
    """Returns values at another false-alarm rate; no model runs."""
    values: Values = {}
    if comparison is not None:
        comparison = compare_at_rate(services, comparison, rate)
        values["comparison"] = comparison
        for place, path in enumerate(comparison.models):
            if path in comparison.answers:
                values |= _column(place, comparison.answers[path], comparison)
    return values | measured_values(services, choice, rate, comparison)


def measured_values(services: Services, choice: Choice, rate: float, comparison: Comparison | None) -> Values:
    """Returns values of the chosen models on all test images, from cached results."""
    view = overview(services, choice.category, choice.models, rate)
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


def _column(place: int, answer: ModelAnswer, comparison: Comparison | None = None) -> Values:
    return _column_of(place, *column_values(answer, comparison))


def _column_of(place: int, *values: Any) -> Values:
    return {(part, place): value for part, value in zip(COLUMN, values, strict=True)}


def _no_columns(first: int) -> Values:
    """Returns values of the columns from a place on, which no model takes: the style sheet hides a column without a title."""
    values: Values = {}
    for place in range(first, MOST):
        values |= _column_of(place, "", *empty_panes())
    return values


def _no_image(models: Models, reason: str) -> Values:
    values: Values = {"comparison": None, "picked": "", "picture": None, "which": "", "legend": ""}
    for place, model in enumerate(models.values()):
        values |= _column(place, ModelAnswer(model, reason))
    return values | _no_columns(len(models))


def _nothing(words: str) -> Values:
    empty = dict.fromkeys(("progress", "counts", "roc", "figures", "about_disagree"), "")
    return empty | {
        "about_all": words,
        "measure": gr.Button(visible=False),
        "disagree": gr.Gallery([], selected_index=None),
        "keys": [],
    }


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
