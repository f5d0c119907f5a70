"""The Data tab: what is here, adding parts of one's own or of MVTec AD, deleting what was added.

Adding runs beside the page: a timer looks at it, so a reload or a second visitor sees the same.
"""

from typing import Any

import gradio as gr

from favae_demo.data.library.import_job import Adder
from favae_demo.ui import text
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.data import add, listing, own_parts


def build(services: Services) -> dict[str, Any]:
    """The tab's components, by name.

    For other tabs: `train` is the button that trains on what was just added, `made` the state with its name, and `listed`
    a state with the names of all categories, which changes when one comes or goes.
    """
    may = services.settings.training == "on"
    ui: dict[str, Any] = {"listed": gr.State(services.categories())}
    if not may:
        gr.Markdown(f"**{text.data.LOCKED}**", elem_classes="notice")
    with gr.Row():
        with gr.Column(scale=3, min_width=320, visible=may):
            gr.Markdown(text.data.ADD)
            with gr.Tabs():
                with gr.Tab(text.data.OWN):
                    ui |= own_parts.build(services)
                with gr.Tab(text.data.MVTEC):
                    ui |= add.build_mvtec(services)
                with gr.Tab(text.data.ARCHIVE):
                    ui |= add.build_archive(services)
            ui |= add.build_watch()
        with gr.Column(scale=2, min_width=320):
            ui |= listing.build(services)
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """The tab's events."""
    adder = Adder()
    listing.wire(ui, services)
    own_parts.wire(ui, services, adder)
    add.wire(ui, services, adder)
