"""Lists for the choice of a category and of one of its models, which most tabs have."""

from typing import Any

import gradio as gr

from favae_demo.ui import text
from favae_demo.ui.components.events import QUIET, choice_of
from favae_demo.ui.services import Services

NO_MODELS = "() => ({__type__: 'update', choices: [], value: null})"


def category(services: Services, info: str | None = None, **layout: Any) -> gr.Dropdown:
    """Builds the list of categories, with the first one selected; `layout` is passed to Gradio."""
    choices, first = services.category_choices(), services.first_category()
    return gr.Dropdown(
        choices, value=first, label=text.page.CATEGORY, info=info or text.page.CATEGORY_INFO, interactive=True, elem_classes="category-list", **layout
    )  # fmt: skip


def model(services: Services, info: str | None = None, **layout: Any) -> gr.Dropdown:
    """Builds the list of models of the first category, with the first one selected; `layout` is passed to Gradio."""
    choices, chosen = _models(services, services.first_category(), None)
    return gr.Dropdown(
        choices, value=chosen, label=text.page.MODEL, info=info or text.page.MODEL_INFO, interactive=True, elem_classes="model-list", **layout
    )  # fmt: skip


def wire(category: gr.Dropdown, model: gr.Dropdown) -> None:
    """Empties the list of models at once where another category is chosen, until those of that one are there: no model of the former can be chosen.

    Comes before a tab's own events, since the page waits for each answer to a choice before it goes on to the next.
    """
    choice_of(category)(None, None, model, js=NO_MODELS, **QUIET)


def categories_now(services: Services, chosen: str | None) -> gr.Dropdown:
    """Returns an update of a list of categories; the chosen one stays selected if it still exists."""
    choices = services.category_choices()
    known = {name for _, name in choices}
    return gr.Dropdown(choices=choices, value=chosen if chosen in known else services.first_category())


def categories_listed(services: Services, chosen: str | None) -> gr.Dropdown:
    """Returns an update of what a list of categories offers; which one is chosen is touched only where that is gone."""
    choices = services.category_choices()
    is_there = chosen in {name for _, name in choices}
    return gr.Dropdown(choices=choices) if is_there else categories_now(services, chosen)


def models_now(services: Services, category: str | None, chosen: str | None = None) -> gr.Dropdown:
    """Returns an update of a list of models with those of a category; the chosen one stays selected if it is one of them."""
    choices, value = _models(services, category, chosen)
    return gr.Dropdown(choices=choices, value=value)


def _models(services: Services, category: str | None, chosen: str | None) -> tuple[list, str | None]:
    choices = services.model_choices(category) if category else []
    paths = [path for _, path in choices]
    return choices, chosen if chosen in paths else next(iter(paths), None)
