"""The panel that recalibrates a model from what was said of pictures, with the log and the way back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.core.errors import CheckpointError
from favae_demo.data.library.feedback import GOOD
from favae_demo.ui import text
from favae_demo.ui.components import model_picker
from favae_demo.ui.components.events import QUIET
from favae_demo.ui.components.feedback_panel import (
    FEWEST,
    check_allowed,
    feedback_on,
    may_mark,
    outputs_of,
    state,
    take_back,
    who_asks,
)
from favae_demo.ui.components.html import notice_html, progress_html, table_html
from favae_demo.ui.components.measurement import progress_of
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services


def build(services: Services) -> dict[str, Any]:
    """Builds the panel that recalibrates, with the log of what was said."""
    ui: dict[str, Any] = {}
    ui["panel"] = gr.Accordion(
        text.feedback.TITLE, open=False, elem_classes="settings", visible=may_mark(services)
    )
    with ui["panel"]:
        gr.Markdown(text.feedback.INTRO.format(fewest=FEWEST))
        with gr.Row():
            ui["recalibrate"] = gr.Button(
                text.feedback.MORE_NEEDED.format(missing=FEWEST),
                variant="primary",
                interactive=False,
                min_width=240,
            )
            ui["undo"] = gr.Button(visible=False, min_width=150)
            ui["back"] = gr.Button(text.feedback.BACK, interactive=False, min_width=150)
        ui["outcome"] = gr.HTML(elem_classes="flush")
        ui["log"] = gr.HTML(elem_classes="flush")
    return ui


def wire(ui: dict[str, Any], services: Services, category: Any, model: Any) -> list[Any]:
    """Connects the panel; returns the events after which another model is chosen.

    Args:
        ui: From `feedback_panel.build` and `build`.
        services: The core.
        category: The component that holds the category.
        model: The list of models.
    """

    @show_errors
    def recalibrate(category: str, model: str | None, request: gr.Request) -> Iterator[list]:
        yield from recalibrated(services, category, model, who_asks(request))

    @show_errors
    def undo(category: str, model: str | None) -> list:
        check_allowed(services)
        from favae_demo.runs import revisions

        number = read_card(Path(str(model))).version_number
        earlier = revisions.undo(Path(str(model)), services.settings)
        words = notice_html([text.feedback.UNDONE.format(number=number)])
        return [model_picker.models_now(services, category, str(earlier)), words]

    @show_errors
    def back(model: str | None, request: gr.Request) -> list:
        return state(services, model, take_back(services, model, who_asks(request)), ui)

    def refresh(model: str | None) -> list:
        return state(services, model, "", ui)

    outputs = outputs_of(ui)
    ui["back"].click(back, model, outputs, **QUIET)
    made = ui["recalibrate"].click(
        recalibrate,
        [category, model],
        [model, ui["outcome"]],
        concurrency_limit=1,
        concurrency_id="recalibrate",
        **QUIET,
    )
    undone = ui["undo"].click(undo, [category, model], [model, ui["outcome"]], **QUIET)
    gr.on([model.change, ui["panel"].expand], refresh, model, outputs, **QUIET)
    return [made, undone]


def recalibrated(services: Services, category: str, model: str | None, who: str) -> Iterator[list]:
    """Recalibrates a model; yields updates of the list of models, and HTML of how far it is and what came of it.

    Raises:
        FavaeError: There are too few marked pictures, or the model cannot be used.
    """
    check_allowed(services)
    if not model:
        raise CheckpointError(text.page.NO_MODEL)
    from favae_demo.runs import revisions

    count = len(feedback_on(services, model).paths(GOOD))
    yield [gr.skip(), progress_html(0.0, text.feedback.WORKING.format(count=count), text.feedback.PROGRESS)]
    written: list[tuple[Path, revisions.Revision]] = []

    def work(tell: Callable[[int, int], None]) -> None:
        def ready(path: Path, revision: revisions.Revision) -> None:
            written.append((path, revision))
            tell(0, 1)

        revisions.revise(Path(model), services.settings, who=who, on_written=ready, progress=tell)

    for done, total in progress_of(work):
        _, made = written[0]
        line = text.feedback.READY.format(number=made.number, seconds=made.seconds, done=done, total=total)
        yield [gr.skip(), progress_html(done / total, line, text.feedback.PROGRESS)]
    target, _ = written[0]
    yield [
        model_picker.models_now(services, category, str(target)),
        outcome_html(read_card(target).revision),
    ]


def outcome_html(revision: dict[str, Any]) -> str:
    """Returns how a version came about, and what it and the one before say of known pictures."""
    made = text.feedback.MADE.format(**{name: revision[name] for name in ("number", "pictures", "seconds")})
    rows = [
        [title, *(_outcome(revision[when][group]) for when in ("before", "after"))]
        for group, title in text.feedback.GROUPS.items()
        if group in revision["before"]
    ]
    return (
        notice_html([made])
        + table_html(text.feedback.CAPTION, text.feedback.HEADS, rows, "")
        + notice_html([text.feedback.CROSSED])
    )


def _outcome(outcome: dict[str, int]) -> str:
    also = text.feedback.UNJUDGED.format(**outcome) if outcome["unjudged"] else ""
    return text.feedback.OF.format(**outcome) + also
