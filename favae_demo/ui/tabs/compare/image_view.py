"""The Compare tab's columns for one image: the answer of each model, drawn as a column."""

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from favae_demo.checkpoints.card import Card
from favae_demo.config.methods import METHODS
from favae_demo.core.errors import FavaeError
from favae_demo.data.io.images import DecodedImage, read_image, resize
from favae_demo.data.io.levels import TYPE_LEVELS, Levels
from favae_demo.data.mvtec import Sample
from favae_demo.scoring.detection import Detection
from favae_demo.ui import text
from favae_demo.ui.components.feedback_panel import what_holds
from favae_demo.ui.components.html import verdict_html
from favae_demo.ui.errors import user_message
from favae_demo.ui.selection import model_name
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare.choice import ComparedModel, Models
from favae_demo.viz.overlay import display_image, error_map, overlay, reconstruction_image

SIDE = 512  # pixels of a pane; up to four stand side by side
PANES = ("result", "rebuilt", "errors")  # keys of `text.compare.PANES`


@dataclass(frozen=True)
class ComparedImage:
    """The image that is compared.

    Attributes:
        path: Its file.
        name: Its name on screen.
        known: What is known of it, a sentence.
        truth: Known defects as H×W bool, or None.
        key: Its key among the test images; empty for an uploaded one.
        defective: Whether it has a defect; None where that is not known.
    """

    path: Path
    name: str
    known: str
    truth: np.ndarray | None = None
    key: str = ""
    defective: bool | None = None

    @classmethod
    def of_test(cls, services: Services, sample: Sample) -> "ComparedImage":
        """Returns the record of a test image."""
        name = text.formatting.picture_name(sample.defect, sample.path.stem)
        return cls(
            sample.path,
            name,
            text.formatting.truth(sample.defect, sample.has_ground_truth),
            services.truth(sample),
            sample.key,
            not sample.is_good,
        )

    @classmethod
    def of_visitor(cls, path: str, known: str) -> "ComparedImage":
        """Returns the record of one of the visitor's own images."""
        return cls(Path(path), Path(path).name, known)

    def as_marked(self, services: Services, category: str) -> "ComparedImage":
        """Returns the record with what visitors said of the image, which holds from then on."""
        defective, remark = what_holds(services, category, self.path, self.defective)
        return replace(self, defective=defective, known=f"{self.known} {remark}".strip())

    @property
    def own(self) -> str:
        """Path of one of the visitor's own images; empty for a test image."""
        return "" if self.key else str(self.path)


@dataclass(frozen=True)
class ModelAnswer:
    """The answer of one model for an image.

    Attributes:
        model: The model.
        note: A remark on the model; why there is no answer where `found` is None.
        found: The detection; its image is reduced to the model's input size, which is enough to judge it again.
    """

    model: ComparedModel
    note: str
    found: Detection | None = None

    @property
    def rebuilds(self) -> bool:
        """Whether the model rebuilds pictures; others answer with the picture itself."""
        return METHODS[self.model.model.card.config.method].rebuilds


@dataclass(frozen=True)
class Comparison:
    """An image and the answers of the models; stored per session, so that another rate needs no second run of the models.

    Attributes:
        source: The image that is compared.
        image: H×W×3 uint8 RGB at display size.
        models: All models that are to answer.
        answers: By the path of the model, of those that have answered so far.
    """

    source: ComparedImage
    image: np.ndarray
    models: Models
    answers: Mapping[str, ModelAnswer]


def compare_image(
    services: Services,
    models: Models,
    source: ComparedImage,
    rate: float,
    known: Mapping[str, ModelAnswer] | None = None,
) -> Iterator[Comparison]:
    """Judges an image with one model after another; yields once before the first and after each.

    An error of one model (its file is gone, its teacher is not available) is its answer and does not stop the others.

    Args:
        services: The core.
        models: The models.
        source: The image.
        rate: The false-alarm rate.
        known: Answers for this image, at any rate, by the path of their model, which does not run again.

    Raises:
        ImageError: The image cannot be read.
    """
    read = cache(lambda levels: read_image(source.path, levels, max_pixels=services.settings.max_pixels))
    levels = next((one.model.card.levels for one in models.values()), TYPE_LEVELS)
    kept = {path: one for path, one in (known or {}).items() if path in models and one.found}
    comparison = Comparison(source, display_image(read(levels).pixels, SIDE), models, kept)
    comparison = compare_at_rate(services, comparison, rate)
    yield comparison
    for path, model in models.items():
        if path not in kept:
            answer = _answer(services, model, read, rate)
            comparison = replace(comparison, answers={**comparison.answers, path: answer})
            yield comparison


def compare_at_rate(services: Services, comparison: Comparison, rate: float) -> Comparison:
    """Returns the comparison at another false-alarm rate; the models do not run."""
    return replace(
        comparison,
        answers={path: _again(services, one, rate) for path, one in comparison.answers.items()},
    )


def column_values(answer: ModelAnswer, comparison: Comparison | None = None) -> list[Any]:
    """Returns the verdict under the model's title, and the panes; they are empty where there is no answer."""
    if answer.found is None or comparison is None:
        return [_heading(answer.model, "unanswered") + verdict_html(None, answer.note), *empty_panes()]
    drawn, title = replace(answer.found, image=comparison.image), answer.model.title
    panes = {
        "rebuilt": reconstruction_image(drawn, max_side=SIDE) if answer.rebuilds else None,
        "errors": error_map(drawn, max_side=SIDE),
        "result": overlay(drawn, comparison.source.truth, max_side=SIDE),
    }
    note = answer.note if answer.rebuilds else f"{text.page.NOT_REBUILT.format(model=title)} {answer.note}"
    verdict = verdict_html(answer.found, note, comparison.source.defective)
    return [
        _heading(answer.model, "answered") + verdict,
        *(
            gr.update(
                value=panes[pane],
                alt_text=text.compare.PANE.format(title=title, pane=text.compare.PANES[pane]),
            )
            for pane in PANES
        ),
    ]


def empty_panes() -> list[dict[str, Any]]:
    """Returns the values of panes without pictures."""
    return [gr.update(value=None) for _ in PANES]


def waiting_html(model: ComparedModel, *, anew: bool = False) -> str:
    """Returns a column's title with the text that stands in place of the verdict until the model has answered.

    Args:
        model: The model.
        anew: Whether the panes show a picture of another part until then, so that the style sheet keeps only their room.
    """
    return _heading(model, "loading" if anew else "waiting") + verdict_html(None, text.compare.WAIT)


def caption_html(source: ComparedImage | None) -> str:
    """Returns the name of the image and what is known of it."""
    if source is None:
        return ""
    return f'<p class="which" role="status"><b>{html.escape(source.name)}</b> {html.escape(source.known)}</p>'


def _heading(model: ComparedModel, state: str) -> str:
    """Returns a column's title, with the metrics that were measured when the model was trained.

    Its class is the column's state, by which the style sheet shows its panes; it hides a column without a title. The page's script reads the
    model's name from it.
    """
    facts, name = html.escape(_facts(model.model.card)), html.escape(model_name(model.model.path))
    return f'<div class="variant {state}" data-model="{name}"><h2>{html.escape(model.title)}</h2><p class="facts">{facts}</p></div>'


def _facts(card: Card) -> str:
    figures = {
        place: f"{value:.3f}" if (value := card.metrics.get(name)) is not None else text.compare.UNKNOWN
        for place, name in (("pixel", "pixel_auroc"), ("image", "image_auroc"))
    }
    return text.compare.FACTS.format(**figures)


def _answer(
    services: Services, model: ComparedModel, read: Callable[[Levels], DecodedImage], rate: float
) -> ModelAnswer:
    try:
        detection = services.detect(model.model.path, read(model.model.card.levels), rate)
        small = replace(detection, image=resize(detection.image, detection.map.shape))
        return ModelAnswer(model, _note(detection), small)
    except FavaeError as error:
        return ModelAnswer(model, user_message(error))


def _again(services: Services, answer: ModelAnswer, rate: float) -> ModelAnswer:
    if answer.found is None:
        return answer
    try:
        detection = services.registry.detector(answer.model.model.path).judge(answer.found, rate=rate)
        return replace(answer, found=detection, note=_note(detection))
    except FavaeError as error:
        return ModelAnswer(answer.model, user_message(error))


def _note(detection: Detection) -> str:
    took = text.compare.TOOK.format(milliseconds=detection.timings["total"])
    return " ".join(filter(None, (took, *detection.remarks, detection.support.remark)))
