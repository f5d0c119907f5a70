"""The Data tab's form that changes the black and white level of a category whose pictures have more than 8 bits."""

from typing import Any

import gradio as gr

from favae_demo.core.errors import ConfigError
from favae_demo.core.plain_text import escape_markup
from favae_demo.data.io.levels import Levels
from favae_demo.data.library.category_levels import set_levels
from favae_demo.data.mvtec import list_categories
from favae_demo.ui import text
from favae_demo.ui.components.events import QUIET, choice_of
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.data import category_list


def build() -> dict[str, Any]:
    """Returns the components by name; they stay hidden where every picture has 8 bits, or nothing may be changed."""
    ui: dict[str, Any] = {}
    with gr.Accordion(text.data.LEVELS_TITLE, open=False, visible=False) as ui["levels"]:
        gr.Markdown(text.data.LEVELS_NOTE, elem_classes="help")
        ui["deep"] = gr.Dropdown(
            [],
            value=None,
            label=text.data.LEVELS_CATEGORY,
            info=text.data.LEVELS_WHICH,
            interactive=True,
        )
        with gr.Row():
            ui["black"] = gr.Number(None, label=text.data.BLACK, interactive=True, min_width=140)
            ui["white"] = gr.Number(None, label=text.data.WHITE, interactive=True, min_width=140)
        with gr.Row():
            ui["set_levels"] = gr.Button(text.data.SET_LEVELS, min_width=140)
            ui["auto_levels"] = gr.Button(text.data.AUTO_LEVELS, min_width=140)
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the events; the list of categories follows."""
    values = [ui["black"], ui["white"]]
    changed = [*values, *(ui[name] for name in category_list.UPDATED)]

    def updated(category: str | None, levels: Levels | None) -> tuple[Any, ...]:
        gr.Info(escape_markup(change_levels(services, category, levels)))
        return *level_values(services, category), *category_list.list_updates(services)

    @show_errors
    def set_given(category: str | None, black: float | None, white: float | None) -> tuple[Any, ...]:
        if black is None or white is None:
            raise ConfigError(text.data.LEVELS_MISSING)
        return updated(category, Levels.chosen(black, white))

    @show_errors
    def decide(category: str | None) -> tuple[Any, ...]:
        return updated(category, None)

    ui["listed"].change(lambda: list_updates(services), None, [ui["levels"], ui["deep"]], **QUIET)
    choice_of(ui["deep"])(lambda category: level_values(services, category), ui["deep"], values, **QUIET)
    ui["set_levels"].click(set_given, [ui["deep"], *values], changed, **QUIET)
    ui["auto_levels"].click(decide, ui["deep"], changed, **QUIET)


def deep_choices(services: Services) -> list[tuple[str, str]]:
    """Returns the categories whose level can be set as (title, name)."""
    if services.settings.training != "on":
        return []
    names = list_categories(services.settings.data_dir)
    return [(text.formatting.category(name), name) for name in names if services.levels(name)]


def list_updates(services: Services) -> tuple[gr.Accordion, gr.Dropdown]:
    """Returns updates of the form and its choice after a category was added or deleted."""
    choices = deep_choices(services)
    return gr.Accordion(visible=bool(choices)), gr.Dropdown(choices=choices, value=None)


def level_values(services: Services, category: str | None) -> tuple[float | None, float | None]:
    """Returns the values of black and white of a category."""
    levels = services.levels(category)
    return (levels.black, levels.white) if levels else (None, None)


def change_levels(services: Services, category: str | None, levels: Levels | None) -> str:
    """Sets the levels of a category, or decides them anew, and returns a sentence.

    Raises:
        FavaeError: None is chosen, or its folder cannot be written.
    """
    if not category:
        raise ConfigError(text.data.LEVELS_MISSING)
    changed = set_levels(category, levels, services.library)
    return text.data.LEVELS_SET.format(name=text.formatting.category(category), levels=changed)
