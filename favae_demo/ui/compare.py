"""The Compare tab: one picture, the three variants side by side, one after another."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from favae_demo.errors import CheckpointError
from favae_demo.ui import text
from favae_demo.ui.errors import shown
from favae_demo.ui.html import verdict_html
from favae_demo.ui.picture_input import PictureInput
from favae_demo.ui.services import Services, label
from favae_demo.viz.overlay import error_map, overlay, reconstruction_image

PANES = ("Rebuilt", "Error map", "Result")


def build(services: Services) -> dict[str, Any]:
    """The tab's components, by name."""
    names = services.categories()
    first = services.first_category()
    ui: dict[str, Any] = {"picked": gr.State(None)}
    gr.Markdown(
        "Choose one picture; each model judges it in turn. Every error map has its own scale: mid-scale is that model's limit."
    )
    with gr.Row():
        with gr.Column(scale=1):
            ui["category"] = gr.Dropdown(
                names, value=first, label="Category", info="What kind of part", interactive=True
            )
            ui["rate"] = gr.Dropdown(
                list(text.RATES), value=text.DEFAULT_RATE, label="False-alarm rate", interactive=True,
                info="How many good parts in a hundred may be called defect",
            )  # fmt: skip
            ui["upload"] = PictureInput(
                label="Or your own picture", sources=["upload", "clipboard"], height=220
            )
        with gr.Column(scale=2):
            ui["gallery"] = gr.Gallery(
                [], label="Test pictures", columns=6, height=420,
                allow_preview=False, object_fit="cover", interactive=False,
            )  # fmt: skip
    with gr.Row():
        for teacher, title in text.VARIANTS.items():
            with gr.Column():
                ui[teacher, "verdict"] = gr.HTML(f"<h3>{title}</h3>")
                for pane in PANES:
                    ui[teacher, pane] = gr.Image(
                        label=f"{title}: {pane.lower()}", interactive=False, format="png"
                    )
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """The tab's events."""
    columns = [ui[teacher, part] for teacher in text.VARIANTS for part in ("verdict", *PANES)]
    quiet = {"api_visibility": "private", "show_progress": "minimal"}

    @shown
    def choose_category(name: str) -> list:
        return services.gallery(name)

    def pick(category: str, rate: str, event: gr.SelectData) -> Iterator[list]:
        def run() -> Iterator[list]:
            sample = services.sample(category, event.index)
            yield from columns_for(services, category, sample.path, text.RATES[rate], services.truth(sample))

        yield from shown(run)()

    @shown
    def upload(category: str, rate: str, path: str | None) -> Iterator[list]:
        if path is not None:
            yield from columns_for(services, category, path, text.RATES[rate], None)

    ui["category"].input(choose_category, ui["category"], ui["gallery"], **quiet)
    ui["gallery"].select(pick, [ui["category"], ui["rate"]], columns, **quiet)
    ui["upload"].change(upload, [ui["category"], ui["rate"], ui["upload"]], columns, **quiet)


def columns_for(services: Services, category: str, path: Any, rate: float, truth: Any) -> Iterator[list]:
    """Yields all columns after each variant has answered."""
    picture = services.picture(path)
    columns: list = [gr.skip()] * (len(text.VARIANTS) * (1 + len(PANES)))
    for place, (teacher, title) in enumerate(text.VARIANTS.items()):
        model = services.registry.newest(category, teacher)
        start = place * (1 + len(PANES))
        if model is None:
            columns[start : start + 4] = [
                f"<h3>{title}</h3>{verdict_html(None, text.NO_MODEL)}",
                None,
                None,
                None,
            ]
        else:
            services.registry.detector(model.path)  # loading does not count as answering
            begin = time.perf_counter()
            found = services.detect(model.path, picture, rate)
            took = f"{1000 * (time.perf_counter() - begin):.0f} ms"
            verdict = f"<h3>{label(model)}</h3>{verdict_html(found, took)}"
            columns[start : start + 4] = [
                verdict,
                reconstruction_image(found),
                error_map(found),
                overlay(found, truth),
            ]
        yield list(columns)


def compare(services: Services, category: str, path: str, rate: float) -> dict[str, Any]:
    """Score, limit, verdict and milliseconds of every variant that is there, for programs.

    Raises:
        CheckpointError: There is no model of this category.
    """
    picture, answers = services.picture(path), {}
    for teacher in text.VARIANTS:
        model = services.registry.newest(category, teacher)
        if model is not None:
            found = services.detect(model.path, picture, rate)
            answers[teacher] = {
                "score": found.score,
                "threshold": found.threshold,
                "verdict": found.verdict,
                "milliseconds": found.timings["total"],
            }
    if not answers:
        raise CheckpointError(text.NO_MODEL)
    return answers
