"""The Detect tab: pick or upload a picture, see what the model thinks of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from favae_demo.detection.types import Detection
from favae_demo.ui import text
from favae_demo.ui.errors import shown
from favae_demo.ui.html import verdict_html
from favae_demo.ui.picture_input import PictureInput
from favae_demo.ui.services import Services
from favae_demo.viz.heatmap import COLOUR_MAPS, DEFAULT_COLOUR_MAP
from favae_demo.viz.overlay import display_image, error_map, overlay, reconstruction_image

PANES = ("Picture", "Rebuilt", "Error map", "Result")
REGION_HEADERS = ["place (from left, from top)", "share of the picture", "peak"]


@dataclass(frozen=True)
class Shown:
    """What the tab shows: kept per visitor, so that sliders need no second run of the model."""

    model: str
    detection: Detection
    truth: np.ndarray | None
    kind: str


def build(services: Services) -> dict[str, Any]:
    """The tab's components, by name."""
    names = services.categories()
    first = services.first_category()
    choices = services.model_choices(first) if first else []
    ui: dict[str, Any] = {"shown": gr.State(None)}
    with gr.Row():
        ui["category"] = gr.Dropdown(
            names, value=first, label="Category", info="What kind of part", interactive=True
        )
        ui["model"] = gr.Dropdown(
            choices, value=choices[0][1] if choices else None, label="Model", interactive=True,
            info="AUROC: 1 is perfect, 0.5 is guessing; measured on the test pictures",
        )  # fmt: skip
    empty = text.NO_DATA.format(folder=services.settings.data_dir)
    ui["about"] = gr.Markdown("" if first else empty)
    ui["verdict"] = gr.HTML(verdict_html(None, text.CHOOSE_PICTURE if first else ""))
    with gr.Row():
        for name in PANES:
            ui[name] = gr.Image(
                label=name, interactive=False, format="png", buttons=["download", "fullscreen"]
            )
    with gr.Row():
        with gr.Column(scale=2):
            ui["gallery"] = gr.Gallery(
                [], label="Test pictures", columns=8, height=300,
                allow_preview=False, object_fit="cover", interactive=False,
            )  # fmt: skip
        with gr.Column(scale=1):
            ui["upload"] = PictureInput(
                label="Or your own picture",
                sources=["upload", "clipboard", "webcam"],
                height=300,
            )
    with gr.Row():
        ui["rate"] = gr.Dropdown(
            list(text.RATES), value=text.DEFAULT_RATE, label="False-alarm rate", interactive=True,
            info="How many good parts in a hundred may be called defect",
        )  # fmt: skip
        ui["map"] = gr.Dropdown(
            [(title, key) for key, title in text.MAPS.items()], value="combined", label="Error map of", interactive=True,
            info="All errors together, or one kind",
        )  # fmt: skip
        ui["colours"] = gr.Dropdown(
            list(COLOUR_MAPS.items()),
            value=DEFAULT_COLOUR_MAP,
            label="Colours",
            interactive=True,
            info="Dark is calm",
        )
        ui["opacity"] = gr.Slider(0, 1, 0.6, step=0.05, label="Heat-map opacity", interactive=True)
        ui["mask"] = gr.Radio(
            ["as trained", "on", "off"], value="as trained", label="Ignore the background", interactive=True
        )
    ui["regions"] = gr.Dataframe(
        headers=REGION_HEADERS, value=[], label="Places above the limit", interactive=False, datatype="str"
    )
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """The tab's events."""
    controls = [ui["rate"], ui["mask"], ui["map"], ui["colours"], ui["opacity"]]
    outputs = [ui["shown"], ui["verdict"], *(ui[name] for name in PANES), ui["regions"]]
    quiet = {"api_visibility": "private", "show_progress": "minimal"}

    @shown
    def choose_category(name: str) -> tuple:
        choices = services.model_choices(name)
        model = gr.Dropdown(choices=choices, value=choices[0][1] if choices else None)
        note = text.CHOOSE_PICTURE if choices else text.NO_MODEL
        blank = (None, verdict_html(None, note), None, None, None, None, [])
        return model, services.describe(name), services.gallery(name), *blank

    def pick_event(category, model, rate, mask, map_, colours, opacity, event: gr.SelectData):
        return shown(
            lambda: pick_sample(services, category, model, event.index, (rate, mask, map_, colours, opacity))
        )()

    @shown
    def upload(path: str | None, model: str, *values) -> tuple:
        if path is None:
            return tuple(gr.skip() for _ in outputs)
        return _run(services, model, path, values, None, None)

    @shown
    def again(state: Shown | None, *values) -> tuple:
        return tuple(gr.skip() for _ in outputs) if state is None else render(services, state, values)

    @shown
    def change_model(state: Shown | None, model: str, *values) -> tuple:
        if state is None or not model:
            return tuple(gr.skip() for _ in outputs)
        found = services.detect(model, state.detection.image, text.RATES[values[0]], _masked(values[1]))
        return render(services, Shown(model, found, state.truth, state.kind), values)

    changed = [ui["model"], ui["about"], ui["gallery"], *outputs]
    ui["category"].input(choose_category, ui["category"], changed, **quiet)
    ui["gallery"].select(pick_event, [ui["category"], ui["model"], *controls], outputs, **quiet)
    ui["upload"].change(upload, [ui["upload"], ui["model"], *controls], outputs, **quiet)
    ui["model"].input(change_model, [ui["shown"], ui["model"], *controls], outputs, **quiet)
    for control in controls:
        listener = control.release if isinstance(control, gr.Slider) else control.input
        listener(again, [ui["shown"], *controls], outputs, api_visibility="private", show_progress="hidden")


def first_look(services: Services, category: str | None, model: str | None) -> tuple:
    """Description, gallery and a finished example: the first picture with a defect.

    Filled in when the page is opened, because generated parts may have to be rendered first.
    """
    nothing = tuple(gr.skip() for _ in range(7))
    data = services.category(category) if category else None
    if category is None:
        return gr.skip(), [], *nothing
    start = services.describe(category), services.gallery(category)
    index = next((i for i, sample in enumerate(data.test if data else ()) if not sample.is_good), None)
    if index is None:
        return *start, *nothing
    if not model:
        return *start, gr.skip(), verdict_html(None, text.NO_MODEL), *nothing[2:]
    values = (text.DEFAULT_RATE, "as trained", "combined", DEFAULT_COLOUR_MAP, 0.6)
    return *start, *pick_sample(services, category, model, index, values)


def pick_sample(services: Services, category: str, model: str, index: int, values: tuple) -> tuple:
    """Judges a test picture and renders it."""
    sample = services.sample(category, index)
    return _run(services, model, sample.path, values, services.truth(sample), sample)


def render(services: Services, state: Shown, values: tuple) -> tuple:
    """All outputs of the tab for what is shown, under the controls' values; the model does not run."""
    rate, mask, map_name, colours, opacity = values
    detector = services.registry.detector(Path(state.model))
    found = detector.judge(state.detection, rate=text.RATES[rate], masked=_masked(mask))
    name = map_name if map_name in found.maps else "combined"
    limit = detector.limits(text.RATES[rate], _masked(mask))["image"]
    note = state.kind
    if not limit.supported:
        count = len(detector.calibration.plain.images)
        note += f". Only {count} good pictures were held out, too few for this rate: the limit is their highest score plus a margin"
    rows = [
        [f"{r.centre[0]:.0%}, {r.centre[1]:.0%}", f"{r.area:.1%}", f"{r.peak:.2f}"] for r in found.regions
    ]
    pictures = (
        display_image(found.image),
        reconstruction_image(found),
        error_map(found, name, colours),
        overlay(found, state.truth, opacity=opacity, colour_map=colours, map_name=name),
    )
    return Shown(state.model, found, state.truth, state.kind), verdict_html(found, note), *pictures, rows


def _run(
    services: Services, model: str, path: Any, values: tuple, truth: np.ndarray | None, sample: Any
) -> tuple:
    found = services.detect(model, services.picture(path), text.RATES[values[0]], _masked(values[1]))
    kind = f"Truth: {text.kind(sample.defect)}" if sample is not None else text.NO_TRUTH
    return render(services, Shown(model, found, truth, kind), values)


def _masked(choice: str) -> bool | None:
    return {"on": True, "off": False}.get(choice)
