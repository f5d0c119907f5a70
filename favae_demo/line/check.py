"""Tries every source and sink of a line, and says what is wrong in sentences."""

from collections.abc import Callable, Collection
from contextlib import closing
from functools import partial

from favae_demo.core.os_failures import sentence
from favae_demo.line.config import LineConfig, SinkPlan, SourcePlan
from favae_demo.line.delivery import FAILURES
from favae_demo.line.line import Models
from favae_demo.line.metrics import check_metrics
from favae_demo.line.sources import Surroundings
from favae_demo.line.spool import Mark

OK = "ok"


class _NothingJudged:
    """The memory of a source that is only tried."""

    def is_judged(self, mark: Mark) -> bool:
        return False

    def rename(self, source: str, old: str, new: str) -> None: ...

    def forget(self, source: str, present: Collection[str]) -> int:
        return 0


def check(config: LineConfig, models: Models) -> dict[str, str]:
    """Tries every source with its model, and every sink; no verdict is made.

    Returns:
        For each `ok`, or what is wrong as a sentence.
    """
    trials: dict[str, Callable[[], None]] = {
        f"source {plan.name}": partial(_try_source, plan, models) for plan in config.sources
    }
    trials |= {f"sink {plan.name}": partial(_try_sink, plan) for plan in config.sinks}
    if config.options.metrics:
        trials["metrics"] = partial(check_metrics, config.options.metrics)
    return {name: _outcome(trial) for name, trial in trials.items()}


def _outcome(trial: Callable[[], None]) -> str:
    try:
        trial()
    except OSError as error:
        return sentence(error)
    except FAILURES as error:
        return str(error)
    return OK


def _try_source(plan: SourcePlan, models: Models) -> None:
    around = Surroundings(_NothingJudged(), models.load(plan).detector.levels, models.settings.max_pixels)
    with closing(plan.open(around)) as source:
        source.check()


def _try_sink(plan: SinkPlan) -> None:
    with closing(plan.open()) as sink:
        sink.check()
