"""Puts the tabs together and starts the server."""

from typing import Any

import gradio as gr

from favae_demo.detection.registry import Registry
from favae_demo.errors import ImageError
from favae_demo.settings import Settings
from favae_demo.ui import compare, detect, text, train
from favae_demo.ui.errors import shown
from favae_demo.ui.picture_input import PictureInput
from favae_demo.ui.services import Services
from favae_demo.ui.theme import CSS, THEME

TABS = (("Detect", detect), ("Train", train), ("Compare", compare))


def build_app(settings: Settings) -> gr.Blocks:
    """The whole page over one installation's settings."""
    services = Services(settings, Registry(settings))
    with gr.Blocks(title=text.TITLE, delete_cache=(3600, 86400)) as app:
        gr.Markdown(text.INTRO)
        with gr.Accordion("How it works", open=False):
            gr.Markdown(text.HOW)
        tabs: dict[str, dict[str, Any]] = {}
        with gr.Tabs():
            for name, module in TABS:
                with gr.Tab(name, id=name.lower()):
                    tabs[name] = module.build(services)
                    module.wire(tabs[name], services)
        _programs(services)
        ui = tabs["Detect"]
        outputs = [ui[key] for key in ("about", "gallery", "shown", "verdict", *detect.PANES, "regions")]
        look = shown(lambda category, model: detect.first_look(services, category, model))
        opened = app.load(look, [ui["category"], ui["model"]], outputs, api_visibility="private")
        other = tabs["Compare"]
        fill = shown(lambda category: services.gallery(category) if category else [])
        opened.then(
            fill, other["category"], other["gallery"], api_visibility="private", show_progress="hidden"
        )
        app.load(
            tabs["Train"]["attach"],
            None,
            tabs["Train"]["run"],
            api_visibility="private",
            show_progress="hidden",
        )
    return app


def launch(app: gr.Blocks, settings: Settings, **options: Any) -> Any:
    """Serves the page; `options` go to Gradio's `launch`."""
    app.queue(max_size=64)
    return app.launch(
        theme=THEME,
        css=CSS,
        max_file_size=f"{settings.max_upload_mb}mb",
        allowed_paths=[str(settings.cache_dir / "thumbnails"), str(settings.runs_dir)],
        **options,
    )


def _programs(services: Services) -> None:
    """Named endpoints for programs; their components are never shown."""

    @shown
    def run_detect(picture: str | None, category: str, teacher: str, rate: float) -> tuple:
        model = services.registry.newest(category, teacher)
        found = services.detect(model and model.path, _given(services, picture), rate)
        record = {
            "verdict": found.verdict,
            "score": found.score,
            "threshold": found.threshold,
            "milliseconds": found.timings["total"],
            "regions": [{"box": r.box, "area": r.area, "peak": r.peak} for r in found.regions],
        }
        return record, detect.overlay(found), detect.error_map(found), detect.reconstruction_image(found)

    @shown
    def run_compare(picture: str | None, category: str, rate: float) -> dict:
        _given(services, picture)
        return compare.compare(services, category, picture, rate)

    @shown
    def run_train(category: str, teacher: str, preset: str, seed: float) -> dict:
        return {"run": train.start_training(services, category, teacher, preset, int(seed))}

    with gr.Row(visible=False):
        picture = PictureInput(label="picture")
        category, teacher = gr.Textbox(label="category"), gr.Textbox("vgg16", label="teacher")
        rate, preset = gr.Number(0.05, label="rate"), gr.Textbox("quick", label="preset")
        seed, answer = gr.Number(0, label="seed", precision=0), gr.JSON(label="answer")
        views = [gr.Image(label=name, format="png") for name in ("overlay", "error map", "reconstruction")]
        button = gr.Button("run")
    button.click(run_detect, [picture, category, teacher, rate], [answer, *views], api_name="detect")
    button.click(run_compare, [picture, category, rate], answer, api_name="compare")
    button.click(run_train, [category, teacher, preset, seed], answer, api_name="train")


def _given(services: Services, picture: str | None):
    if picture is None:
        raise ImageError(text.CHOOSE_PICTURE)
    return services.picture(picture)
