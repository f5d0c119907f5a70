"""Answers of the Compare tab: what it opens with, and which of a visitor's choices counts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import gradio as gr

from favae_demo.data.catalog import must_be_drawn
from favae_demo.ui.choices import RECOMMENDED_RATE, share
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.components.updates import Values, row
from favae_demo.ui.selection import Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare.choice import compared_models, completed_models, offered_models
from favae_demo.ui.tabs.compare.image_view import Comparison
from favae_demo.ui.tabs.compare.values import (
    OPENING,
    Choice,
    lists,
    loading_then_opening,
    opening,
    rate_values,
    titled_models,
)


def while_latest(
    services: Services, turns: Turns, choice: Choice, rate: float, answers: Iterator[Values]
) -> Iterator[Values]:
    """Yields a choice's values until the visitor makes another, and at last those of a false-alarm rate that was changed meanwhile."""
    turn, comparison = turns.take(choice), None
    turns.options = rate
    try:
        for values in answers:
            comparison = values.get("comparison", comparison)
            if comparison is not None and turns.is_latest(turn):
                turns.chosen = replace(choice, source=comparison.source)
            yield from turns.send(turn, values)
            if not turns.is_latest(turn):
                return
        if turns.options != rate:
            yield from turns.send(turn, rate_values(services, choice, turns.options, comparison))
    finally:
        turns.end(turn)


def chosen_now(
    services: Services, turns: Turns, category: str | None, models: Sequence[str] | None
) -> Choice:
    """Returns what is chosen; the models that were compared before stay where too few or too many are chosen."""
    before = turns.chosen if turns.chosen and turns.chosen.category == category else Choice(category, {})
    return replace(
        before, models=compared_models(services, category, models or (), list(before.models)), missing=()
    )


def show_selected(
    services: Services,
    selection: Selection,
    category: str | None,
    models: list[str] | None,
    key: str,
    turns: Turns,
    comparison: Comparison | None,
) -> Iterator[list]:
    """Yields values of `ui["opening_outputs"]` for what the page shows; an image and models that are compared already stay."""
    first, turns.filled = not turns.filled, True
    if (
        first and turns.count and not (selection.models or selection.image)
    ):  # a visitor was faster than the page
        yield row(lists(services, turns.chosen), OPENING)
        return
    offered = offered_models(services, category)
    compared = tuple(comparison.models) if comparison else ()
    if (
        comparison
        and selection.shows(category, image=key, models=compared)
        and offered.keys() >= set(compared)
    ):
        values = _at_rate(services, turns, comparison, share(selection.rate))
        yield row(values | {"models": gr.Dropdown(choices=titled_models(offered))}, OPENING)
    else:
        wanted = completed_models(services, selection.category, selection.models)
        here = compared_models(services, selection.category, wanted, compared)
        choice = Choice(selection.category, here, selection.image, missing=selection.missing)
        columns = compared or tuple(compared_models(services, services.first_category(), ()))
        anew = [list(columns), models] != [list(here), list(here)]
        yield from first_look(services, turns, choice, share(selection.rate), anew=anew)


def _at_rate(services: Services, turns: Turns, comparison: Comparison, rate: float) -> Values:
    """Returns the values of what is compared already at the false-alarm rate of the page; none where it is that."""
    if turns.chosen is None or turns.options == rate:
        return {}
    turns.options = rate
    return rate_values(services, turns.chosen, rate, comparison)


def first_look(
    services: Services,
    turns: Turns,
    choice: Choice,
    rate: float = share(RECOMMENDED_RATE),
    *,
    anew: bool = False,
) -> Iterator[list]:
    """Yields values of `ui["opening_outputs"]` when the tab is opened: a judged example and the cached results.

    Args:
        services: The core.
        turns: The visitor's choices on this tab; what is chosen meanwhile stays, with the lists of its category.
        choice: What to show; for an image that does not exist, the first with a defect.
        rate: The false-alarm rate.
        anew: Whether the tab shows other models until now: these are taken away first, and each answer is shown as it comes; also where
            images are still to be drawn.
    """
    values: Values = {}
    anew = anew or (choice.category is not None and must_be_drawn(choice.category, services.settings))
    steps = loading_then_opening if anew else opening
    turn = turns.count + 1
    for part in while_latest(services, turns, choice, rate, steps(services, choice, rate)):
        values |= part
        if anew:
            yield row(part, OPENING)
    if not turns.is_latest(turn):
        yield row(lists(services, turns.chosen), OPENING)
    for sent in turns.send(turn, values) if not anew else ():
        yield row(sent, OPENING)
