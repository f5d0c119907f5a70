"""The Results tab's data: models with their cached results, and the chosen threshold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from favae_demo.core.errors import FavaeError
from favae_demo.core.plain_text import escape_markdown
from favae_demo.data.mask_checks import mask_remarks
from favae_demo.data.mvtec import Category
from favae_demo.detection.registry import Model
from favae_demo.evaluation import operating_point, results_cache
from favae_demo.evaluation.results_cache import EvaluationSummary
from favae_demo.scoring.thresholds import Threshold
from favae_demo.ui import text
from favae_demo.ui.choices import RECOMMENDED_RATE
from favae_demo.ui.model_list import newest_variants, variant_title
from favae_demo.ui.services import Services

RATE, HAND, BEST_F1 = "rate", "hand", "f1"
MIN_GOOD = 2  # as `protocol.MIN_GOOD`, which comes with torch


@dataclass(frozen=True)
class ThresholdChoice:
    """The threshold that the visitor has chosen.

    Attributes:
        rate: False-alarm rate in percent.
        by: How the threshold is set: by `RATE`, `HAND` or `BEST_F1`.
        value: The threshold set by hand, as a multiple of the recommended one.
    """

    rate: float = RECOMMENDED_RATE
    by: str = RATE
    value: float = 0.0


@dataclass(frozen=True)
class ModelResult:
    """A measured model; two with the same key are equal.

    Attributes:
        key: Name of the cached result: it changes with the model's file and the test images.
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
        """The threshold with the best F1 on the test labels; None where there is none."""
        return operating_point.best_f1_threshold(self.measured)

    @cached_property
    def recommended(self) -> float:
        """The image-level threshold at the recommended false-alarm rate, of which scores and other thresholds are shown as multiples."""
        return self.model.card.good_scores.threshold(RECOMMENDED_RATE / 100).value

    def threshold(self, choice: ThresholdChoice) -> Threshold:
        """Returns the image-level threshold; where there is no best F1, that of the false-alarm rate."""
        if choice.by == HAND:
            return Threshold(choice.value * self.recommended)
        if choice.by == BEST_F1 and self.best_f1 is not None:
            return Threshold(self.best_f1)
        return self.model.card.good_scores.threshold(choice.rate / 100)


@dataclass(frozen=True)
class ResultsView:
    """A category with its models and their results.

    Attributes:
        name: The category's name.
        category: Its data; None where there are no images.
        models: Rows of the table, by teacher: the chosen model, and the newest of each other teacher.
        results: Of the measured models, by teacher.
        chosen: Teacher of the model whose curves are shown; None where there is no model.
        problems: Errors of the models, a sentence each.
    """

    name: str
    category: Category | None
    models: Mapping[str, Model]
    results: Mapping[str, ModelResult]
    chosen: str | None
    problems: tuple[str, ...] = ()

    @property
    def result(self) -> ModelResult | None:
        """Result of the chosen model; None where it is not measured yet."""
        return self.results.get(self.chosen) if self.chosen else None

    @property
    def waiting(self) -> dict[str, Model]:
        """Models without a result, by title, the chosen one first."""
        order = sorted(self.models, key=lambda teacher: teacher != self.chosen)
        if self.category is None or not self.category.test:
            return {}
        return {
            variant_title(self.models[one].card): self.models[one] for one in order if one not in self.results
        }


def load_view(services: Services, name: str | None, path: str | None, *, alone: bool = False) -> ResultsView:
    """Returns a category's models and cached results without running a model.

    Args:
        services: The core.
        name: The category; None where there is none.
        path: File of the chosen model; None takes the category's first.
        alone: Whether to leave out the other models, which is faster.
    """
    category = services.category(name) if name else None
    there = services.registry.models(name) if name else []
    chosen = next((one for one in there if str(one.path) == path), there[0] if there else None)
    models = {} if alone else newest_variants(services.registry, name)
    if chosen is not None:
        models[chosen.card.config.variant] = chosen
    results: dict[str, ModelResult] = {}
    problems = []
    if category is not None and category.test:
        for teacher, model in models.items():
            try:
                result = cached_result(services, model, category)
            except FavaeError as error:
                problems.append(text.compare.FAILED.format(title=variant_title(model.card), reason=error))
                continue
            if result is not None:
                results[teacher] = result
    chosen_variant = chosen.card.config.variant if chosen else None
    return ResultsView(name or "", category, models, results, chosen_variant, tuple(problems))


def cached_result(services: Services, model: Model, category: Category) -> ModelResult | None:
    """Returns a model's cached result, or None.

    Raises:
        FavaeError: The model or an image is gone.
    """
    folder = services.settings.cache_dir
    measured = results_cache.lookup(model.path, category, folder)
    if measured is None:
        return None
    return ModelResult(results_cache.result_path(model.path, category, folder).stem, model, measured)


def data_notes(view: ResultsView) -> Iterator[str]:
    """Yields remarks on the data that limit what the metrics say, a sentence of Markdown each."""
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
        yield text.results.SOME_MASKS.format(pictures=text.formatting.pictures(bare))
    yield from map(escape_markdown, map(text.sentences.translate, mask_remarks(view.category)))
    if good < MIN_GOOD:
        yield text.results.FEW_GOOD.format(good=good)
