"""The Compare tab: one image judged by two to four models side by side; below, their results on all test images of the category."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from favae_demo.ui import text
from favae_demo.ui.choices import share
from favae_demo.ui.components import image_picker, model_picker, rate_slider
from favae_demo.ui.components.events import EACH_CLICK, WAITING, WATCHING, choice_of
from favae_demo.ui.components.picture_output import PictureOutput
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.components.updates import Values, row
from favae_demo.ui.errors import show_errors
from favae_demo.ui.selection import Opening
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare.answers import chosen_now, show_selected, while_latest
from favae_demo.ui.tabs.compare.choice import (
    FEWEST,
    MOST,
    ComparedModel,
    advice,
    compared_models,
    offered_models,
)
from favae_demo.ui.tabs.compare.image_view import PANES, ComparedImage, Comparison, waiting_html
from favae_demo.ui.tabs.compare.overview import measure_waiting, overview
from favae_demo.ui.tabs.compare.values import (
    CHOSEN_ANEW,
    JUDGED,
    OPENING,
    PICKED,
    PICTURE,
    RESULTS,
    Choice,
    advice_html,
    gallery_image_values,
    loading_then_opening,
    measured_values,
    models_values,
    opening,
    own_image_values,
    rate_values,
)

STATE_SECONDS = 3600  # a session's image is deleted an hour after its last use
COPY = "() => favae.copyPicture('.compare-column-{place} .result img')"
TO_COLUMNS = "() => document.querySelector('.compare-columns')?.scrollIntoView({block: 'start'})"


def build(services: Services) -> dict[Any, Any]:
    """Builds the tab's components and returns them by name; those of a column by (part, place)."""
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
                label=text.compare.PICTURE, interactive=False, format="jpeg", height=340, buttons=["fullscreen"],
                alt_text=text.compare.PICTURE,
            )  # fmt: skip
            ui["which"] = gr.HTML(elem_classes="flush")
            with gr.Row(elem_classes="steps"):
                ui["previous"] = gr.Button(
                    text.page.PREVIOUS, size="sm", min_width=110, elem_classes="step-previous"
                )
                ui["next"] = gr.Button(text.page.NEXT, size="sm", min_width=110, elem_classes="step-next")
    models = list(compared_models(services, services.first_category(), ()).values())
    with gr.Row(elem_classes="compare-columns"):
        for place in range(MOST):
            with gr.Column(min_width=260, elem_classes=f"compare-column-{place}"):
                _build_column(ui, place, models[place] if place < len(models) else None)
    ui["legend"] = gr.HTML(elem_classes="flush")
    gr.Markdown(text.compare.SCALE)
    _build_measured(ui)
    ui["opening_outputs"] = [ui[name] for name in OPENING]
    ui["opening"] = Opening(
        partial(show_selected, services),
        {"category": ui["category"], "models": ui["models"], "image": ui["picked"]},
        [ui["turns"], ui["comparison"]],
        ui["opening_outputs"],
        ui["rate"],
    )
    return ui


def wire(ui: dict[Any, Any], services: Services) -> None:
    """Connects the tab's events."""
    quiet = WAITING | {"trigger_mode": "always_last"}

    def outputs(names: tuple) -> list:
        return [ui[name] for name in names]

    @show_errors
    def answer(
        turns: Turns, choice: Choice, rate: float, answers: Iterator[Values], names: tuple
    ) -> Iterator[list]:
        for values in while_latest(services, turns, choice, share(rate), answers):
            yield row(values, names)

    def show(
        turns: Turns, choice: Choice, rate: float, kind: str, keys: list[str], index: int
    ) -> Iterator[list]:
        chosen = replace(choice, key=keys[index] if 0 <= index < len(keys) else "", source=None)
        values = gallery_image_values(services, chosen, kind, keys, index, share(rate))
        return answer(turns, chosen, rate, values, PICKED)

    def show_own(
        turns: Turns, choice: Choice, rate: float, own: list[str], path: str, names: tuple
    ) -> Iterator[list]:
        source = ComparedImage.of_visitor(path, image_picker.own_note(own, path))
        source = source.as_marked(services, str(choice.category))
        choice = replace(choice, key="", source=source)
        return answer(turns, choice, rate, own_image_values(services, choice, share(rate)), names)

    def pick(
        turns: Turns, category: str, models: list[str] | None, rate: float, kind: str, event: gr.SelectData
    ) -> Iterator[list]:
        keys = [one.key for one in image_picker.samples(services, category, kind)]
        yield from show(turns, chosen_now(services, turns, category, models), rate, kind, keys, event.index)

    def pick_disagreement(
        turns: Turns, category: str, models: list[str] | None, rate: float, kind: str, keys: list[str], event: gr.SelectData
    ) -> Iterator[list]:  # fmt: skip
        yield from show(turns, chosen_now(services, turns, category, models), rate, kind, keys, event.index)

    def step(
        steps: int, turns: Turns, category: str, models: list[str] | None, rate: float, files: list[str] | None, photo: str | None,
        kind: str, key: str,
    ) -> Iterator[list]:  # fmt: skip
        choice, own = chosen_now(services, turns, category, models), image_picker.own_images(files, photo)
        shown = choice.source.own if choice.source else ""
        if path := image_picker.own_neighbour(own, shown, steps):
            yield from show_own(turns, choice, rate, own, path, PICKED)
            return
        # What the page shows is older than a choice whose answer is still on its way.
        key = (choice.source.key if choice.source else choice.key) or key
        other = image_picker.neighbour(services, category, kind, key, steps)
        yield from show(turns, choice, rate, kind, [other] if other else [], 0)

    def upload(
        turns: Turns, category: str, models: list[str] | None, rate: float, files: list[str] | None, photo: str | None
    ) -> Iterator[list]:  # fmt: skip
        own = image_picker.own_images(files, photo)
        path = turns.added(own)
        if path is None:  # one was taken away: the answer stays
            yield row({}, PICTURE)
        else:
            choice = chosen_now(services, turns, category, models)
            yield from show_own(turns, choice, rate, own, path, PICTURE)

    def pick_own(
        turns: Turns, category: str, models: list[str] | None, rate: float, files: list[str] | None, photo: str | None,
        event: gr.SelectData,
    ) -> Iterator[list]:  # fmt: skip
        own, choice = image_picker.own_images(files, photo), chosen_now(services, turns, category, models)
        if files and event.index < len(files):
            yield from show_own(turns, choice, rate, own, files[event.index], PICTURE)
        else:  # it was taken away just now
            yield row({}, PICTURE)

    def change_category(turns: Turns, category: str, rate: float) -> Iterator[list]:
        choice = Choice(category, compared_models(services, category, ()))
        yield from answer(turns, choice, rate, loading_then_opening(services, choice, share(rate)), OPENING)

    def change_models(
        turns: Turns, category: str, models: list[str] | None, rate: float, comparison: Comparison | None
    ) -> Iterator[list]:
        sentence = advice(len(models or ()), len(offered_models(services, category)))
        if sentence:  # what is shown stays
            yield row({"advice": advice_html(sentence)}, CHOSEN_ANEW)
            return
        choice = chosen_now(services, turns, category, models)
        if choice.source is None:
            values = opening(services, choice, share(rate))
        else:
            values = models_values(services, choice, share(rate), comparison)
        yield from answer(turns, choice, rate, values, CHOSEN_ANEW)

    @show_errors
    def change_rate(
        turns: Turns, category: str, models: list[str] | None, rate: float, comparison: Comparison | None
    ) -> Iterator[list]:
        turns.options, turn = share(rate), turns.count
        choice = chosen_now(services, turns, category, models)
        values = rate_values(services, choice, turns.options, None if turns.pending else comparison)
        for sent in turns.send(turn, values):
            yield row(sent, JUDGED)

    @show_errors
    def measure(turns: Turns, category: str, models: list[str] | None, rate: float) -> Iterator[list]:
        choice = chosen_now(services, turns, category, models)
        view = overview(services, category, choice.models, share(rate))
        for bar in measure_waiting(view, services) if view else ():
            yield [bar, gr.Button(interactive=False)]

    @show_errors
    def measured(
        turns: Turns, category: str, models: list[str] | None, rate: float, comparison: Comparison | None
    ) -> list:
        choice = chosen_now(services, turns, category, models)
        return row(measured_values(services, choice, share(rate), comparison), RESULTS)

    basis = [ui[name] for name in ("turns", "category", "models", "rate")]
    at_work = ui["measure"].click(
        measure, basis, outputs(("progress", "measure")), **quiet | {"trigger_mode": "once"}
    )
    # With what is chosen by then: another category may be looked at meanwhile.
    at_work.then(measured, [*basis, ui["comparison"]], outputs(RESULTS), **quiet)
    choice_of(ui["category"])(
        change_category, [ui["turns"], ui["category"], ui["rate"]], outputs(OPENING), **quiet | WATCHING
    )
    chosen = choice_of(ui["models"])(change_models, [*basis, ui["comparison"]], outputs(CHOSEN_ANEW), **quiet)
    chosen.then(None, js="() => favae.nameColumns()")
    choice_of(ui["kind"])(
        show_errors(lambda category, kind, key: image_picker.gallery(services, category, kind, key)),
        [ui["category"], ui["kind"], ui["picked"]], ui["gallery"], **quiet,
    )  # fmt: skip
    own = [ui[name] for name in image_picker.OWN]
    ui["gallery"].select(pick, [*basis, ui["kind"]], outputs(PICKED), **quiet | EACH_CLICK)
    steps_from = [*basis, *own, ui["kind"], ui["picked"]]
    image_picker.wire_steps("compare", ui, step, steps_from, outputs(PICKED), **quiet)
    image_picker.wire(ui)
    for component in own:
        component.change(upload, [*basis, *own], outputs(PICTURE), **quiet)
    ui["upload"].select(pick_own, [*basis, *own], outputs(PICTURE), **quiet | EACH_CLICK)
    ui["rate"].input(change_rate, [*basis, ui["comparison"]], outputs(JUDGED), **quiet)
    ui["disagree"].select(
        pick_disagreement, [*basis, ui["kind"], ui["keys"]], outputs(PICKED), **quiet | EACH_CLICK
    )
    ui["disagree"].select(None, js=TO_COLUMNS)
    for place in range(MOST):
        ui["copy", place].click(None, js=COPY.format(place=place))


def _build_pickers(ui: dict[Any, Any], services: Services) -> None:
    first = services.first_category()
    offered, models = offered_models(services, first), compared_models(services, first, ())
    ui["category"] = model_picker.category(services)
    ui["models"] = gr.Dropdown(
        [(one.title, path) for path, one in offered.items()], value=list(models), multiselect=True,
        label=text.compare.MODELS, info=text.compare.MODELS_INFO.format(fewest=FEWEST, most=MOST), interactive=True,
        elem_classes="models-list",
    )  # fmt: skip
    ui["rate"] = rate_slider.build()
    ui["advice"] = gr.HTML(elem_classes=["flush", "advice"])  # here it moves little when it comes
    ui["train"] = gr.Button(text.compare.TRAIN, visible=services.settings.training != "off", size="sm")
    ui["about"] = gr.Markdown(elem_classes="about")


def _build_column(ui: dict[Any, Any], place: int, model: ComparedModel | None) -> None:
    # The style sheet hides what does not fit a column's state, which is written in its title. Making components visible
    # from here would lose some: Gradio forgets one that follows another within a blink.
    ui["verdict", place] = gr.HTML(waiting_html(model) if model else "", elem_classes="flush")
    with gr.Column(elem_classes="when-answered"):
        _build_pane(ui, place, PANES[0])
        with gr.Row(elem_classes="panes"):
            for pane in PANES[1:]:
                _build_pane(ui, place, pane)
        ui["copy", place] = gr.Button(text.page.COPY_PICTURE, size="sm", elem_classes="settings")


def _build_pane(ui: dict[Any, Any], place: int, pane: str) -> None:
    ui[pane, place] = PictureOutput(
        label=text.compare.PANES[pane], interactive=False, format="jpeg", min_width=130,
        buttons=["fullscreen"], alt_text=text.compare.PANES[pane], elem_classes=pane,
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
