"""Measuring models on all test pictures while the page shows how far it is."""

import queue
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from favae_demo.config.categories import category_info
from favae_demo.core.errors import FavaeError
from favae_demo.data.mvtec import Category
from favae_demo.detection.registry import Model
from favae_demo.evaluation import results_cache
from favae_demo.evaluation.results_cache import Measured
from favae_demo.ui import text
from favae_demo.ui.components.html import notice_html, progress_html
from favae_demo.ui.services import Services

FIGURES_SECONDS = 0.025  # a picture's part in working out the figures, at 128×128 on one core
Tell = Callable[[int, int], None]


class Stopped(FavaeError):
    """Somebody stopped the measuring; the model at work is not measured."""


def measuring(
    services: Services, category: Category, models: Mapping[str, Model], stop: Event | None = None
) -> Iterator[str]:
    """Measures models one after another, and keeps the results.

    A visitor who leaves stops the watching only: the model at work is finished and its result kept.

    Args:
        services: The core.
        category: The data.
        models: By title.
        stop: Ends the measuring once it is set, within the next pictures.

    Yields:
        The progress bar; last what went wrong, as a rule nothing.
    """
    problems = []
    name = category_info(category.name).title
    for place, (title, model) in enumerate(models.items()):
        names = {"category": name, "title": title, "place": place + 1, "models": len(models)}
        yield _bar(place / len(models), text.compare.STEP.format(done=0, count=len(category.test), **names))
        try:
            for done, count in told(lambda tell, model=model: measure(services, model, category, tell, stop)):
                words = text.compare.STEP if done < count else text.compare.LAST_STEP
                share = (place + 0.95 * done / count) / len(models)  # the figures take the rest of the time
                yield _bar(share, words.format(done=done, count=count, **names))
        except Stopped as stopped:
            problems.append(str(stopped))
            break
        except FavaeError as error:
            problems.append(text.compare.FAILED.format(title=title, reason=error))
    yield notice_html(problems)


def measure(
    services: Services,
    model: Model,
    category: Category,
    tell: Tell | None = None,
    stop: Event | None = None,
) -> Measured:
    """A model's result on all test pictures: kept already, or measured now; waits for weights that are fetched.

    Raises:
        FavaeError: It cannot be measured.
        Stopped: `stop` was set.
    """

    def checked(done: int, count: int) -> None:
        if stop is not None and stop.is_set():
            raise Stopped(text.compare.MEASURING_STOPPED)
        if tell is not None:
            tell(done, count)

    services.registry.await_weights(model.path)
    detector = services.registry.exact(model.path)
    return results_cache.measure(detector, model.path, category, services.settings.cache_dir, checked)


def told(work: Callable[[Callable[..., None]], object]) -> Iterator[tuple]:
    """Runs `work` in a thread and yields what it tells, a tuple each time; raises what it raises."""
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
