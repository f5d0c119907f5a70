"""What the components of the Compare tab show, as values by name: the handlers without the page."""

from collections.abc import Iterator

import gradio as gr

from favae_demo.core.errors import FavaeError, ImageError
from favae_demo.ui import text
from favae_demo.ui.components import image_picker
from favae_demo.ui.components.html import legend_html, notice_html
from favae_demo.ui.components.updates import Values
from favae_demo.ui.errors import user_message
from favae_demo.ui.services import Services, newest_variants
from favae_demo.ui.tabs.compare.image_view import (
    PANES,
    Answer,
    Look,
    Picture,
    column,
    judged_again,
    looks,
    picture_html,
    waiting_html,
)
from favae_demo.ui.tabs.compare.measured import Overview, disagreements, measure_label, overview
from favae_demo.ui.tabs.compare.measured_html import counts_html, figures_html, roc_html
from favae_demo.viz.heatmap import DEFAULT_COLOUR_MAP

# Names of components, those of a column with their teacher. A handler gives values by name; what it does not name stays.
COLUMN = ("verdict", *PANES)
COLUMNS = tuple((part, teacher) for teacher in text.page.VARIANTS for part in COLUMN)
PICTURE = ("look", "picked", "picture", "which", "legend", *COLUMNS)
PICKED = ("kind", "gallery", "disagree", *PICTURE)
RESULTS = ("about_all", "measure", "counts", "roc", "figures", "about_disagree", "disagree", "keys")
MEASURED = ("progress", *RESULTS)
JUDGED = (*PICTURE, *MEASURED)
OPENING = ("category", "about", "kind", "gallery", *PICTURE, *MEASURED)


def opening(services: Services, category: str | None, key: str, rate: float) -> Iterator[Values]:
    """Values of the whole tab for a category, column by column.

    Args:
        services: The core.
        category: What to show; None where there is nothing at all.
        key: The test picture to show, as `test/good/003.png` or without the leading `test/`; empty, or one that is
            not there, takes the first with a defect.
        rate: The false-alarm rate.
    """
    key = key if key.startswith("test/") else f"test/{key}"
    if image_picker.place(image_picker.samples(services, category, image_picker.ALL), key) is None:
        key = image_picker.first_key(services, category)
    kind, gallery = image_picker.fill(services, category, key=key)
    head: Values = {
        "category": gr.Dropdown(choices=services.category_choices(), value=category),
        "about": _about(services, category),
        "kind": kind,
        "gallery": gallery,
    }
    look = None
    try:
        if not key:
            raise ImageError(text.page.CHOOSE_PICTURE)
        picture = Picture.of_test(services, services.find(str(category), key))
        for values in look_at(services, str(category), picture, rate):
            look = values["look"]
            yield head | values
    except (
        FavaeError
    ) as error:  # the rest of the tab is still of use, so this is said in place of the verdicts
        yield head | _no_picture(services, category, user_message(error))
    yield measured_values(services, category, rate, look)


def look_at(services: Services, category: str, picture: Picture, rate: float) -> Iterator[Values]:
    """Values after the picture is read, and after each variant has answered.

    Raises:
        ImageError: The picture cannot be read.
    """
    models = newest_variants(services, category)
    for look in looks(services, category, picture, rate):
        if look.answers:
            teacher = list(look.answers)[-1]
            yield {"look": look} | _column(teacher, look.answers[teacher], look)
            continue
        values: Values = {
            "look": look,
            "picked": picture.key,
            "picture": look.image,
            "which": picture_html(picture),
            "legend": legend_html(DEFAULT_COLOUR_MAP, picture.truth is not None),
        }
        for teacher in text.page.VARIANTS:
            model = models.get(teacher)
            # The panes keep the last picture for the blink of an eye; hiding them would make the page jump.
            waits = {("verdict", teacher): waiting_html(teacher, model)} if model else None
            values |= waits or _column(teacher, Answer(None, text.page.NO_MODEL))
        yield values


def look_at_key(
    services: Services, category: str, kind: str, keys: list[str], index: int, rate: float
) -> Iterator[Values]:
    """As `look_at`, for the picture in the `index`-th place of a list of keys; marks it in the gallery.

    Args:
        services: The core.
        category: What to show.
        kind: The kind of test pictures that the gallery shows.
        keys: Keys of test pictures.
        index: Which of them.
        rate: The false-alarm rate.

    Raises:
        FavaeError: There is none, or it has been removed.
    """
    if not 0 <= index < len(keys):
        raise ImageError(text.page.CHOOSE_PICTURE)
    picture = Picture.of_test(services, services.find(category, keys[index]))
    marks = _marks(services, category, kind, picture.key)
    for values in look_at(services, category, picture, rate):
        yield marks | values
        marks = {}


def at_rate(services: Services, category: str | None, rate: float, look: Look | None) -> Values:
    """Values at another false-alarm rate; no model runs."""
    values: Values = {}
    if look is not None:
        look = judged_again(services, look, rate)
        values["look"] = look
        for teacher, answer in look.answers.items():
            values |= _column(teacher, answer, look)
    return values | measured_values(services, category, rate, look)


def measured_values(services: Services, category: str | None, rate: float, look: Look | None) -> Values:
    """Values of the part on all test pictures, from what is measured already."""
    view = overview(services, category, rate)
    if view is None:
        return _nothing(text.compare.NO_TESTS)
    good = int((~view.labels).sum())
    counts = {"count": len(view.labels), "good": good, "defect": len(view.labels) - good}
    values = _nothing(text.compare.ALL_INFO.format(**counts)) | {"progress": notice_html(view.problems)}
    if view.waiting:
        values["measure"] = gr.Button(measure_label(view, look), visible=True, interactive=True)
    if not view.results:
        return values
    charts = {"counts": counts_html(view), "roc": roc_html(view), "figures": figures_html(view)}
    return values | charts | _disagreements(services, view)


def _disagreements(services: Services, view: Overview) -> Values:
    found = disagreements(view)
    paths = [path for path, _ in services.thumbnails([one.sample for one in found])]
    words = text.compare.DISAGREE_INFO if found else text.compare.AGREE
    if len(view.results) < 2:
        words = text.compare.ONE_MODEL
    pictures = [(path, one.words) for path, one in zip(paths, found, strict=True)]
    return {
        "about_disagree": words.format(count=len(found), all=len(view.labels)),
        "disagree": gr.Gallery(pictures, selected_index=None),
        "keys": [one.sample.key for one in found],
    }


def _column(teacher: str, answer: Answer, look: Look | None = None) -> Values:
    values = column(teacher, answer, look)
    return {(part, teacher): value for part, value in zip(COLUMN, values, strict=True)}


def _no_picture(services: Services, category: str | None, reason: str) -> Values:
    models = newest_variants(services, category)
    values: Values = {"look": None, "picked": "", "picture": None, "which": "", "legend": ""}
    for teacher in text.page.VARIANTS:
        model = models.get(teacher)
        values |= _column(teacher, Answer(model, reason if model else text.page.NO_MODEL))
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
    """Marks a picture in the gallery, which turns to all kinds where it shows another; below, nothing stays marked."""
    place = image_picker.place(image_picker.samples(services, category, kind), key)
    values: Values = {
        "disagree": gr.Gallery(selected_index=None),
        "gallery": gr.Gallery(selected_index=place),
    }
    if place is None:
        values["kind"], values["gallery"] = image_picker.fill(services, category, key=key)
    return values
