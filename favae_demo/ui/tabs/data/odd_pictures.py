"""The Data tab's look at the good pictures of a category that was just added: those that stand out are shown by name."""

from typing import Any

import gradio as gr

from favae_demo.config.presets import EXTENDED, make_config
from favae_demo.ui import text
from favae_demo.ui.components import suspects
from favae_demo.ui.components.html import notice_html
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services

UPDATED = ("look_odd", "odd")
"""Names of the components."""


def build() -> dict[str, Any]:
    """Returns the button and what it shows, both hidden until a category was added."""
    return {
        "look_odd": gr.Button(text.train.LOOK, visible=False),
        "odd": gr.HTML(visible=False, elem_classes="flush"),
    }


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the button; `ui["new_category"]` holds the name of the category."""

    @show_errors
    def look(category: str) -> gr.HTML:
        return gr.HTML(odd_html(services, category), visible=True)

    ui["look_odd"].click(look, ui["new_category"], ui["odd"], api_visibility="private", concurrency_limit=1)


def offered(is_single: bool) -> dict[str, Any]:
    """Returns updates of `UPDATED` after something was added: the button is there for a single category.

    Args:
        is_single: Whether it is one category.
    """
    return {"look_odd": gr.Button(visible=is_single), "odd": gr.HTML("", visible=False)}


def odd_html(services: Services, category: str) -> str:
    """Returns the good pictures of a category that stand out and where they are left out, or that there is none.

    Raises:
        FavaeError: As `suspects.look`.
    """
    config = make_config(EXTENDED.preset, category, teacher=EXTENDED.teacher)
    suspicious, said = suspects.look(services, category, config)
    if said:
        return notice_html([said])
    return suspects.suspects_html(services, category, suspicious) + notice_html([text.data.ODD_NEXT])
