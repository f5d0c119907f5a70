"""The compared models on all test images of a category: cached results, measuring the others, and disagreements."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from favae_demo.core.errors import FavaeError
from favae_demo.data.mvtec import Category, Sample
from favae_demo.evaluation import results_cache
from favae_demo.evaluation.results_cache import EvaluationSummary
from favae_demo.ui import text
from favae_demo.ui.components.measurement import FIGURES_SECONDS, measure_models
from favae_demo.ui.model_list import model_costs
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare.choice import ComparedModel, Models
from favae_demo.ui.tabs.compare.image_view import Comparison


@dataclass(frozen=True)
class ModelResult:
    """The result of a model on all test images, at a false-alarm rate.

    Attributes:
        title: The model's name.
        measured: Its scores and figures.
        threshold: Of the image score.
        costs: See `services.model_costs`.
    """

    title: str
    measured: EvaluationSummary
    threshold: float
    costs: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def alarms(self) -> np.ndarray:
        """N bool, True where the verdict is defect."""
        return self.measured.verdicts(self.threshold)

    @property
    def point(self) -> tuple[float, float]:
        """(false-positive rate, true-positive rate) over images."""
        labels = self.measured.labels
        return float(self.alarms[~labels].mean()), float(self.alarms[labels].mean())


@dataclass(frozen=True)
class Overview:
    """Models of a category on its test images.

    Attributes:
        category: The data.
        results: Of the measured models, by path.
        waiting: Models without a result, by path.
        problems: Errors of the models, a sentence each.
    """

    category: Category
    results: dict[str, ModelResult]
    waiting: dict[str, ComparedModel]
    problems: tuple[str, ...] = ()

    @property
    def labels(self) -> np.ndarray:
        """N bool, True for test images with a defect."""
        return np.array([not sample.is_good for sample in self.category.test], bool)


@dataclass(frozen=True)
class Disagreement:
    """A test image on which the verdicts differ, and a caption that names the models with each verdict."""

    sample: Sample
    caption: str


def overview(services: Services, name: str | None, models: Models, rate: float) -> Overview | None:
    """Returns the cached results of some of a category's models without running any; None where there are no test images."""
    category = services.category(name) if name else None
    if category is None or not category.test:
        return None
    results: dict[str, ModelResult] = {}
    waiting: dict[str, ComparedModel] = {}
    problems = []
    for path, one in models.items():
        try:
            measured = results_cache.lookup(one.model.path, category, services.settings.cache_dir)
            if measured is None:
                waiting[path] = one
            else:
                results[path] = _result(one, measured, rate)
        except FavaeError as error:
            problems.append(text.compare.FAILED.format(title=one.title, reason=error))
    return Overview(category, results, waiting, tuple(problems))


def measure_waiting(view: Overview, services: Services) -> Iterator[str]:
    """Measures the models that wait, one after another, and keeps the results; yields as `measure_models`."""
    waiting = {one.title: one.model for one in view.waiting.values()}
    yield from measure_models(services, view.category, waiting)


def disagreements(view: Overview) -> list[Disagreement]:
    """Returns the test images on which the verdicts of the measured models differ, in the category's order."""
    if len(view.results) < 2:
        return []
    titles = [result.title for result in view.results.values()]
    alarms = np.stack([result.alarms for result in view.results.values()])
    listed = []
    for sample, column in zip(view.category.test, alarms.T, strict=True):
        if column.any() and not column.all():
            alarm, quiet = (
                text.formatting.listed(
                    [title for title, one in zip(titles, column, strict=True) if one == says]
                )
                for says in (True, False)
            )
            name = text.formatting.picture_name(sample.defect, sample.path.stem)
            caption = text.compare.CAPTIONS[not sample.is_good].format(name=name, alarm=alarm, quiet=quiet)
            listed.append(Disagreement(sample, caption))
    return listed


def measure_label(view: Overview, comparison: Comparison | None) -> str:
    """Returns the label of the button that measures the waiting models; with the expected time where all of them have just judged an image."""
    titles = [one.title for one in view.waiting.values()]
    models = titles[0] if len(titles) == 1 else text.compare.MEASURE_ALL
    answers = [comparison.answers.get(path) for path in view.waiting] if comparison else []
    times = [answer.found.timings["total"] for answer in answers if answer and answer.found]
    time = ""
    if times and len(times) == len(view.waiting):
        seconds = len(view.category.test) * (sum(times) / 1000 + len(times) * FIGURES_SECONDS)
        time = text.compare.MEASURE_TIME.format(duration=text.formatting.duration(seconds))
    return text.compare.MEASURE.format(models=models, count=len(view.category.test), time=time)


def _result(one: ComparedModel, measured: EvaluationSummary, rate: float) -> ModelResult:
    # From the card: cached results are shown without loading a model or waiting for its weights.
    threshold = one.model.card.good_scores.threshold(rate).value
    return ModelResult(one.title, measured, threshold, model_costs(one.model))
