"""The Results tab: metrics of a category's models, and the confusion matrix at a chosen threshold."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Event
from typing import Any

import gradio as gr

from favae_demo.ui import text
from favae_demo.ui.components import image_picker, model_picker, rate_slider
from favae_demo.ui.components.events import WAITING, WATCHING, choice_of
from favae_demo.ui.components.measurement import measure_models
from favae_demo.ui.components.updates import row
from favae_demo.ui.errors import show_errors
from favae_demo.ui.selection import Opening, Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.results.downloads import write_charts
from favae_demo.ui.tabs.results.values import (
    CELLS,
    DEFAULT_CELL,
    GALLERIES,
    OPENING,
    RESULTS,
    SHOWN_CELL,
    THRESHOLD,
    cell_values,
    opening,
    result_values,
    threshold_values,
    without_unchanged_galleries,
)
from favae_demo.ui.tabs.results.view import BEST_F1, HAND, RATE, ThresholdChoice, load_view

DOWNLOAD = "() => document.querySelector('#saved-charts')?.click()"
AFTER_ONE = tuple(name for name in RESULTS if name != "measure")  # while others are still measured
# What a move of the threshold changes at once. The images of the chosen cell follow in an event of their own, which reads the threshold and
# the cell as they are by then: an answer under way would else bring back the images of the cell before.
AT_ONCE = tuple(name for name in THRESHOLD if name not in SHOWN_CELL)
# Without the slider that is moved, and without the curves over pixels, whose threshold depends on the rate only.
AT_HAND = tuple(name for name in AT_ONCE if name not in ("by_hand", "pixel_curves"))


def build(services: Services) -> dict[Any, Any]:
    """Builds the tab's components and returns them by name."""
    ui: dict[Any, Any] = {
        "choice": gr.State(None),
        "cell": gr.State(DEFAULT_CELL),
        "measured": gr.Textbox("", visible="hidden", label="measured"),
    }
    ui |= {f"{name}_keys": gr.State([]) for name in GALLERIES}
    gr.Markdown(text.results.INTRO, elem_classes="settings")
    with gr.Row(elem_classes="settings"):
        _build_pickers(ui, services)
    with gr.Column(elem_classes="after-figures"):
        _build_results(ui)
    ui["opening"] = Opening(
        partial(show_selected, services),
        {"category": ui["category"], "model": ui["model"]},
        [ui["choice"], ui["cell"]],
        [ui[name] for name in OPENING],
        ui["rate"],
    )
    return ui


def wire(ui: dict[Any, Any], services: Services) -> None:
    """Connects the tab's events."""
    quiet = {"api_visibility": "private", "show_progress": "hidden", "trigger_mode": "always_last"}
    waiting = quiet | WAITING
    at_work: dict[str | None, Event] = {}  # by session: set to stop the measurement

    def outputs(names: tuple) -> list:
        return [ui[name] for name in names]

    @show_errors
    def change_category(category: str, rate: float, cell: str) -> Iterator[list]:
        yield from _opening_steps(services, category, None, ThresholdChoice(rate), cell)

    @show_errors
    def change_model(category: str, model: str, rate: float, cell: str) -> list:
        return row(
            result_values(services, load_view(services, category, model), ThresholdChoice(rate), cell),
            RESULTS,
        )

    def threshold_from(names: tuple, by: str) -> Callable:
        @show_errors
        def choose(category: str, model: str, rate: float, by_hand: float, cell: str) -> list:
            choice = ThresholdChoice(rate, by, by_hand if by == HAND else 0.0)
            view = load_view(services, category, model, alone=True)
            return row(threshold_values(services, view, choice, cell), names)

        return choose

    @show_errors
    def show_cell(
        category: str, model: str, choice: ThresholdChoice | None, cell: str, keys: Sequence[str] = ()
    ) -> list:
        view = load_view(services, category, model, alone=True)
        values = cell_values(services, view, choice or ThresholdChoice(), cell)
        return row(without_unchanged_galleries(values, {"pictures": list(keys)}), SHOWN_CELL)

    @show_errors
    def measure(category: str, model: str, request: gr.Request) -> Iterator[list]:
        view = load_view(services, category, model)
        stop = at_work[request.session_hash] = Event()
        for says in measure_models(services, view.category, view.waiting, stop) if view.category else ():
            known = f"{category} {len(load_view(services, category, model).results)}"
            yield [says, gr.Button(interactive=False), known]

    @show_errors
    def save_charts(category: str, model: str, choice: ThresholdChoice | None) -> gr.DownloadButton:
        return gr.DownloadButton(value=str(write_charts(services, category, model, choice)))

    def stop_measuring(request: gr.Request) -> None:
        if request.session_hash in at_work:
            at_work[request.session_hash].set()
            gr.Info(text.results.STOPPING)

    def refreshing(names: tuple) -> Callable:
        @show_errors
        def refresh(category: str, model: str, choice: ThresholdChoice | None, cell: str) -> list:
            view = load_view(services, category, model)
            return row(result_values(services, view, choice or ThresholdChoice(), cell), names)

        return refresh

    model = [ui["category"], ui["model"]]
    state = [*model, ui["choice"], ui["cell"]]
    shown = [*state, ui["pictures_keys"]]
    choice_of(ui["category"])(
        change_category, [ui["category"], ui["rate"], ui["cell"]], outputs(OPENING), **waiting | WATCHING
    )
    choice_of(ui["model"])(change_model, [*model, ui["rate"], ui["cell"]], outputs(RESULTS), **waiting)
    for trigger, names, by in (
        (ui["rate"].change, AT_ONCE, RATE),
        (ui["by_hand"].input, AT_HAND, HAND),
        (ui["back"].click, AT_ONCE, RATE),
        (ui["best_f1"].click, AT_ONCE, BEST_F1),
    ):
        controls = [*model, ui["rate"], ui["by_hand"], ui["cell"]]
        moved = trigger(threshold_from(names, by), controls, outputs(names), **quiet)
        # Also the same images: below each stands its score as a multiple of the threshold.
        moved.then(show_cell, state, outputs(SHOWN_CELL), **quiet)
    for cell in CELLS:
        pressed = ui[cell].click(partial(str, cell), None, ui["cell"], **quiet)
        pressed.then(show_cell, shown, outputs(SHOWN_CELL), **quiet)
    at_end = ui["measure"].click(
        measure, model, [ui["problems"], ui["measure"], ui["measured"]], **quiet | {"trigger_mode": "once"}
    )
    # With what is chosen by then: another category may be looked at meanwhile.
    ui["measured"].change(refreshing(AFTER_ONE), state, outputs(AFTER_ONE), **quiet)
    at_end.then(refreshing(RESULTS), state, outputs(RESULTS), **quiet)
    ui["stop"].click(stop_measuring, None, None, **quiet)
    saving = ui["charts"].click(
        save_charts, [*model, ui["choice"]], ui["saved"], **quiet | {"trigger_mode": "once"}
    )
    saving.success(None, js=DOWNLOAD)


def show_selected(
    services: Services,
    selection: Selection,
    category: str | None,
    model: str | None,
    choice: ThresholdChoice | None,
    cell: str,
) -> Iterator[list]:
    """Yields values of `OPENING` for what the page shows, with the limit that was chosen here for it.

    They are made anew each time: a training may have ended, or a model been measured elsewhere, since it was last looked at.
    """
    same = selection.shows(category, model=model)
    if not (same and choice and choice.rate == selection.rate):
        choice = ThresholdChoice(selection.rate)
    steps = _opening_steps(services, selection.category, model if same else selection.model, choice, cell)
    place = OPENING.index("problems")
    for values in steps:
        yield [*values[:place], gr.skip(), *values[place + 1 :]]  # a measurement may be running


def _opening_steps(
    services: Services, category: str | None, model: str | None, choice: ThresholdChoice, cell: str
) -> Iterator[list]:
    """Yields values of `OPENING`, also while the images of a generated category are drawn."""
    yield from image_picker.drawn_first(
        services, category, lambda note: {"about": note}, OPENING,
        lambda: row(opening(services, category, model, choice, cell), OPENING),
    )  # fmt: skip


def _build_results(ui: dict[Any, Any]) -> None:
    ui["about_data"] = gr.Markdown()
    with gr.Column(elem_classes="settings measuring"):
        ui["measure"] = gr.Button(visible=False, variant="primary")
        ui["problems"] = gr.HTML(elem_classes="flush")
        ui["stop"] = gr.Button(text.results.STOP, size="sm", elem_classes="stop-measuring")
    gr.Markdown(f"## {text.results.FIGURES}")
    ui["figures"] = gr.HTML(elem_classes="flush")
    ui["peers"] = gr.HTML(elem_classes="flush")
    with gr.Column(elem_classes="when-results"):
        _build_threshold(ui)
        gr.Markdown(f"## {text.results.CHARTS}")
        gr.Markdown(text.results.ABOUT_CURVES)
        ui["image_curves"] = gr.HTML(elem_classes="flush")
        ui["pixel_curves"] = gr.HTML(elem_classes="flush")
        ui["charts"] = gr.Button(text.results.SAVE_ALL, size="sm", elem_classes="settings")
        ui["saved"] = gr.DownloadButton(visible="hidden", elem_id="saved-charts")
        _build_images(ui)
    ui["report_slot"] = gr.Row(elem_classes="settings")


def _build_pickers(ui: dict[Any, Any], services: Services) -> None:
    with gr.Column(scale=3, min_width=280, elem_classes="choose"):
        ui["category"] = model_picker.category(services, text.results.CATEGORY_INFO)
    with gr.Column(scale=3, min_width=280, elem_classes="choose"):
        ui["model"] = model_picker.model(services, text.results.MODEL_INFO)
    with gr.Column(scale=4, min_width=280):
        ui["about"] = gr.Markdown(elem_classes="about")


def _build_threshold(ui: dict[Any, Any]) -> None:
    gr.Markdown(f"## {text.results.LIMIT}")
    ui["about_limit"] = gr.HTML(elem_classes="flush")
    with gr.Row():
        with gr.Column(min_width=300):
            ui["rate"] = rate_slider.build(text.results.RATE, text.results.RATE_INFO)
            ui["by_hand"] = gr.Slider(
                0,
                1,
                0,
                label=text.results.BY_HAND,
                info=text.results.BY_HAND_INFO,
                interactive=True,
                buttons=[],
            )
            with gr.Row():
                ui["back"] = gr.Button(text.results.BACK, size="sm", min_width=150)
                ui["best_f1"] = gr.Button(text.results.BEST_F1, size="sm", min_width=150)
        with gr.Column(min_width=300):
            ui["histogram"] = gr.HTML(elem_classes="flush")
    with gr.Row():
        with gr.Column(min_width=300):
            gr.Markdown(f"### {text.results.MATRIX}")
            for pair in (CELLS[:2], CELLS[2:]):
                with gr.Row(elem_classes="confusion"):
                    for cell in pair:
                        ui[cell] = gr.Button(min_width=120, elem_classes=f"cell {cell}")
        with gr.Column(min_width=300):
            ui["kinds"] = gr.HTML(elem_classes="flush")


def _build_images(ui: dict[Any, Any]) -> None:
    gr.Markdown(f"## {text.results.PICTURES}")
    ui["about_pictures"] = gr.Markdown()
    _build_gallery(ui, "pictures", text.results.PICTURES)
    with gr.Row():
        for name, title, info in (
            ("best", text.results.BEST, text.results.BEST_INFO),
            ("worst", text.results.WORST, text.results.WORST_INFO),
        ):
            with gr.Column(min_width=300):
                gr.Markdown(f"### {title}")
                ui[f"about_{name}"] = gr.Markdown(info)
                _build_gallery(ui, name, title)


def _build_gallery(ui: dict[Any, Any], name: str, title: str) -> None:
    ui[name] = gr.Gallery(
        [], label=title, show_label=False, allow_preview=False, object_fit="contain", interactive=False,
        buttons=[], height="auto", elem_classes="result-pictures",
    )  # fmt: skip
