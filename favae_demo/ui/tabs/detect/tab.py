"""The Detect tab: pick or upload an image and see the verdict, the reconstruction and the error map."""

from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.core.errors import ImageError
from favae_demo.data.io.images import save_png
from favae_demo.ui import text
from favae_demo.ui.components import feedback_panel, image_picker, model_picker, recalibration_panel
from favae_demo.ui.components.events import EACH_CLICK, QUIET, WAITING, WATCHING, choice_of
from favae_demo.ui.components.html import verdict_html
from favae_demo.ui.components.picture_output import PictureOutput, PictureSlider
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.errors import show_errors
from favae_demo.ui.selection import Opening
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect import controls, detail, similar
from favae_demo.ui.tabs.detect.answers import (
    OPENING,
    drawn_test_image,
    in_turn,
    large_image_first,
    latest_by,
    redrawn,
)
from favae_demo.ui.tabs.detect.opening import opening_steps, show_selected
from favae_demo.ui.tabs.detect.view import (
    CONTROLS,
    PANES,
    PARTS,
    DetectOptions,
    JudgedImage,
    make_view,
    result_panel,
)

STATE_SECONDS = 3600  # a session's image is deleted an hour after its last use
COPY = """() => favae.copyPicture('.detect img[alt="Result"]')"""
DOWNLOAD = "() => document.querySelector('#saved-result')?.click()"


def build(services: Services) -> dict[str, Any]:
    """Builds the tab's components and returns them by name."""
    ui: dict[str, Any] = {
        "shown": gr.State(None, time_to_live=STATE_SECONDS),
        "turns": gr.State(Turns(options=DetectOptions())),
    }
    with gr.Row(elem_classes="detect"):
        with gr.Column(scale=2, min_width=300, elem_classes="settings choose"):
            _build_pickers(ui, services)
        with gr.Column(scale=5, min_width=320, elem_classes="answer"):
            _build_answer(ui, services)
        with gr.Column(scale=2, min_width=230, elem_classes="settings beside"):
            controls.build_main(ui)
            ui["regions"] = gr.HTML(elem_classes="flush")
    with gr.Row(elem_classes="settings"):
        with gr.Column(min_width=300):
            ui["slider"] = PictureSlider(
                label=text.page.SLIDER,
                interactive=False,
                format="jpeg",
                max_height=440,
                buttons=[],
                elem_classes="before-after",
            )
        with gr.Column(min_width=300):
            controls.build_heat_map(ui)
            similar.build(ui)
    detail.build(ui)
    ui["opening"] = Opening(
        partial(show_selected, services),
        {"category": ui["category"], "model": ui["model"], "image": ui["picked"]},
        [ui["turns"], ui["shown"]],
        [ui[name] for name in OPENING],
        ui["rate"],
    )
    return ui | recalibration_panel.build(services)


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the tab's events."""
    settings = [ui[name] for name in CONTROLS]
    parts = [ui["shown"], *(ui[name] for name in PARTS)]
    one = [ui["gallery"], ui["picked"], *parts]
    quiet = WAITING

    @show_errors
    def choose_category(turns: Turns, category: str, *values: Any) -> Iterator[list]:
        turns.options = DetectOptions(*values)
        for step in opening_steps(services, turns, category, ""):
            yield step[1:]

    @show_errors
    @in_turn
    def pick(turns: Turns, category: str, model: str, kind: str, event: gr.SelectData, *_: Any) -> tuple:
        there = image_picker.samples(services, category, kind)
        if event.index >= len(there):
            raise ImageError(text.page.CHOOSE_PICTURE)
        key = there[event.index].key
        # Marked again: an answer to an arrow key may have come since the click, and marks its own image.
        marked = gr.Gallery(selected_index=event.index)
        return marked, key, *drawn_test_image(services, turns, category, model, key)

    @in_turn
    def step(
        turns: Turns, category: str, model: str, steps: int, files: list[str] | None, photo: str | None, kind: str, key: str, *_: Any
    ) -> Generator[tuple, None, tuple]:  # fmt: skip
        own = image_picker.own_images(files, photo)
        if path := image_picker.own_neighbour(own, turns.own, steps):
            by = model or services.first_model(category)
            return (yield from large_image_first(services, turns, by, own, path))
        # What the page shows is older than a choice whose answer is still on its way.
        other = image_picker.neighbour(services, category, kind, turns.key or key, steps)
        if other is None:
            raise ImageError(text.page.NO_PICTURES_HERE)
        place = image_picker.position(image_picker.samples(services, category, kind), other)
        drawn = drawn_test_image(services, turns, category, model, other)
        return gr.Gallery(selected_index=place), other, *drawn

    @in_turn
    def judge_own(
        turns: Turns, category: str, model: str, own: list[str], path: str, *_: Any
    ) -> Generator[tuple, None, tuple]:
        by = model or services.first_model(category)  # the list of models may still be on its way
        return (yield from large_image_first(services, turns, by, own, path))

    @show_errors
    def upload(
        turns: Turns, category: str, model: str, files: list[str] | None, photo: str | None, *values: Any
    ) -> Iterator[list]:
        own = image_picker.own_images(files, photo)
        path = turns.added(own)
        if path is None:  # one was taken away: the answer stays
            yield [gr.skip() for _ in one]
        else:
            yield from judge_own(turns, category, model, own, path, *values)

    @show_errors
    def pick_own(
        turns: Turns, category: str, model: str, files: list[str] | None, photo: str | None, event: gr.SelectData, *values: Any
    ) -> Iterator[list]:  # fmt: skip
        own = image_picker.own_images(files, photo)
        if files and event.index < len(files):
            yield from judge_own(turns, category, model, own, files[event.index], *values)
        else:  # it was taken away just now
            yield [gr.skip() for _ in one]

    @show_errors
    @in_turn
    def change_model(
        turns: Turns, category: str, model: str, state: JudgedImage | None, kind: str, key: str, *_: Any
    ) -> tuple:
        return latest_by(services, turns, category, model, state, kind, key)

    @show_errors
    def judge_verdict(turns: Turns, state: JudgedImage | None, *values: Any) -> Iterator[list]:
        yield from redrawn(services, turns, state, DetectOptions(*values), ("verdict",))

    @show_errors
    def save(state: JudgedImage | None, *values: Any) -> Any:
        if state is None:
            raise ImageError(text.page.CHOOSE_PICTURE)
        name = f"{Path(state.detection.name).stem}-{Path(state.model).stem}.png"
        path = services.new_download_folder() / name
        save_png(path, result_panel(make_view(services, state, DetectOptions(*values))))
        return gr.DownloadButton(value=str(path))

    chosen = [ui["turns"], ui["category"], ui["model"]]
    choice_of(ui["category"])(
        choose_category, [ui["turns"], ui["category"], *settings], [ui[name] for name in OPENING[1:]], **quiet | WATCHING
    )  # fmt: skip
    choice_of(ui["kind"])(
        show_errors(lambda category, kind, key: image_picker.gallery(services, category, kind, key)),
        [ui["category"], ui["kind"], ui["picked"]], ui["gallery"], **quiet,
    )  # fmt: skip
    ui["gallery"].select(pick, [*chosen, ui["kind"], *settings], one, **quiet | EACH_CLICK)
    own = [ui[name] for name in image_picker.OWN]
    image_picker.wire_steps(
        "detect",
        ui,
        lambda steps, turns, category, model, *values: step(turns, category, model, steps, *values),
        [*chosen, *own, ui["kind"], ui["picked"], *settings],
        one,
        **quiet,
    )
    for component in own:
        component.change(upload, [*chosen, *own, *settings], one, **quiet)
    ui["upload"].select(pick_own, [*chosen, *own, *settings], one, **quiet | EACH_CLICK)
    shown_anew = [*chosen, ui["shown"], ui["kind"], ui["picked"], *settings]
    choice_of(ui["model"])(change_model, shown_anew, one, **quiet)
    image_picker.wire(ui)
    ui["copy"].click(None, js=COPY)
    saving = ui["save"].click(save, [ui["shown"], *settings], ui["saved"], **quiet)
    saving.success(None, js=DOWNLOAD)
    similar.wire(ui, services)
    controls.wire(ui, services)
    detail.wire(ui, services)
    spoken = [ui["shown"], ui["category"], ui["picked"], *settings]
    feedback_panel.wire(ui, services, partial(_spoken_of, services), spoken)
    # Whether the verdict is correct follows what is said, and what is taken back.
    ui["said"].change(judge_verdict, [ui["turns"], ui["shown"], *settings], [ui["verdict"]], **QUIET)
    for chosen_anew in recalibration_panel.wire(ui, services, ui["category"], ui["model"]):
        chosen_anew.success(change_model, shown_anew, one, **quiet)


def _spoken_of(
    services: Services, state: JudgedImage | None, category: str, key: str, *values: Any
) -> feedback_panel.Shown | None:
    """Returns the image that is shown, with the verdict at the controls' values; None where none is shown."""
    if state is None:
        return None
    sample = services.find(category, key) if key else None
    found = make_view(services, state, DetectOptions(*values)).found
    return feedback_panel.Shown(state.path, state.path.name, found, state.model, sample)


def _build_pickers(ui: dict[str, Any], services: Services) -> None:
    ui["category"], ui["model"] = model_picker.category(services), model_picker.model(services)
    ui |= image_picker.build(columns=3, height=330)
    ui["about"] = gr.Markdown(elem_classes="about")


def _build_answer(ui: dict[str, Any], services: Services) -> None:
    ui["verdict"] = gr.HTML(verdict_html(None, text.page.LOADING), elem_classes="flush")
    with gr.Row(elem_classes="steps"):
        ui["previous"] = gr.Button(text.page.PREVIOUS, size="sm", min_width=110, elem_classes="step-previous")
        ui["next"] = gr.Button(text.page.NEXT, size="sm", min_width=110, elem_classes="step-next")
        ui["save"] = gr.Button(text.page.SAVE, size="sm", min_width=140, elem_classes="settings")
        ui["copy"] = gr.Button(text.page.COPY_PICTURE, size="sm", min_width=110, elem_classes="settings")
        ui["saved"] = gr.DownloadButton(visible="hidden", elem_id="saved-result")
    ui |= feedback_panel.build(services)
    ui["tools"] = gr.HTML(elem_classes="flush")
    for pair in (PANES[:2], PANES[2:]):
        with gr.Row(elem_classes="panes"):
            for name in pair:
                ui[name] = PictureOutput(
                    label=text.page.PANES[name], interactive=False, format="jpeg", min_width=150,
                    buttons=["fullscreen"], alt_text=text.page.PANES[name], elem_classes=name,
                )  # fmt: skip
                if name == "rebuilt":
                    ui["not_rebuilt"] = gr.HTML(elem_classes="instead flush")
    ui["legend"] = gr.HTML()
    ui["facts"] = gr.HTML(elem_classes="settings")
    ui["status"] = gr.HTML(render=False)
