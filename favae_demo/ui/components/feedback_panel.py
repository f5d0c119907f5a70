"""Two buttons below a verdict that say what the picture is, and the recalibration that follows from what was said."""

import html
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.core.errors import CheckpointError, ConfigError, ImageError
from favae_demo.core.settings import is_public
from favae_demo.data.io.images import save_png
from favae_demo.data.library.feedback import GOOD, SAID, Feedback, Mark
from favae_demo.data.mvtec import Sample
from favae_demo.scoring.detection import Detection
from favae_demo.ui import text
from favae_demo.ui.components import model_picker
from favae_demo.ui.components.events import QUIET
from favae_demo.ui.components.html import notice_html, progress_html, table_html
from favae_demo.ui.components.measurement import progress_of
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services

FEWEST = 5  # as `detection.recalibration.FEWEST`, which comes with torch
STATE = ("said", "log", "recalibrate", "back", "undo")


@dataclass(frozen=True)
class Shown:
    """A judged picture that a visitor speaks about.

    Attributes:
        image: Its file, the content of its file, or H×W×3 uint8 RGB.
        name: Its name.
        found: The verdict.
        model: Path of the model that gave it.
        sample: The picture of the category that it is, or None.
    """

    image: Path | bytes | np.ndarray
    name: str
    found: Detection
    model: str
    sample: Sample | None = None


def build(services: Services) -> dict[str, Any]:
    """Builds the two buttons, and what was said last."""
    allowed = may_mark(services)
    ui: dict[str, Any] = {}
    with gr.Row(elem_classes="steps settings said-buttons", visible=allowed):
        for said in SAID:
            ui[f"was_{said}"] = gr.Button(text.feedback.WAS[said], size="sm", min_width=150)
    ui["said"] = gr.HTML(
        "" if allowed else notice_html([text.feedback.NOT_HERE]), elem_classes="flush settings"
    )
    return ui


def build_recalibration(services: Services) -> dict[str, Any]:
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


def wire(
    ui: dict[str, Any], services: Services, shown: Callable[..., Shown | None], inputs: Sequence[Any]
) -> None:
    """Connects the two buttons.

    Args:
        ui: From `build`, and `build_recalibration` where the tab has that.
        services: The core.
        shown: Returns the picture that is shown, from the values of `inputs`.
        inputs: Components.
    """

    def saying(said: str) -> Callable:
        @show_errors
        def say(request: gr.Request, *values: Any) -> list:
            picture = shown(*values)
            words = keep(services, said, picture, _who(request))
            return state(services, picture.model if picture else None, words, ui)

        return say

    for said in SAID:
        ui[f"was_{said}"].click(saying(said), list(inputs), _outputs(ui), **QUIET)


def wire_recalibration(ui: dict[str, Any], services: Services, category: Any, model: Any) -> list[Any]:
    """Connects the panel; returns the events after which another model is chosen.

    Args:
        ui: From `build` and `build_recalibration`.
        services: The core.
        category: The component that holds the category.
        model: The list of models.
    """

    @show_errors
    def recalibrate(category: str, model: str | None, request: gr.Request) -> Iterator[list]:
        yield from recalibrated(services, category, model, _who(request))

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
        return state(services, model, take_back(services, model, _who(request)), ui)

    def refresh(model: str | None) -> list:
        return state(services, model, "", ui)

    outputs = _outputs(ui)
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


def may_mark(services: Services) -> bool:
    """Returns whether visitors' marks are kept: not where they would change what strangers see."""
    return services.settings.training == "on" and not is_public()


def check_allowed(services: Services) -> None:
    """Raises ConfigError unless `may_mark`."""
    if not may_mark(services):
        raise ConfigError(text.feedback.NOT_HERE)


def keep(services: Services, said: str, shown: Shown | None, who: str) -> str:
    """Keeps what a visitor said of a picture; returns a sentence.

    Raises:
        FavaeError: Nothing is shown, or it cannot be kept.
    """
    check_allowed(services)
    if shown is None:
        raise ImageError(text.feedback.NOTHING_SHOWN)
    from favae_demo.runs.revisions import spoken

    feedback = _feedback(services, shown.model)
    with tempfile.TemporaryDirectory() as folder:
        feedback.mark(
            _as_file(shown.image, Path(folder)), said, who, name=shown.name, sample=shown.sample,
            verdict=spoken(shown.found, Path(shown.model)), max_pixels=services.settings.max_pixels,
        )  # fmt: skip
    return text.feedback.SAID[said].format(name=shown.name)


def take_back(services: Services, model: str | None, who: str) -> str:
    """Takes back the last mark of a model's category; returns a sentence.

    Raises:
        FavaeError: There is no mark.
    """
    check_allowed(services)
    if not model:
        raise CheckpointError(text.page.NO_MODEL)
    feedback = _feedback(services, model)
    marks = feedback.marks()
    if not marks:
        raise ImageError(text.feedback.LOG_EMPTY)
    feedback.take_back(marks[-1].picture, who)
    return text.feedback.TAKEN_BACK.format(name=marks[-1].name)


def state(services: Services, model: str | None, words: str, ui: dict[str, Any]) -> list:
    """Returns updates of those of `STATE` that a tab has.

    Args:
        services: The core.
        model: Path of the model; None where there is none.
        words: What has just happened, a sentence; empty leaves only the counts.
        ui: The tab's components.
    """
    if not model or not may_mark(services):
        return [gr.skip() for _ in _outputs(ui)]
    feedback, card = _feedback(services, model), read_card(Path(model))
    counts = {said: [mark.said for mark in feedback.marks()].count(said) for said in SAID}
    good = len(feedback.paths(GOOD))
    counted = text.feedback.COUNTS.format(**counts) if any(counts.values()) else ""
    counted += text.feedback.HINT if good >= FEWEST else ""
    label = (
        text.feedback.RECALIBRATE.format(count=good)
        if good >= FEWEST
        else text.feedback.MORE_NEEDED.format(missing=FEWEST - good)
    )
    values = {
        "said": notice_html([" ".join(filter(None, (words, counted)))]) if words or counted else "",
        "log": log_html(feedback.log()),
        "recalibrate": gr.Button(label, interactive=good >= FEWEST),
        "back": gr.Button(interactive=any(counts.values())),
        "undo": gr.Button(text.feedback.UNDO.format(number=card.version_number), visible=bool(card.revision)),
    }
    return [values[name] for name in STATE if name in ui]


def recalibrated(services: Services, category: str, model: str | None, who: str) -> Iterator[list]:
    """Recalibrates a model; yields updates of the list of models, and HTML of how far it is and what came of it.

    Raises:
        FavaeError: There are too few marked pictures, or the model cannot be used.
    """
    check_allowed(services)
    if not model:
        raise CheckpointError(text.page.NO_MODEL)
    from favae_demo.runs import revisions

    count = len(_feedback(services, model).paths(GOOD))
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


def log_html(log: Sequence[Mark]) -> str:
    """Returns the last lines of the log as a list, which fits a phone, the newest first."""
    if not log:
        return notice_html([text.feedback.LOG_EMPTY])
    lines = (_log_line(mark) for mark in reversed(log[-text.feedback.LOG_LINES :]))
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f'<p class="table-caption">{text.feedback.LOG}</p><ul class="said-log">{items}</ul>'


def _log_line(mark: Mark) -> str:
    said = text.feedback.LOG_SAID.get(mark.said, mark.said)
    line = text.feedback.LOG_LINE.format(
        time=mark.time[:16].replace("T", " "), who=mark.who, said=said.format(name=mark.name)
    )
    if mark.multiple is None:
        return line
    return line + text.feedback.MODEL_SAID.format(verdict=mark.verdict, multiple=mark.multiple)


def _outcome(outcome: dict[str, int]) -> str:
    also = text.feedback.UNJUDGED.format(**outcome) if outcome["unjudged"] else ""
    return text.feedback.OF.format(**outcome) + also


def _feedback(services: Services, model: str) -> Feedback:
    return Feedback(services.settings.marks_dir, read_card(Path(model)).category)


def _as_file(image: Path | bytes | np.ndarray, folder: Path) -> Path:
    if isinstance(image, Path):
        return image
    path = folder / "picture.png"
    if isinstance(image, bytes):
        path.write_bytes(image)
    else:
        save_png(path, image)
    return path


def _outputs(ui: dict[str, Any]) -> list[Any]:
    return [ui[name] for name in STATE if name in ui]


def _who(request: gr.Request) -> str:
    return request.username or text.feedback.VISITOR
