"""The Compare tab: one image judged by the variants side by side; below, the results on all test images of the category."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import gradio as gr

from favae_demo.ui import text
from favae_demo.ui.components import image_picker, model_picker
from favae_demo.ui.components.events import EACH_CLICK
from favae_demo.ui.components.picture_output import PictureOutput
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.components.updates import Values, row
from favae_demo.ui.errors import show_errors
from favae_demo.ui.selection import Opening, Selection
from favae_demo.ui.services import Services, newest_variants
from favae_demo.ui.tabs.compare.image_view import (
    PANES,
    ComparedImage,
    Comparison,
    VariantAnswer,
    column_values,
)
from favae_demo.ui.tabs.compare.overview import measure_waiting, overview
from favae_demo.ui.tabs.compare.values import (
    JUDGED,
    OPENING,
    PICKED,
    PICTURE,
    RESULTS,
    gallery_image_values,
    image_values,
    lists,
    measured_values,
    opening,
    rate_values,
    while_latest,
)

STATE_SECONDS = 3600  # a session's image is deleted an hour after its last use
TO_COLUMNS = "() => document.querySelector('.compare-columns')?.scrollIntoView({block: 'start'})"


def build(services: Services) -> dict[Any, Any]:
    """Builds the tab's components and returns them by name; those of a column by (part, teacher)."""
    ui: dict[Any, Any] = {
        "comparison": gr.State(None, time_to_live=STATE_SECONDS),
        "keys": gr.State([]),
        "turns": gr.State(Turns()),
    }
    gr.Markdown(text.compare.INTRO, elem_classes="settings")
    with gr.Row(elem_classes="settings"):
        with gr.Column(scale=3, min_width=280, elem_classes="choose"):
            _build_pickers(ui, services)
        with gr.Column(scale=4, min_width=300, elem_classes="choose compare-choice"):
            ui |= image_picker.build(columns=5, height=350)
        with gr.Column(scale=3, min_width=280, elem_classes="compare-picture"):
            ui["picture"] = PictureOutput(
                label=text.compare.PICTURE, interactive=False, format="webp", height=340, buttons=["fullscreen"],
                alt_text=text.compare.PICTURE,
            )  # fmt: skip
            ui["which"] = gr.HTML(elem_classes="flush")
            with gr.Row(elem_classes="steps"):
                ui["previous"] = gr.Button(
                    text.page.PREVIOUS, size="sm", min_width=110, elem_classes="step-previous"
                )
                ui["next"] = gr.Button(text.page.NEXT, size="sm", min_width=110, elem_classes="step-next")
    models = newest_variants(services, services.first_category())
    with gr.Row(elem_classes="compare-columns"):
        for teacher in text.page.VARIANTS:
            with gr.Column(min_width=280):
                model = models.get(teacher)
                answer = VariantAnswer(model, text.compare.WAIT if model else text.page.NO_MODEL)
                _build_column(ui, teacher, answer, services.settings.training != "off")
    ui["legend"] = gr.HTML(elem_classes="flush")
    gr.Markdown(text.compare.SCALE)
    _build_measured(ui)
    ui["opening_outputs"] = [ui[name] for name in OPENING]
    ui["opening"] = Opening(
        partial(show_selected, services),
        {"category": ui["category"], "image": ui["picked"]},
        [ui["turns"], ui["comparison"], ui["rate"]],
        ui["opening_outputs"],
    )
    return ui


def wire(ui: dict[Any, Any], services: Services) -> None:
    """Connects the tab's events."""
    quiet = model_picker.waiting(ui["category"]) | {"trigger_mode": "always_last"}

    def outputs(names: tuple) -> list:
        return [ui[name] for name in names]

    @show_errors
    def answer(
        turns: Turns, category: str, rate: float, answers: Iterator[Values], names: tuple
    ) -> Iterator[list]:
        for values in while_latest(services, turns, category, rate, answers):
            yield row(values, names)

    def show(
        turns: Turns, category: str, rate: float, kind: str, keys: list[str], index: int
    ) -> Iterator[list]:
        values = gallery_image_values(services, category, kind, keys, index, rate)
        return answer(turns, category, rate, values, PICKED)

    def pick(turns: Turns, category: str, rate: float, kind: str, event: gr.SelectData) -> Iterator[list]:
        samples = image_picker.samples(services, category, kind)
        yield from show(turns, category, rate, kind, [one.key for one in samples], event.index)

    def pick_disagreement(
        turns: Turns, category: str, rate: float, kind: str, keys: list[str], event: gr.SelectData
    ) -> Iterator[list]:
        yield from show(turns, category, rate, kind, keys, event.index)

    def stepping(step: int) -> Callable:
        def go(turns: Turns, category: str, rate: float, kind: str, key: str) -> Iterator[list]:
            other = image_picker.neighbour(services, category, kind, key, step)
            yield from show(turns, category, rate, kind, [other] if other else [], 0)

        return go

    def upload(turns: Turns, category: str, rate: float, path: str | None) -> Iterator[list]:
        if path is None:  # it was taken away: the answer stays
            yield row({}, PICTURE)
        else:
            values = image_values(services, category, ComparedImage.of_visitor(path), rate)
            yield from answer(turns, category, rate, values, PICTURE)

    def change_category(turns: Turns, category: str, rate: float) -> Iterator[list]:
        yield from answer(turns, category, rate, opening(services, category, "", rate), OPENING)

    @show_errors
    def change_rate(
        turns: Turns, category: str, rate: float, comparison: Comparison | None
    ) -> Iterator[list]:
        turns.options, turn = rate, turns.count
        values = rate_values(services, category, rate, None if turns.pending else comparison)
        for sent in turns.send(turn, values):
            yield row(sent, JUDGED)

    @show_errors
    def measure(category: str, rate: float) -> Iterator[list]:
        view = overview(services, category, rate)
        for bar in measure_waiting(view, services) if view else ():
            yield [bar, gr.Button(interactive=False)]

    @show_errors
    def measured(category: str, rate: float, comparison: Comparison | None) -> list:
        return row(measured_values(services, category, rate, comparison), RESULTS)

    chosen = [ui["category"], ui["rate"]]
    basis = [ui["turns"], *chosen]
    at_work = ui["measure"].click(
        measure, chosen, outputs(("progress", "measure")), **quiet | {"trigger_mode": "once"}
    )
    # With what is chosen by then: another category may be looked at meanwhile.
    at_work.then(measured, [*chosen, ui["comparison"]], outputs(RESULTS), **quiet)
    ui["category"].input(change_category, basis, outputs(OPENING), **quiet)
    ui["kind"].input(
        show_errors(lambda category, kind, key: image_picker.gallery(services, category, kind, key)),
        [ui["category"], ui["kind"], ui["picked"]], ui["gallery"], **quiet,
    )  # fmt: skip
    ui["gallery"].select(pick, [*basis, ui["kind"]], outputs(PICKED), **quiet | EACH_CLICK)
    for name, step in (("previous", -1), ("next", 1)):
        ui[name].click(stepping(step), [*basis, ui["kind"], ui["picked"]], outputs(PICKED), **quiet)
    image_picker.wire(ui)
    for name in image_picker.OWN:
        ui[name].change(upload, [*basis, ui[name]], outputs(PICTURE), **quiet)
    ui["rate"].input(change_rate, [*basis, ui["comparison"]], outputs(JUDGED), **quiet)
    ui["disagree"].select(
        pick_disagreement, [*basis, ui["kind"], ui["keys"]], outputs(PICKED), **quiet | EACH_CLICK
    )
    ui["disagree"].select(None, js=TO_COLUMNS)


def show_selected(
    services: Services,
    selection: Selection,
    category: str | None,
    key: str,
    turns: Turns,
    comparison: Comparison | None,
    rate: float,
) -> Iterator[list]:
    """Yields values of `ui["opening_outputs"]` for what the page shows; an image that is compared already stays."""
    if comparison is not None and selection.shows(category, image=key):
        yield row({}, OPENING)
    else:
        yield from first_look(services, turns, selection.category, selection.image, rate)


def first_look(
    services: Services,
    turns: Turns,
    category: str | None,
    key: str = "",
    rate: float = text.page.RATES[text.page.DEFAULT_RATE],
) -> Iterator[list]:
    """Yields values of `ui["opening_outputs"]` when the tab is opened: a judged example and the cached results.

    Args:
        services: The core.
        turns: The visitor's choices on this tab; what is chosen meanwhile stays, with the lists of its category.
        category: What to show; None where there is nothing at all.
        key: The test image to show; empty, or one that does not exist, takes the first with a defect.
        rate: The false-alarm rate.
    """
    values: Values = {}
    turn = turns.count + 1
    for part in while_latest(services, turns, category, rate, opening(services, category, key or "", rate)):
        values |= part
    if not turns.is_latest(turn):
        yield row(lists(services, turns.chosen), OPENING)
    for sent in turns.send(turn, values):
        yield row(sent, OPENING)


def _build_pickers(ui: dict[Any, Any], services: Services) -> None:
    ui["category"] = model_picker.category(services, text.compare.CATEGORY_INFO)
    ui["rate"] = gr.Dropdown(
        list(text.page.RATES.items()), value=text.page.RATES[text.page.DEFAULT_RATE], label=text.compare.RATE, info=text.compare.RATE_INFO,
        interactive=True, filterable=False,
    )  # fmt: skip
    ui["about"] = gr.Markdown(elem_classes="about")


def _build_column(ui: dict[Any, Any], teacher: str, answer: VariantAnswer, trains: bool) -> None:
    # The style sheet hides what does not fit a column's state, which is written in its title. Making components visible
    # from here would lose some: Gradio forgets one that follows another within a blink.
    ui["verdict", teacher] = gr.HTML(column_values(teacher, answer)[0], elem_classes="flush")
    with gr.Column(elem_classes="when-answered"):
        _build_pane(ui, teacher, PANES[0])
        with gr.Row(elem_classes="panes"):
            for pane in PANES[1:]:
                _build_pane(ui, teacher, pane)
    ui["train", teacher] = gr.Button(
        text.compare.TRAIN, visible=trains, size="sm", elem_classes=["settings", "when-missing"]
    )


def _build_pane(ui: dict[Any, Any], teacher: str, pane: str) -> None:
    name = text.compare.PANE.format(title=text.page.VARIANTS[teacher], pane=text.compare.PANES[pane])
    ui[pane, teacher] = PictureOutput(
        label=text.compare.PANES[pane], interactive=False, format="png" if pane == "errors" else "webp", min_width=130,
        buttons=["fullscreen"], alt_text=name,
    )  # fmt: skip


def _build_measured(ui: dict[Any, Any]) -> None:
    gr.Markdown(f"## {text.compare.ALL}")
    ui["about_all"] = gr.Markdown()
    ui["measure"] = gr.Button(visible=False, variant="primary", elem_classes="settings")
    ui["progress"] = gr.HTML(elem_classes="flush")
    with gr.Column(elem_classes="when-measured"):
        ui["counts"] = gr.HTML(elem_classes="flush")
        gr.Markdown(text.compare.ROC_INFO)
        ui["roc"] = gr.HTML(elem_classes="flush")
        ui["figures"] = gr.HTML(elem_classes="flush")
        gr.Markdown(f"### {text.compare.DISAGREE}")
        ui["about_disagree"] = gr.Markdown()
        ui["disagree"] = gr.Gallery(
            [], label=text.compare.DISAGREE, show_label=False, allow_preview=False, object_fit="contain",
            interactive=False, buttons=[], elem_classes="disagree", height="auto",
        )  # fmt: skip
