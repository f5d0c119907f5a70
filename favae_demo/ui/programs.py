"""Named endpoints for programs: what the tabs do, with labelled inputs and no page."""

from typing import Any

import gradio as gr

from favae_demo.errors import ImageError
from favae_demo.ui import compare, text, train
from favae_demo.ui.compare_view import variants
from favae_demo.ui.errors import shown
from favae_demo.ui.picture_input import PictureInput
from favae_demo.ui.services import Services
from favae_demo.viz.overlay import error_map, overlay, reconstruction_image

VIEWS = ("overlay", "error map", "reconstruction")


def build(services: Services) -> None:
    """Adds the endpoints `detect`, `compare` and `train`; their components are never shown."""

    @shown
    def detect(picture: str | None, category: str, teacher: str, rate: float) -> tuple:
        """Judges one picture with the newest model of a category and teacher."""
        given, model = _given(services, picture), services.registry.newest(category, teacher)
        if model is not None:
            services.registry.await_weights(model.path)
        found = services.detect(model and model.path, given, rate)
        record = {
            "verdict": found.verdict,
            "score": found.score,
            "threshold": found.threshold,
            "milliseconds": found.timings["total"],
            "regions": [{"box": r.box, "area": r.area, "peak": r.peak} for r in found.regions],
        }
        return record, overlay(found), error_map(found), reconstruction_image(found)

    @shown
    def run_compare(picture: str | None, category: str, rate: float) -> dict:
        """Judges one picture with every variant of a category."""
        _given(services, picture)
        for model in variants(services, category).values():
            services.registry.await_weights(model.path)
        return compare.compare(services, category, picture, rate)

    @shown
    def run_train(category: str, teacher: str, preset: str, seed: float) -> dict:
        """Starts a training in the background and gives its name."""
        return {"run": train.start_training(services, category, teacher, preset, int(seed))}

    with gr.Row(visible=False):
        picture = PictureInput(label="picture")
        category, teacher = gr.Textbox(label="category"), gr.Textbox("vgg16", label="teacher")
        rate, preset = gr.Number(0.05, label="rate"), gr.Textbox("quick", label="preset")
        seed, answer = gr.Number(0, label="seed", precision=0), gr.JSON(label="answer")
        views = [gr.Image(label=name, format="png") for name in VIEWS]
        button = gr.Button("run")
    button.click(detect, [picture, category, teacher, rate], [answer, *views], api_name="detect")
    button.click(run_compare, [picture, category, rate], answer, api_name="compare")
    button.click(run_train, [category, teacher, preset, seed], answer, api_name="train")


def _given(services: Services, picture: str | None) -> Any:
    if picture is None:
        raise ImageError(text.CHOOSE_PICTURE)
    return services.picture(picture)
