"""The Data tab: lists the categories; adds own images, MVTec AD or an archive; deletes what was added.

Adding runs in the background and a timer reads its state, so a reload or a second visitor sees the same.
"""

from typing import Any

import gradio as gr

from favae_demo.data.library.import_job import ImportRunner
from favae_demo.ui import text
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.data import category_list, import_panel, levels_form, odd_pictures, upload_form


def build(services: Services) -> dict[str, Any]:
    """Returns the tab's components by name.

    For other tabs: `train` is the button that trains on the category just added, `new_category` the state with its name, and `listed`
    the state with the names of all categories, which changes when the tab is first opened, and when one is added or deleted.
    """
    is_allowed = services.settings.training == "on"
    ui: dict[str, Any] = {"listed": gr.State([])}
    if not is_allowed:
        gr.Markdown(f"**{text.data.LOCKED}**", elem_classes="notice")
    with gr.Row():
        with gr.Column(scale=3, min_width=320, visible=is_allowed):
            gr.Markdown(text.data.ADD, elem_classes="step-title")
            with gr.Tabs(overflow_behavior="wrap"):
                with gr.Tab(text.data.OWN):
                    ui |= upload_form.build(services)
                with gr.Tab(text.data.MVTEC):
                    ui |= import_panel.build_mvtec(services)
                with gr.Tab(text.data.ARCHIVE):
                    ui |= import_panel.build_archive(services)
            ui |= import_panel.build_progress()
        with gr.Column(scale=2, min_width=320):
            ui |= category_list.build(services)
            ui |= levels_form.build()
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the tab's events."""
    adder = ImportRunner()
    category_list.wire(ui, services)
    levels_form.wire(ui, services)
    upload_form.wire(ui, services, adder)
    import_panel.wire(ui, services, adder)
    odd_pictures.wire(ui, services)
