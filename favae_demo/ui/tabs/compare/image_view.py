"""The Compare tab's columns for one image: the answer of each model variant, drawn as a column."""

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from favae_demo.checkpoints.card import Card
from favae_demo.config.methods import METHODS
from favae_demo.core.errors import FavaeError
from favae_demo.data.io.images import DecodedImage, read_image, resize
from favae_demo.data.io.levels import TYPE_LEVELS, Levels
from favae_demo.data.mvtec import Sample
from favae_demo.detection.registry import Model
from favae_demo.scoring.detection import Detection
from favae_demo.ui import text
from favae_demo.ui.components.html import verdict_html
from favae_demo.ui.errors import user_message
from favae_demo.ui.services import Services, newest_variants, variant_title
from favae_demo.viz.overlay import display_image, error_map, overlay, reconstruction_image

SIDE = 512  # pixels of a pane; three stand side by side
PANES = tuple(text.compare.PANES)


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
    def of_visitor(cls, path: str) -> "ComparedImage":
        """Returns the record of an uploaded image."""
        return cls(Path(path), Path(path).name, text.page.NO_TRUTH)


@dataclass(frozen=True)
class VariantAnswer:
    """The answer of one model variant for an image.

    Attributes:
        model: Its newest model, or None where there is none.
        note: A remark on the model; why there is no answer where `found` is None.
        found: The detection; its image is reduced to the model's input size, which is enough to judge it again.
    """

    model: Model | None
    note: str
    found: Detection | None = None

    @property
    def rebuilds(self) -> bool:
        """Whether the model rebuilds pictures; others answer with the picture itself."""
        return self.model is None or METHODS[self.model.card.config.method].rebuilds


@dataclass(frozen=True)
class Comparison:
    """An image and the answers of the variants; stored per session, so that another rate needs no second run of the models.

    Attributes:
        source: The image that is compared.
        image: H×W×3 uint8 RGB at display size.
        answers: By teacher, of the variants that have answered so far.
    """

    source: ComparedImage
    image: np.ndarray
    answers: Mapping[str, VariantAnswer]


def compare_image(
    services: Services, category: str, source: ComparedImage, rate: float
) -> Iterator[Comparison]:
    """Judges an image with one variant after another; yields once before the first and after each.

    An error of one model (its file is gone, its teacher is not available) is its answer and does not stop the others.

    Raises:
        ImageError: The image cannot be read.
    """
    models = newest_variants(services, category)
    read = cache(lambda levels: read_image(source.path, levels, max_pixels=services.settings.max_pixels))
    levels = next((model.card.levels for model in models.values()), TYPE_LEVELS)
    comparison = Comparison(source, display_image(read(levels).pixels, SIDE), {})
    yield comparison
    for teacher in text.page.VARIANTS:
        comparison = replace(
            comparison,
            answers={**comparison.answers, teacher: _answer(services, models.get(teacher), read, rate)},
        )
        yield comparison


def compare_at_rate(services: Services, comparison: Comparison, rate: float) -> Comparison:
    """Returns the comparison at another false-alarm rate; the models do not run."""
    return replace(
        comparison,
        answers={teacher: _again(services, one, rate) for teacher, one in comparison.answers.items()},
    )


def column_values(teacher: str, answer: VariantAnswer, comparison: Comparison | None = None) -> list[Any]:
    """Returns the verdict under the variant's title, and the panes; None for each pane where there is no answer."""
    if answer.found is None or comparison is None:
        absent = "absent" if teacher in text.page.OPTIONAL_VARIANTS else "missing"
        state = absent if answer.model is None else "unanswered"
        return [
            _heading(teacher, answer.model, state) + verdict_html(None, answer.note),
            *(None for _ in PANES),
        ]
    drawn = replace(answer.found, image=comparison.image)
    panes = {
        "rebuilt": reconstruction_image(drawn, max_side=SIDE) if answer.rebuilds else None,
        "errors": error_map(drawn, max_side=SIDE),
        "result": overlay(drawn, comparison.source.truth, max_side=SIDE),
    }
    title = text.page.VARIANTS[teacher]
    note = answer.note if answer.rebuilds else f"{text.page.NOT_REBUILT.format(model=title)} {answer.note}"
    verdict = _heading(teacher, answer.model, "answered") + verdict_html(
        answer.found, note, comparison.source.defective
    )
    return [verdict, *(panes[name] for name in PANES)]


def waiting_html(teacher: str, model: Model) -> str:
    """Returns a column's title with the text that stands in place of the verdict until the model has answered."""
    return _heading(teacher, model, "waiting") + verdict_html(None, text.compare.WAIT)


def caption_html(source: ComparedImage | None) -> str:
    """Returns the name of the image and what is known of it."""
    if source is None:
        return ""
    return f'<p class="which" role="status"><b>{html.escape(source.name)}</b> {html.escape(source.known)}</p>'


def _heading(teacher: str, model: Model | None, state: str) -> str:
    """Returns a column's title, with the metrics that were measured when the model was trained.

    Its class is the column's state, by which the style sheet shows panes and button, or hides the column.
    """
    title, facts = text.page.VARIANTS[teacher], ""
    if model is not None:
        title = variant_title(model.card)
        facts = f'<p class="facts">{html.escape(_facts(model.card))}</p>'
    return f'<div class="variant {state}"><h2>{html.escape(title)}</h2>{facts}</div>'


def _facts(card: Card) -> str:
    figures = {
        place: f"{value:.3f}" if (value := card.metrics.get(name)) is not None else text.compare.UNKNOWN
        for place, name in (("pixel", "pixel_auroc"), ("image", "image_auroc"))
    }
    return text.compare.FACTS.format(**figures)


def _answer(
    services: Services, model: Model | None, read: Callable[[Levels], DecodedImage], rate: float
) -> VariantAnswer:
    if model is None:
        return VariantAnswer(None, text.page.NO_MODEL)
    try:
        detection = services.detect(model.path, read(model.card.levels), rate)
        small = replace(detection, image=resize(detection.image, detection.map.shape))
        return VariantAnswer(model, _note(detection), small)
    except FavaeError as error:
        return VariantAnswer(model, user_message(error))


def _again(services: Services, answer: VariantAnswer, rate: float) -> VariantAnswer:
    if answer.model is None or answer.found is None:
        return answer
    try:
        detection = services.registry.detector(answer.model.path).judge(answer.found, rate=rate)
        return replace(answer, found=detection, note=_note(detection))
    except FavaeError as error:
        return VariantAnswer(answer.model, user_message(error))


def _note(detection: Detection) -> str:
    took = text.compare.TOOK.format(milliseconds=detection.timings["total"])
    return " ".join(filter(None, (took, *detection.remarks, detection.support.remark)))
