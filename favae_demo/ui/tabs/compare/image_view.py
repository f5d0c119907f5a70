"""What the Compare tab shows of one picture: the answer of each variant, drawn as a column."""

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from favae_demo.checkpoints.card import Card
from favae_demo.core.errors import FavaeError
from favae_demo.data.io.images import resize
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
class Picture:
    """What is judged.

    Attributes:
        path: Its file.
        name: Its name in words.
        known: What is known of it, in words.
        truth: Known defects as H×W bool, or None.
        key: Its key among the test pictures; empty for the visitor's own.
        defective: Whether it has a defect; None where that is not known.
    """

    path: Path
    name: str
    known: str
    truth: np.ndarray | None = None
    key: str = ""
    defective: bool | None = None

    @classmethod
    def of_test(cls, services: Services, sample: Sample) -> "Picture":
        """A test picture."""
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
    def of_visitor(cls, path: str) -> "Picture":
        """A visitor's own picture."""
        return cls(Path(path), Path(path).name, text.page.NO_TRUTH)


@dataclass(frozen=True)
class Answer:
    """What one variant says of a picture.

    Attributes:
        model: Its newest model, or None where there is none.
        note: A remark on the model; why there is no answer where `found` is None.
        found: The answer; its picture is kept at the model's size, which is all that judging needs.
    """

    model: Model | None
    note: str
    found: Detection | None = None


@dataclass(frozen=True)
class Look:
    """A picture under the variants' eyes; kept per visitor, so that another rate needs no second run of the models.

    Attributes:
        picture: What is judged.
        image: It, at display size.
        answers: By teacher; those that have answered so far.
    """

    picture: Picture
    image: np.ndarray
    answers: Mapping[str, Answer]


def looks(services: Services, category: str, picture: Picture, rate: float) -> Iterator[Look]:
    """Judges a picture with one variant after another; yields once before the first and after each.

    What hinders one model (its file is gone, its teacher cannot be had) is said in its place and does not stop the others.

    Raises:
        ImageError: The picture cannot be read.
    """
    image = services.image(picture.path)
    look, models = Look(picture, display_image(image, SIDE), {}), newest_variants(services, category)
    yield look
    for teacher in text.page.VARIANTS:
        look = replace(
            look, answers={**look.answers, teacher: _answer(services, models.get(teacher), image, rate)}
        )
        yield look


def judged_again(services: Services, look: Look, rate: float) -> Look:
    """The same look at another false-alarm rate; the models do not run."""
    return replace(
        look, answers={teacher: _again(services, one, rate) for teacher, one in look.answers.items()}
    )


def column(teacher: str, answer: Answer, look: Look | None = None) -> list[Any]:
    """Verdict under the variant's title, and the panes; None for each pane where there is no answer."""
    if answer.found is None or look is None:
        state = "missing" if answer.model is None else "unanswered"
        return [
            _heading(teacher, answer.model, state) + verdict_html(None, answer.note),
            *(None for _ in PANES),
        ]
    drawn = replace(answer.found, image=look.image)
    panes = {
        "rebuilt": reconstruction_image(drawn, max_side=SIDE),
        "errors": error_map(drawn, max_side=SIDE),
        "result": overlay(drawn, look.picture.truth, max_side=SIDE),
    }
    defective = look.picture.defective
    right = "" if defective is None else text.compare.RIGHT[defective, answer.found.is_defect]
    verdict = _heading(teacher, answer.model, "answered") + verdict_html(
        answer.found, f"{right} {answer.note}".strip()
    )
    return [verdict, *(panes[name] for name in PANES)]


def waiting_html(teacher: str, model: Model) -> str:
    """A column's title and what stands in place of the verdict until the model has answered."""
    return _heading(teacher, model, "waiting") + verdict_html(None, text.compare.WAIT)


def picture_html(picture: Picture | None) -> str:
    """Name of the picture and what is known of it."""
    if picture is None:
        return ""
    return (
        f'<p class="which" role="status"><b>{html.escape(picture.name)}</b> {html.escape(picture.known)}</p>'
    )


def _heading(teacher: str, model: Model | None, state: str) -> str:
    """A column's title, with the figures that were measured when the model was made.

    Its class is the column's state, by which the style sheet shows panes and button.
    """
    title, facts = text.page.VARIANTS[teacher], ""
    if model is not None:
        title = variant_title(model.card)
        facts = f'<p class="facts">{html.escape(_facts(model.card))}</p>'
    return f'<div class="variant {state}"><h3>{html.escape(title)}</h3>{facts}</div>'


def _facts(card: Card) -> str:
    figures = {
        place: f"{value:.3f}" if (value := card.metrics.get(name)) is not None else text.compare.UNKNOWN
        for place, name in (("pixel", "pixel_auroc"), ("image", "image_auroc"))
    }
    return text.compare.FACTS.format(**figures)


def _answer(services: Services, model: Model | None, image: np.ndarray, rate: float) -> Answer:
    if model is None:
        return Answer(None, text.page.NO_MODEL)
    try:
        found = services.detect(model.path, image, rate)
        small = replace(found, image=resize(image, found.reconstruction.shape[0]))
        return Answer(model, _note(services, model, found, rate), small)
    except FavaeError as error:
        return Answer(model, user_message(error))


def _again(services: Services, answer: Answer, rate: float) -> Answer:
    if answer.model is None or answer.found is None:
        return answer
    try:
        found = services.registry.detector(answer.model.path).judge(answer.found, rate=rate)
        return replace(answer, found=found, note=_note(services, answer.model, found, rate))
    except FavaeError as error:
        return Answer(answer.model, user_message(error))


def _note(services: Services, model: Model, found: Detection, rate: float) -> str:
    detector = services.registry.detector(model.path)
    took = text.compare.TOOK.format(milliseconds=found.timings["total"])
    if detector.thresholds(rate)["image"].supported:
        return took
    return f"{took} {text.page.FEW_HELD_OUT.format(count=len(detector.calibration.plain.images))}"
