"""What the Results tab shows of measured models, as values without the page: the models at hand, limits, records for programs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from favae_demo.core.errors import FavaeError
from favae_demo.data.mvtec import Category
from favae_demo.detection.registry import Model
from favae_demo.evaluation import operating_point, results_cache
from favae_demo.evaluation.results_cache import EvaluationSummary
from favae_demo.scoring.calibration import Threshold
from favae_demo.ui import text
from favae_demo.ui.services import Services, newest_variants, variant_title

RATE, HAND, BEST_F1 = "rate", "hand", "f1"
MIN_GOOD = 2  # as `protocol.MIN_GOOD`, which comes with torch


@dataclass(frozen=True)
class ThresholdChoice:
    """Where the visitor wants the limit.

    Attributes:
        rate: False-alarm rate in percent.
        by: `RATE`, or what took its place: `HAND` or `BEST_F1`.
        value: The limit set by hand.
    """

    rate: float = text.page.RECOMMENDED_RATE
    by: str = RATE
    value: float = 0.0


@dataclass(frozen=True)
class ModelResult:
    """A model that is measured; two with the same key are the same.

    Attributes:
        key: Name of the kept result: it changes with the model's file and the test pictures.
        model: The model.
        measured: Its scores and figures.
    """

    key: str
    model: Model = field(compare=False)
    measured: EvaluationSummary = field(compare=False)

    @property
    def title(self) -> str:
        """The model's name on screen."""
        return variant_title(self.model.card)

    @cached_property
    def best_f1(self) -> float | None:
        """The limit of the best F1; None where there is none."""
        return operating_point.best_f1_threshold(self.measured)

    def threshold(self, choice: ThresholdChoice) -> Threshold:
        """The limit in use; one that the pictures do not give is that of the false-alarm rate."""
        if choice.by == HAND:
            return Threshold(choice.value, True)
        if choice.by == BEST_F1 and self.best_f1 is not None:
            return Threshold(self.best_f1, True)
        return self.model.card.good_scores.threshold(choice.rate / 100)


@dataclass(frozen=True)
class ResultsView:
    """A kind of part and what is known of its models.

    Attributes:
        name: The category's name.
        category: Its data; None where there are no pictures at all.
        models: Those of the table, by teacher: the chosen one, of the others the newest.
        results: Of the measured ones, by teacher.
        chosen: Teacher of the model that the curves are of; None where there is no model.
        problems: What hinders a model, a sentence each.
    """

    name: str
    category: Category | None
    models: Mapping[str, Model]
    results: Mapping[str, ModelResult]
    chosen: str | None
    problems: tuple[str, ...] = ()

    @property
    def result(self) -> ModelResult | None:
        """The chosen model's; None where it is not measured yet."""
        return self.results.get(self.chosen) if self.chosen else None

    @property
    def waiting(self) -> dict[str, Model]:
        """Models that are not measured yet by their titles, the chosen one first."""
        order = sorted(self.models, key=lambda teacher: teacher != self.chosen)
        if self.category is None or not self.category.test:
            return {}
        return {
            variant_title(self.models[one].card): self.models[one] for one in order if one not in self.results
        }


def load_view(services: Services, name: str | None, path: str | None, *, alone: bool = False) -> ResultsView:
    """What is known of a category's models without running any.

    Args:
        services: The core.
        name: The category; None where there is nothing at all.
        path: File of the model that is looked at; None takes the category's first.
        alone: Whether the other models are left out, which is faster.
    """
    category = services.category(name) if name else None
    there = services.registry.models(name) if name else []
    chosen = next((one for one in there if str(one.path) == path), there[0] if there else None)
    models = {} if alone else newest_variants(services, name)
    if chosen is not None:
        models[chosen.card.config.teacher] = chosen
    results: dict[str, ModelResult] = {}
    problems = []
    if category is not None and category.test:
        for teacher, model in models.items():
            try:
                found = cached_result(services, model, category)
            except FavaeError as error:
                problems.append(text.compare.FAILED.format(title=variant_title(model.card), reason=error))
                continue
            if found is not None:
                results[teacher] = found
    chosen_teacher = chosen.card.config.teacher if chosen else None
    return ResultsView(name or "", category, models, results, chosen_teacher, tuple(problems))


def cached_result(services: Services, model: Model, category: Category) -> ModelResult | None:
    """A model's result where it is kept.

    Raises:
        FavaeError: The model or a picture is gone.
    """
    folder = services.settings.cache_dir
    measured = results_cache.lookup(model.path, category, folder)
    if measured is None:
        return None
    return ModelResult(results_cache.result_path(model.path, category, folder).stem, model, measured)


def data_notes(view: ResultsView) -> Iterator[str]:
    """What a reader of the figures must know of the data, a sentence each."""
    if view.category is None or not view.category.test:
        yield text.results.NO_TESTS
        return
    defects = [sample for sample in view.category.test if not sample.is_good]
    bare = sum(not sample.has_ground_truth for sample in defects)
    good = len(view.category.test) - len(defects)
    if not defects:
        yield text.results.NO_DEFECTS
    elif bare == len(defects):
        yield text.results.NO_MASKS
    elif bare:
        yield text.results.SOME_MASKS.format(count=bare)
    if good < MIN_GOOD:
        yield text.results.FEW_GOOD.format(good=good)
