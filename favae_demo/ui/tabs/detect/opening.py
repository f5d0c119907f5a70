"""What the Detect tab shows when it is opened: its lists, and one judged image; also what a visitor has chosen before that."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import gradio as gr

from favae_demo.data.catalog import must_be_drawn
from favae_demo.data.synthetic.drawing import first_example
from favae_demo.ui.components import image_picker, model_picker
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.components.updates import row
from favae_demo.ui.selection import Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect.answers import (
    LISTS,
    OPENING,
    drawn_or_meanwhile,
    drawn_or_why_not,
    judged_anew,
    sent,
)
from favae_demo.ui.tabs.detect.view import JudgedImage, judge_example


def opening(
    services: Services, turns: Turns, category: str | None, key: str, model: str | None = None
) -> Iterator[list]:
    """Yields values of the `OPENING` components: a category with its models and images, and one judged example.

    Filled in when the page is opened, because generated parts may have to be rendered first. What a visitor chooses
    meanwhile stays, with the lists of its category.

    Args:
        services: The core.
        turns: The visitor's choices, with the controls' values.
        category: What to show; None where there is nothing at all.
        key: The test image to show; empty takes the first one with a defect.
        model: Path of the checkpoint to judge with; None takes the category's first.
    """
    model = model or services.first_model(category)
    turns.look_at(key=key)
    turn = turns.take((category, model))
    try:
        key = turns.key = key or image_picker.first_key(services, category)
        drawn = drawn_or_meanwhile(services, turns, category, model, key)
    finally:
        turns.end(turn)
    if turns.is_latest(turn):
        yield from sent(turns, turn, OPENING, (*_lists(services, category, model, key), key, *drawn))
    else:
        yield _lists_of_choice(services, turns)


def opening_again(services: Services, turns: Turns) -> Iterator[list]:
    """Yields values of the `OPENING` components once a model's weights are here: the latest choice is judged, which may have waited for them.

    What the page's components hold is older than a choice whose answer is still on its way. A tab that was never opened is left
    alone: it will show what the address names.
    """
    if turns.chosen is None:
        yield row({}, OPENING)
        return
    category, model = turns.chosen
    if turns.own:
        yield from _own_image_again(services, turns, category, model, None)
    else:
        yield from opening(services, turns, category, turns.key, model)


def show_selected(
    services: Services,
    selection: Selection,
    category: str | None,
    model: str | None,
    key: str,
    turns: Turns,
    state: JudgedImage | None,
) -> Iterator[list]:
    """Yields values of the `OPENING` components for what the page shows; the image stays where it is the one that is shown already."""
    first, turns.filled = not turns.filled, True
    turns.options = replace(turns.options, rate=selection.rate)  # what is judged here is drawn at it
    if first and turns.count and not selection.image:  # a visitor was faster than the page
        yield _lists_of_choice(services, turns)
        return
    if turns.own and selection.shows(category) and not selection.image:
        yield from _own_image_stays(services, turns, selection, model, state)
        return
    if state is None or not selection.shows(category, model=model, image=key):
        yield from opening_steps(services, turns, selection.category, selection.image, selection.model)
        return
    yield row({"model": model_picker.models_now(services, category, model)}, OPENING)


def _own_image_stays(
    services: Services, turns: Turns, selection: Selection, model: str | None, state: JudgedImage | None
) -> Iterator[list]:
    """Yields values of the `OPENING` components for an address that names no image: the visitor's own one stays, also where it is unreadable."""
    if selection.model in (None, model):
        models = {"model": model_picker.models_now(services, selection.category, model)}
        yield row(models, OPENING)
    else:
        yield from _own_image_again(services, turns, selection.category, selection.model, state)


def _own_image_again(
    services: Services, turns: Turns, category: str | None, model: str | None, state: JudgedImage | None
) -> Iterator[list]:
    """Yields values of the `OPENING` components for the visitor's own image, judged by a model; without a state it is read anew."""
    turn = turns.take((category, model))
    drawn = judged_anew(services, turns, model, state)
    turns.end(turn)
    models = {"model": model_picker.models_now(services, category, model)}
    yield from sent(
        turns, turn, OPENING, row(models | dict(zip(OPENING[-len(drawn) :], drawn, strict=True)), OPENING)
    )


def opening_steps(
    services: Services, turns: Turns, category: str | None, key: str, model: str | None = None
) -> Iterator[list]:
    """As `opening`; where a generated category is still to be drawn, an example comes first, and then how far the rest is."""
    if category is None or not must_be_drawn(category, services.settings):
        yield from opening(services, turns, category, key, model)
        return
    model = model or services.first_model(category)
    turns.look_at(key=key)
    turn = turns.take((category, model))
    example = first_example(category, services.settings.cache_dir)
    try:
        if key in ("", example.key):
            drawn = drawn_or_why_not(services, turns, partial(judge_example, services, model, example))
            lists = (
                *_dropdowns(services, category, model),
                *_progress(image_picker.drawing_note(category, 0.0)),
            )
            turns.end(turn)
            yield from sent(turns, turn, OPENING, (*lists, example.key, *drawn))
    finally:
        turns.end(turn)
    for note in image_picker.drawing(services, category):
        yield row(dict(zip(LISTS[2:], _progress(note), strict=True)), OPENING)
    if turns.is_latest(turn):
        yield from opening(services, turns, category, key, model)
    else:
        yield _lists_of_choice(services, turns)


def _lists_of_choice(services: Services, turns: Turns) -> list:
    """Returns values of the `OPENING` components that give a visitor's choice, made before they were filled, its lists."""
    category, model = turns.chosen
    lists = _lists(services, category, model or services.first_model(category), "")
    return row(dict(zip(LISTS, lists, strict=True)) | {"sources": gr.skip()}, OPENING)


def _lists(services: Services, category: str | None, model: str | None, key: str) -> tuple:
    return (
        *_dropdowns(services, category, model),
        services.describe(category) if category else services.no_data(),
        image_picker.source(services, category),
        *image_picker.fill(services, category, key=key),
    )


def _dropdowns(
    services: Services, category: str | None, model: str | None
) -> tuple[gr.Dropdown, gr.Dropdown]:
    choices = services.model_choices(category) if category else []
    return (
        gr.Dropdown(choices=services.category_choices(), value=category),
        gr.Dropdown(choices=choices, value=model),
    )


def _progress(note: str) -> tuple:
    """Returns values of the components from `about` to the gallery while a generated category is drawn."""
    return gr.skip(), gr.skip(), gr.Dropdown(info=note), gr.skip()
