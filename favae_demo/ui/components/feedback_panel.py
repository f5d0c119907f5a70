"""Two buttons below a verdict that say what the picture is."""

import html
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.core.errors import CheckpointError, ConfigError, ImageError
from favae_demo.core.settings import is_public
from favae_demo.data.io.images import save_png
from favae_demo.data.library.feedback import DEFECT, GOOD, SAID, Feedback, Mark, Verdict
from favae_demo.data.mvtec import Sample
from favae_demo.scoring.detection import Detection
from favae_demo.ui import text
from favae_demo.ui.components.events import QUIET
from favae_demo.ui.components.html import notice_html
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services

FEWEST = 5  # as `detection.recalibration.FEWEST`, which comes with torch
LOG_LINES = 12  # of the log that are shown
STATE = ("said", "log", "recalibrate", "back", "undo")


@dataclass(frozen=True)
class Shown:
    """A judged picture that a visitor speaks about.

    Attributes:
        image: Its file, the content of its file, or H×W×3 uint8 RGB.
        name: Its name.
        found: The verdict, as it was found just now or as it was kept.
        model: Path of the model that gave it; empty if it may not be on this computer any more.
        sample: The picture of the category that it is, or None.
        category: The category, which a model without a path cannot tell.
    """

    image: Path | bytes | np.ndarray
    name: str
    found: Detection | Verdict
    model: str
    sample: Sample | None = None
    category: str = ""


def what_holds(services: Services, category: str, image: Path, known: bool | None) -> tuple[bool | None, str]:
    """Returns whether the part has a defect, and a remark where somebody said otherwise than is known.

    Args:
        services: The core.
        category: The kind of part.
        image: The image file.
        known: Whether the part is known to have a defect; None where that is not known.
    """
    said = Feedback(services.settings.marks_dir, category).said(image)
    defective = said == DEFECT if said else known
    return defective, text.feedback.MARKED[said] if said and defective != known else ""


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


def wire(
    ui: dict[str, Any], services: Services, shown: Callable[..., Shown | None], inputs: Sequence[Any]
) -> None:
    """Connects the two buttons.

    Args:
        ui: From `build`, and `recalibration_panel.build` where the tab has that.
        services: The core.
        shown: Returns the picture that is shown, from the values of `inputs`.
        inputs: Components.
    """

    def saying(said: str) -> Callable:
        @show_errors
        def say(request: gr.Request, *values: Any) -> list:
            picture = shown(*values)
            words = keep(services, said, picture, who_asks(request))
            category = picture.category if picture else ""
            return state(services, picture.model if picture else None, words, ui, category)

        return say

    for said in SAID:
        ui[f"was_{said}"].click(saying(said), list(inputs), outputs_of(ui), **QUIET)


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
    feedback = feedback_on(services, shown.model, shown.category)
    with tempfile.TemporaryDirectory() as folder:
        feedback.mark(
            _as_file(shown.image, Path(folder)), said, who, name=shown.name, sample=shown.sample,
            verdict=_verdict(shown), max_pixels=services.settings.max_pixels,
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
    feedback = feedback_on(services, model)
    marks = feedback.marks()
    if not marks:
        raise ImageError(text.feedback.LOG_EMPTY)
    feedback.take_back(marks[-1].picture, who)
    return text.feedback.TAKEN_BACK.format(name=marks[-1].name)


def state(services: Services, model: str | None, words: str, ui: dict[str, Any], category: str = "") -> list:
    """Returns updates of those of `STATE` that a tab has.

    Args:
        services: The core.
        model: Path of the model; None where there is none.
        words: What has just happened, a sentence; empty leaves only the counts.
        ui: The tab's components.
        category: The category, where there is no model that tells it.
    """
    if not (model or category) or not may_mark(services):
        return [gr.skip() for _ in outputs_of(ui)]
    feedback = feedback_on(services, model or "", category)
    card = read_card(Path(model)) if model else None
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
        "undo": gr.Button(text.feedback.UNDO.format(number=card.version_number), visible=bool(card.revision))
        if card
        else gr.skip(),
    }
    return [values[name] for name in STATE if name in ui]


def log_html(log: Sequence[Mark]) -> str:
    """Returns the last lines of the log as a list, which fits a phone, the newest first."""
    if not log:
        return notice_html([text.feedback.LOG_EMPTY])
    lines = (_log_line(mark) for mark in reversed(log[-LOG_LINES:]))
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f'<p class="table-caption">{text.feedback.LOG}</p><ul class="said-log">{items}</ul>'


def feedback_on(services: Services, model: str, category: str = "") -> Feedback:
    """Returns what was said of the pictures of a category, by default that of the model."""
    return Feedback(services.settings.marks_dir, category or read_card(Path(model)).category)


def outputs_of(ui: dict[str, Any]) -> list[Any]:
    """Returns those of a tab's components that `state` updates."""
    return [ui[name] for name in STATE if name in ui]


def who_asks(request: gr.Request) -> str:
    """Returns the name of a visitor, for the log."""
    return request.username or text.feedback.VISITOR


def _log_line(mark: Mark) -> str:
    said = text.feedback.LOG_SAID.get(mark.said, mark.said)
    line = text.feedback.LOG_LINE.format(
        time=mark.time[:16].replace("T", " "), who=mark.who, said=said.format(name=mark.name)
    )
    if mark.multiple is None:
        return line
    return line + text.feedback.MODEL_SAID.format(
        verdict=text.page.VERDICTS[mark.verdict][0] if mark.verdict in text.page.VERDICTS else mark.verdict,
        multiple=text.formatting.multiple(mark.multiple),
    )


def _verdict(shown: Shown) -> Verdict:
    if isinstance(shown.found, Verdict):
        return shown.found
    from favae_demo.runs.revisions import spoken  # comes with torch

    return spoken(shown.found, Path(shown.model))


def _as_file(image: Path | bytes | np.ndarray, folder: Path) -> Path:
    if isinstance(image, Path):
        return image
    path = folder / "picture.png"
    if isinstance(image, bytes):
        path.write_bytes(image)
    else:
        save_png(path, image)
    return path
