"""Download of teacher weights on first use: a progress bar with source and size, and buttons to cancel and to retry.

The page asks each second while a download runs. Otherwise it asks only after somebody did something, as that may have begun a
download (`static/page.js`): a page that nobody looks at leaves the server alone.
"""

from typing import Any

import gradio as gr

from favae_demo.ui import text
from favae_demo.ui.components.html import progress_html
from favae_demo.ui.services import Services

SECONDS = 1.0  # between two updates
OUTPUTS = ("panel", "progress", "cancel", "retry", "timer", "look", "arrived")


def build() -> dict[str, Any]:
    """Builds the panel; returns its components by name. `arrived` changes when a download is complete."""
    ui: dict[str, Any] = {"arrived": gr.Textbox("", visible="hidden", label="arrived")}
    with gr.Column(visible=False, elem_classes="notice") as ui["panel"]:
        ui["progress"] = gr.HTML(elem_classes="flush")
        with gr.Row():
            ui["cancel"] = gr.Button(text.page.FETCH_CANCEL, size="sm", visible=False, scale=0, min_width=160)
            ui["retry"] = gr.Button(text.page.FETCH_RETRY, size="sm", visible=False, scale=0, min_width=160)
    ui["timer"] = gr.Timer(SECONDS, active=False)
    # What the page's script presses; as long as it is not interactive this does nothing.
    ui["look"] = gr.Button(visible="hidden", interactive=False, elem_id="look-for-weights")
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

    gr.on(
        [ui["timer"].tick, ui["look"].click], update, ui["arrived"], outputs, concurrency_limit=None, **quiet
    )
    ui["cancel"].click(cancel, None, None, **quiet)
    ui["retry"].click(retry, ui["arrived"], outputs, **quiet)


def all_here(services: Services) -> bool:
    """Returns whether the weights for all models are on this machine."""
    # Weights are checked by their fingerprint, which takes a while: those of many models once.
    models = {
        (model.card.config.teacher, model.card.teacher_fingerprint): model.path
        for model in services.registry.models()
    }
    return all(map(services.registry.is_ready, models.values()))


def panel_values(services: Services, arrived: str) -> list:
    """Returns values of `OUTPUTS`: the progress of the latest download.

    Args:
        services: The app's services.
        arrived: Value of the component `arrived`: the teacher whose weights were completed last.
    """
    fetcher = services.registry.fetcher
    fetch = fetcher.latest()
    if fetch is None:
        return [gr.skip() for _ in OUTPUTS]
    # Somebody may have put the weights there after a download has failed.
    complete = not fetch.running and (not fetch.problem or fetcher.ready(fetch.teacher, fetch.expected))
    words = progress_html(fetch.share, text.formatting.fetching(fetch), text.page.FETCH_LABEL)
    return [
        gr.Column(visible=not complete),
        words,
        gr.Button(visible=fetch.running and may_cancel(services)),
        gr.Button(visible=bool(fetch.problem)),
        gr.Timer(active=fetch.running),
        gr.Button(interactive=not (complete and all_here(services))),
        fetch.teacher if complete and arrived != fetch.teacher else gr.skip(),
    ]


def may_cancel(services: Services) -> bool:
    """Returns whether a visitor may cancel downloads: they serve all visitors, so only if these trust each other."""
    return services.settings.training == "on"
