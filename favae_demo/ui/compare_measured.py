"""The variants on all test pictures of a category: what is known, measuring the rest, where the models disagree."""

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from favae_demo.categories import category_info
from favae_demo.data.mvtec import Category, Sample
from favae_demo.detection.calibration import conformal_limit
from favae_demo.detection.registry import Model
from favae_demo.errors import FavaeError
from favae_demo.evaluation import cache
from favae_demo.evaluation.cache import Measured
from favae_demo.ui import text
from favae_demo.ui.compare_view import Look, variants
from favae_demo.ui.html import notice_html, progress_html
from favae_demo.ui.services import Services

FIGURES_SECONDS = 0.025  # a picture's part in working out the figures, at 128×128 on one core
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Result:
    """A model on all test pictures, at a false-alarm rate.

    Attributes:
        title: The variant's name.
        measured: Its scores and figures.
        limit: Of the image score.
    """

    title: str
    measured: Measured
    limit: float

    @property
    def alarms(self) -> np.ndarray:
        """N bool, True where a picture is called defect."""
        return self.measured.verdicts(self.limit)

    @property
    def point(self) -> tuple[float, float]:
        """Share of good pictures called defect, share of defects found."""
        labels = self.measured.labels
        return float(self.alarms[~labels].mean()), float(self.alarms[labels].mean())


@dataclass(frozen=True)
class Overview:
    """All variants of a category on its test pictures.

    Attributes:
        category: The data.
        results: Of the measured models, by teacher.
        waiting: Models that were not measured yet, by teacher.
        problems: What hinders a model, a sentence each.
    """

    category: Category
    results: dict[str, Result]
    waiting: dict[str, Model]
    problems: tuple[str, ...] = ()

    @property
    def labels(self) -> np.ndarray:
        """N bool, True for test pictures with a defect."""
        return np.array([not sample.is_good for sample in self.category.test], bool)


@dataclass(frozen=True)
class Disagreement:
    """A test picture on which verdicts differ, and who says what in words."""

    sample: Sample
    words: str


def overview(services: Services, name: str | None, rate: float) -> Overview | None:
    """What is known of a category's models without running any; None where there are no test pictures."""
    category = services.category(name) if name else None
    if category is None or not category.test:
        return None
    results: dict[str, Result] = {}
    waiting: dict[str, Model] = {}
    problems = []
    for teacher, model in variants(services, name).items():
        try:
            measured = cache.lookup(model.path, category, services.settings.cache_dir)
            if measured is None:
                waiting[teacher] = model
            else:
                results[teacher] = _result(teacher, model, measured, rate)
        except FavaeError as error:
            problems.append(text.COMPARE_FAILED.format(title=text.VARIANTS[teacher], reason=error))
    return Overview(category, results, waiting, tuple(problems))


def measuring(view: Overview, services: Services) -> Iterator[str]:
    """Measures the models that wait, one after another, and keeps the results.

    A visitor who leaves stops the watching only: the model at work is finished and its result kept.

    Yields:
        The progress bar; last what went wrong, as a rule nothing.
    """
    category, models, problems = view.category, view.waiting, []
    name = category_info(category.name).title
    for place, (teacher, model) in enumerate(models.items()):
        title = text.VARIANTS[teacher]
        names = {"category": name, "title": title, "place": place + 1, "models": len(models)}
        yield _bar(place / len(models), text.COMPARE_STEP.format(done=0, count=len(category.test), **names))
        try:
            for done, count in _told(lambda tell, model=model: _measure(services, model, category, tell)):
                words = text.COMPARE_STEP if done < count else text.COMPARE_LAST_STEP
                share = (place + 0.95 * done / count) / len(models)  # the figures take the rest of the time
                yield _bar(share, words.format(done=done, count=count, **names))
        except FavaeError as error:
            problems.append(text.COMPARE_FAILED.format(title=title, reason=error))
    yield notice_html(problems)


def disagreements(view: Overview) -> list[Disagreement]:
    """The test pictures on which the verdicts of the measured models differ, in the category's order."""
    if len(view.results) < 2:
        return []
    titles = [result.title for result in view.results.values()]
    alarms = np.stack([result.alarms for result in view.results.values()])
    found = []
    for sample, column in zip(view.category.test, alarms.T, strict=True):
        if column.any() and not column.all():
            alarm, quiet = (
                text.listed([title for title, one in zip(titles, column, strict=True) if one == says])
                for says in (True, False)
            )
            name = text.picture_name(sample.defect, sample.path.stem)
            words = text.COMPARE_CAPTIONS[not sample.is_good].format(name=name, alarm=alarm, quiet=quiet)
            found.append(Disagreement(sample, words))
    return found


def measure_label(view: Overview, look: Look | None) -> str:
    """Words of the button that measures the waiting models; with the time where they have just judged a picture."""
    titles = [text.VARIANTS[teacher] for teacher in view.waiting]
    models = titles[0] if len(titles) == 1 else text.COMPARE_MEASURE_ALL
    answers = [look.answers.get(teacher) for teacher in view.waiting] if look else []
    times = [answer.found.timings["total"] for answer in answers if answer and answer.found]
    time = ""
    if times and len(times) == len(view.waiting):
        seconds = len(view.category.test) * (sum(times) / 1000 + len(times) * FIGURES_SECONDS)
        time = text.COMPARE_MEASURE_TIME.format(duration=text.duration(seconds))
    return text.COMPARE_MEASURE.format(models=models, count=len(view.category.test), time=time)


def _result(teacher: str, model: Model, measured: Measured, rate: float) -> Result:
    # As `Detector.limits`, from the card: kept results are shown without loading a model or waiting for its weights.
    good = model.card.calibration.good(model.card.config.mask_score)
    return Result(text.VARIANTS[teacher], measured, conformal_limit(good.images, rate).value)


def _measure(services: Services, model: Model, category: Category, tell: Tell) -> None:
    services.registry.await_weights(model.path)
    detector = services.registry.detector(model.path)
    cache.measure(detector, model.path, category, services.settings.cache_dir, tell)


def _told(work: Callable[[Tell], None]) -> Iterator[tuple[int, int]]:
    """Runs `work` in a thread and yields what it tells; raises what it raises."""
    told: queue.SimpleQueue[tuple[int, int] | None] = queue.SimpleQueue()
    pool = ThreadPoolExecutor(1)
    job = pool.submit(work, lambda done, count: told.put((done, count)))
    job.add_done_callback(lambda _: told.put(None))
    pool.shutdown(wait=False)
    while (step := told.get()) is not None:
        yield step
    job.result()


def _bar(share: float, words: str) -> str:
    return progress_html(share, words, text.COMPARE_MEASURING)
