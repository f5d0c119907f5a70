"""The Draw tab: paint a defect on a good part and see the model's verdict beside it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import gradio as gr
import numpy as np

from favae_demo.core.errors import DataError, FavaeError
from favae_demo.ui import text
from favae_demo.ui.choices import RECOMMENDED_RATE
from favae_demo.ui.components import image_picker, model_picker, rate_slider
from favae_demo.ui.components.events import WATCHING, choice_of
from favae_demo.ui.components.html import verdict_html
from favae_demo.ui.components.picture_output import PictureOutput
from favae_demo.ui.errors import show_errors, user_message
from favae_demo.ui.selection import Opening, Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.draw.view import (
    SIDE,
    Drawing,
    answer_values,
    clear,
    new_drawing,
    strokes,
    undo,
    with_mark,
    with_strokes,
)

STATE_SECONDS = 3600
ANSWER = ("verdict", "result", "table", "legend")
OPENING = ("category", "model", "drawing", "editor", *ANSWER)
HEIGHT = "min(600px, 120vw)"  # of the editor, its tools included
COLOURS = ("#d62828", "#1b1b1b", "#f4f1e8", "#7a4a21", "#2a6fbb")  # red, black, white, brown, blue
BRUSH = 10  # pixels, on an image of `SIDE`


def build(services: Services) -> dict[str, Any]:
    """Builds the tab's components and returns them by name."""
    ui: dict[str, Any] = {"drawing": gr.State(None, time_to_live=STATE_SECONDS)}
    gr.Markdown(text.draw.INTRO, elem_classes="settings")
    with gr.Row(elem_classes="settings"):
        _build_pickers(ui, services)
    with gr.Row(elem_classes="draw"):
        with gr.Column(min_width=320):
            with gr.Row(elem_classes="steps"):
                for name, title in (("scratch", text.draw.SCRATCH), ("blob", text.draw.BLOB)):
                    ui[name] = gr.Button(title, variant="primary", size="sm", min_width=120)
                for name, title in (
                    ("undo", text.draw.UNDO),
                    ("clear", text.draw.CLEAR),
                    ("another", text.draw.ANOTHER),
                ):
                    ui[name] = gr.Button(title, size="sm", min_width=90)
            ui["editor"] = _editor()
        with gr.Column(min_width=320, elem_classes="answer"):
            ui["verdict"] = gr.HTML(verdict_html(None, text.page.LOADING), elem_classes="flush")
            ui["result"] = PictureOutput(
                label=text.draw.RESULT, interactive=False, format="jpeg", buttons=["fullscreen"], alt_text=text.draw.RESULT
            )  # fmt: skip
            ui["legend"] = gr.HTML(elem_classes="flush")
            ui["table"] = gr.HTML(elem_classes="flush")
    ui["opening"] = Opening(
        partial(show_selected, services),
        {"category": ui["category"], "model": ui["model"]},
        [ui["drawing"]],
        [ui[name] for name in OPENING],
        ui["rate"],
    )
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the tab's events."""
    quiet = {"api_visibility": "private", "show_progress": "hidden"}
    chosen = [ui["category"], ui["model"], ui["rate"]]
    parts = [ui[name] for name in ANSWER]
    redrawn = [ui["drawing"], ui["editor"], *parts]

    same = [gr.skip() for _ in (ui["drawing"], *parts)]

    @show_errors
    def stroke(drawing: Drawing | None, editor: Any, model: str, rate: float) -> list:
        """Runs on every change of the editor, also on those that the handlers below make."""
        if drawing is None:
            return same
        changed = with_strokes(drawing, strokes(editor))
        return same if changed is drawing else [changed, *judge(services, changed, model, rate)]

    @show_errors
    def again(drawing: Drawing | None, model: str, rate: float) -> list:
        return [gr.skip() for _ in parts] if drawing is None else judge(services, drawing, model, rate)

    def step(change: Callable[[Drawing, str], Drawing]) -> Callable:
        @show_errors
        def go(drawing: Drawing | None, editor: Any, category: str, model: str, rate: float) -> list:
            if drawing is None:
                raise DataError(text.draw.NO_GOOD)
            changed = change(with_strokes(drawing, strokes(editor)), category)
            return [changed, canvas(changed), *judge(services, changed, model, rate)]

        return go

    def marking(kind: str) -> Callable:
        return step(lambda drawing, category: with_mark(drawing, category, kind, _any_seed()))

    steps = {
        "scratch": marking("scratch"),
        "blob": marking("blob"),
        "undo": step(lambda drawing, _: undo(drawing)),
        "clear": step(lambda drawing, _: clear(drawing)),
        "another": step(lambda drawing, category: new_drawing(services, category, drawing.key, 1)),
    }
    for name, handler in steps.items():
        ui[name].click(handler, [ui["drawing"], ui["editor"], *chosen], redrawn, **quiet)
    latest = quiet | {"trigger_mode": "always_last"}
    judging = [ui["model"], ui["rate"]]
    ui["editor"].change(stroke, [ui["drawing"], ui["editor"], *judging], [ui["drawing"], *parts], **latest)
    choice_of(ui["model"])(again, [ui["drawing"], *judging], parts, **quiet)
    ui["rate"].change(again, [ui["drawing"], *judging], parts, **latest)
    choice_of(ui["category"])(
        partial(opening_steps, services), [ui["category"], ui["rate"]],
        [ui[name] for name in OPENING], **quiet | WATCHING,
    )  # fmt: skip


def opening(
    services: Services,
    category: str | None,
    rate: float = RECOMMENDED_RATE,
    model: str | None = None,
    drawing: Drawing | None = None,
) -> list:
    """Returns values of `OPENING`: an image with its verdict.

    Args:
        services: The core.
        category: What to show; None where there is nothing at all.
        rate: False-alarm rate in percent.
        model: Path of the checkpoint; None takes the category's first.
        drawing: The painted image; None takes the first good one of the category, unpainted.
    """
    choices = services.model_choices(category) if category else []
    model = model or (choices[0][1] if choices else None)
    head = [
        gr.Dropdown(choices=services.category_choices(), value=category),
        gr.Dropdown(choices=choices, value=model),
    ]
    try:
        drawing = drawing or new_drawing(services, category)
        return [*head, drawing, canvas(drawing), *judge(services, drawing, model, rate)]
    except FavaeError as error:
        # The error is shown in place of the verdict: the rest of the tab still works.
        blank = [verdict_html(None, user_message(error)), *(None for _ in ANSWER[1:])]
        return [*head, drawing, drawing and canvas(drawing), *blank]


def show_selected(
    services: Services,
    selection: Selection,
    category: str | None,
    model: str | None,
    drawing: Drawing | None,
) -> Iterator[list]:
    """Yields values of `OPENING` for what the page shows; what was painted on its kind of part stays."""
    if drawing is not None and selection.shows(category, model=model):
        yield [gr.skip() for _ in OPENING]
        return
    kept = drawing if category == selection.category else None
    yield from opening_steps(services, selection.category, selection.rate, selection.model, kept)


def opening_steps(services: Services, category: str | None, *choice: Any) -> Iterator[list]:
    """Yields what `opening` returns, also while the images of a generated category are drawn."""
    yield from image_picker.drawn_first(
        services, category, lambda note: {"verdict": verdict_html(None, note)}, OPENING,
        lambda: opening(services, category, *choice),
    )  # fmt: skip


def judge(services: Services, drawing: Drawing, model: str | None, rate: float) -> list[Any]:
    """Returns values of `ANSWER`: the model's verdict for the painted image, beside that for the good image.

    Raises:
        FavaeError: There is no model, or its weights are not here yet.
    """
    before, after = (services.detect(model, one, rate / 100) for one in (drawing.original, drawing.now))
    return answer_values(drawing, before, after)


def canvas(drawing: Drawing) -> dict[str, Any]:
    """Returns the editor's value: the drawing as background, without strokes."""
    return {"background": drawing.base, "layers": [], "composite": drawing.base}


def _any_seed() -> int:
    return int(np.random.default_rng().integers(2**31))


def _editor() -> gr.ImageEditor:
    return gr.ImageEditor(
        label=text.draw.EDITOR, type="numpy", image_mode="RGBA", sources=(), transforms=(), format="png", layers=False,
        brush=gr.Brush(default_size=BRUSH, colors=list(COLOURS), default_color=COLOURS[0]),
        eraser=gr.Eraser(default_size=2 * BRUSH), canvas_size=(SIDE, SIDE), height=HEIGHT, buttons=[], interactive=True,
        elem_classes="draw-editor",
    )  # fmt: skip


def _build_pickers(ui: dict[str, Any], services: Services) -> None:
    ui["category"] = model_picker.category(services, text.draw.CATEGORY_INFO, min_width=260)
    ui["model"] = model_picker.model(services, min_width=260)
    ui["rate"] = rate_slider.build()
