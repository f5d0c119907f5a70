"""Teacher weights on first need: a bar with source and size while they are fetched, a way to stop, a way to try again."""

from typing import Any

import gradio as gr

from favae_demo.ui import text
from favae_demo.ui.components.html import progress_html
from favae_demo.ui.services import Services

SECONDS = 1.0  # between two looks
OUTPUTS = ("panel", "progress", "cancel", "retry", "timer", "arrived")


def build() -> dict[str, Any]:
    """The panel's components, by name; `arrived` changes when weights have come."""
    ui: dict[str, Any] = {"arrived": gr.Textbox("", visible="hidden", label="arrived")}
    with gr.Column(visible=False, elem_classes="notice") as ui["panel"]:
        ui["progress"] = gr.HTML(elem_classes="flush")
        with gr.Row():
            ui["cancel"] = gr.Button(text.page.FETCH_CANCEL, size="sm", visible=False, scale=0, min_width=160)
            ui["retry"] = gr.Button(text.page.FETCH_RETRY, size="sm", visible=False, scale=0, min_width=160)
    ui["timer"] = gr.Timer(SECONDS, active=False)
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """Watching, stopping and trying again."""
    quiet = {"api_visibility": "private", "show_progress": "hidden"}
    outputs = [ui[name] for name in OUTPUTS]

    def look(arrived: str) -> list:
        return panel_values(services, arrived)

    def retry(arrived: str) -> list:
        failed = services.registry.fetcher.latest()
        if failed is not None:
            services.registry.fetcher.start(failed.teacher, failed.expected)
        return panel_values(services, arrived)

    def cancel() -> None:
        if may_cancel(services):
            services.registry.fetcher.cancel()

    ui["timer"].tick(look, ui["arrived"], outputs, concurrency_limit=None, **quiet)
    ui["cancel"].click(cancel, None, None, **quiet)
    ui["retry"].click(retry, ui["arrived"], outputs, **quiet)


def all_here(services: Services) -> bool:
    """Whether every model can answer at once, so that there is nothing to watch for."""
    return all(services.registry.is_ready(model.path) for model in services.registry.models())


def panel_values(services: Services, arrived: str) -> list:
    """Values of `OUTPUTS`: how far the latest fetch is.

    Args:
        services: The core.
        arrived: What `arrived` holds: the teacher whose weights came last.
    """
    fetch = services.registry.fetcher.latest()
    if fetch is None:
        return [gr.skip() for _ in OUTPUTS]
    came = not fetch.running and not fetch.problem
    words = progress_html(fetch.share, text.formatting.fetching(fetch), text.page.FETCH_LABEL)
    return [
        gr.Column(visible=not came),
        words,
        gr.Button(visible=fetch.running and may_cancel(services)),
        gr.Button(visible=bool(fetch.problem)),
        gr.Timer(active=not (came and all_here(services))),
        fetch.teacher if came and arrived != fetch.teacher else gr.skip(),
    ]


def may_cancel(services: Services) -> bool:
    """Whether visitors trust each other: a fetch is one for all of them."""
    return services.settings.training == "on"
