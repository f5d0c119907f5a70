"""Download of teacher weights on first use: a progress bar with source and size, and buttons to cancel and to retry."""

from typing import Any

import gradio as gr

from favae_demo.ui import text
from favae_demo.ui.components.html import progress_html
from favae_demo.ui.services import Services

SECONDS = 1.0  # between two updates
OUTPUTS = ("panel", "progress", "cancel", "retry", "timer", "arrived")


def build() -> dict[str, Any]:
    """Builds the panel; returns its components by name. `arrived` changes when a download is complete."""
    ui: dict[str, Any] = {"arrived": gr.Textbox("", visible="hidden", label="arrived")}
    with gr.Column(visible=False, elem_classes="notice") as ui["panel"]:
        ui["progress"] = gr.HTML(elem_classes="flush")
        with gr.Row():
            ui["cancel"] = gr.Button(text.page.FETCH_CANCEL, size="sm", visible=False, scale=0, min_width=160)
            ui["retry"] = gr.Button(text.page.FETCH_RETRY, size="sm", visible=False, scale=0, min_width=160)
    ui["timer"] = gr.Timer(SECONDS, active=False)
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the events of timer and buttons."""
    quiet = {"api_visibility": "private", "show_progress": "hidden"}
    outputs = [ui[name] for name in OUTPUTS]

    def update(arrived: str) -> list:
        return panel_values(services, arrived)

    def retry(arrived: str) -> list:
        failed = services.registry.fetcher.latest()
        if failed is not None:
            services.registry.fetcher.start(failed.teacher, failed.expected)
        return panel_values(services, arrived)

    def cancel() -> None:
        if may_cancel(services):
            services.registry.fetcher.cancel()

    ui["timer"].tick(update, ui["arrived"], outputs, concurrency_limit=None, **quiet)
    ui["cancel"].click(cancel, None, None, **quiet)
    ui["retry"].click(retry, ui["arrived"], outputs, **quiet)


def all_here(services: Services) -> bool:
    """Returns whether the weights for all models are on this machine."""
    return all(services.registry.is_ready(model.path) for model in services.registry.models())


def panel_values(services: Services, arrived: str) -> list:
    """Returns values of `OUTPUTS`: the progress of the latest download.

    Args:
        services: The app's services.
        arrived: Value of the component `arrived`: the teacher whose weights were completed last.
    """
    fetch = services.registry.fetcher.latest()
    if fetch is None:
        return [gr.skip() for _ in OUTPUTS]
    complete = not fetch.running and not fetch.problem
    words = progress_html(fetch.share, text.formatting.fetching(fetch), text.page.FETCH_LABEL)
    return [
        gr.Column(visible=not complete),
        words,
        gr.Button(visible=fetch.running and may_cancel(services)),
        gr.Button(visible=bool(fetch.problem)),
        gr.Timer(active=not (complete and all_here(services))),
        fetch.teacher if complete and arrived != fetch.teacher else gr.skip(),
    ]


def may_cancel(services: Services) -> bool:
    """Returns whether a visitor may cancel downloads: they serve all visitors, so only if these trust each other."""
    return services.settings.training == "on"
