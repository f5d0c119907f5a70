"""Measures models on all test images while the page shows the progress."""

import queue
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

from favae_demo.core.errors import FavaeError
from favae_demo.data.mvtec import Category
from favae_demo.detection.registry import Model
from favae_demo.evaluation import results_cache
from favae_demo.evaluation.results_cache import EvaluationSummary
from favae_demo.ui import text
from favae_demo.ui.components.html import notice_html, progress_html
from favae_demo.ui.services import Services

FIGURES_SECONDS = 0.025  # time to compute the metrics, per image of 128×128 pixels on one core
ImageProgress = Callable[[int, int], None]  # called with (number of images done, number of all images)


class MeasurementStoppedError(FavaeError):
    """The measurement was stopped; the current model has no result."""


def measure_models(
    services: Services, category: Category, models: Mapping[str, Model], stop: Event | None = None
) -> Iterator[str]:
    """Measures models one after another and caches the results.

    If the visitor leaves the page, the current model is still measured to the end and cached; only the progress bar stops.

    Args:
        services: The app's services.
        category: The category whose test images are used.
        models: The models by title.
        stop: Ends the measurement after the next batch once it is set.

    Yields:
        HTML of the progress bar; at the end HTML of the errors, which is empty if there are none.
    """
    problems = []
    name = text.formatting.category(category.name)
    for index, (title, model) in enumerate(models.items()):
        names = {"category": name, "title": title, "place": index + 1, "models": len(models)}
        yield _bar(index / len(models), text.compare.STEP.format(done=0, count=len(category.test), **names))
        try:
            for done, count in progress_of(partial(measure, services, model, category, stop=stop)):
                words = text.compare.STEP if done < count else text.compare.LAST_STEP
                share = (index + 0.95 * done / count) / len(models)  # the metrics take the rest of the time
                yield _bar(share, words.format(done=done, count=count, **names))
        except MeasurementStoppedError as stopped:
            problems.append(str(stopped))
            break
        except FavaeError as error:
            problems.append(text.compare.FAILED.format(title=title, reason=error))
    yield notice_html(problems)


def measure(
    services: Services,
    model: Model,
    category: Category,
    progress: ImageProgress | None = None,
    stop: Event | None = None,
) -> EvaluationSummary:
    """Returns a model's result on all test images, from the cache if it is there; first waits for the teacher's weights if necessary.

    Args:
        services: The app's services.
        model: The model.
        category: The category whose test images are used.
        progress: Called after each batch.
        stop: Ends the measurement once it is set.

    Raises:
        FavaeError: The model cannot be measured.
        MeasurementStoppedError: `stop` was set.
    """

    def check_stop(done: int, count: int) -> None:
        if stop is not None and stop.is_set():
            raise MeasurementStoppedError(text.compare.MEASURING_STOPPED)
        if progress is not None:
            progress(done, count)

    services.registry.await_weights(model.path)
    detector = services.registry.torch_detector(model.path)
    return results_cache.measure(detector, model.path, category, services.settings.cache_dir, check_stop)


def progress_of(work: Callable[[Callable[..., None]], object]) -> Iterator[tuple]:
    """Runs `work` in a thread and yields its progress.

    Args:
        work: Function that takes a callback and calls it with its progress.

    Yields:
        The arguments of each call of the callback.

    Raises:
        Exception: Any exception that `work` raises.
    """
    steps: queue.SimpleQueue[tuple | None] = queue.SimpleQueue()
    pool = ThreadPoolExecutor(1)
    job = pool.submit(work, lambda *values: steps.put(values))
    job.add_done_callback(lambda _: steps.put(None))
    pool.shutdown(wait=False)
    while (step := steps.get()) is not None:
        yield step
    job.result()


def _bar(share: float, words: str) -> str:
    return progress_html(share, words, text.compare.MEASURING)
