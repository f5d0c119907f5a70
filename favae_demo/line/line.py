"""A whole line: watches its sources and delivers to its sinks until it is asked to end."""

import hashlib
import logging
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from favae_demo.checkpoints.model_names import model_path
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings
from favae_demo.detection.registry import Registry
from favae_demo.line.config import LineConfig, SourcePlan
from favae_demo.line.delivery import Delivery
from favae_demo.line.metrics import Metrics
from favae_demo.line.picture_store import PictureStore
from favae_demo.line.sources import Surroundings
from favae_demo.line.spool import Spool
from favae_demo.line.verdict_record import ModelIdentity
from favae_demo.line.watcher import LoadedModel, Watcher

log = logging.getLogger(__name__)
PICTURES = "pictures"  # folder in the state's folder
CAMERA_WAIT = 15.0  # seconds more for a camera or stream that stalls just then
END_WAIT = 10.0  # seconds for the last pictures and deliveries after the line was asked to end
REPORT_EVERY = 60.0  # seconds


class Models:
    """Loads the models of a line, each once; they stay loaded when the configuration is read anew.

    Args:
        settings: Folders and the wanted engine.
    """

    def __init__(self, settings: Settings):
        self.settings, self._registry = settings, Registry(settings)

    def path(self, plan: SourcePlan) -> Path:
        """Returns the model's file of a source.

        Raises:
            ConfigError: There is none.
        """
        path = model_path(plan.options.model, self.settings.checkpoint_dir)
        if not path.is_file():
            raise ConfigError(f"Source {plan.name}: there is no model {plan.options.model!r}.")
        return path

    def load(self, plan: SourcePlan) -> LoadedModel:
        """Returns the model of a source.

        Raises:
            FavaeError: It is missing, damaged, or its teacher cannot be had.
        """
        path = self.path(plan)
        detector = self._registry.detector(path)
        return LoadedModel(detector, ModelIdentity(path.stem, _fingerprint(path), detector.category))


class Line:
    """Watches sources and delivers to sinks.

    Args:
        config: The line.
        models: Its models.
        once: Whether it ends when what is there now has been judged.

    Raises:
        ConfigError: A model is missing, or another process uses the state's folder.
    """

    def __init__(self, config: LineConfig, models: Models, *, once: bool = False):
        self.config, options = config, config.options
        loaded = {plan.name: models.load(plan) for plan in config.sources}
        self.spool = Spool(options.state, [plan.name for plan in config.sinks], most=options.most_waiting)
        kept = options.pictures
        self.pictures = PictureStore(
            options.state / PICTURES, keep_days=kept.keep_days, most_bytes=int(kept.most_mb * 1e6), good_every=kept.good_every
        )  # fmt: skip
        self.deliveries = [Delivery(plan, self.spool) for plan in config.sinks]
        self.watchers = []
        for plan in config.sources:
            model = loaded[plan.name]
            around = Surroundings(self.spool, model.detector.levels, models.settings.max_pixels, once)
            self.watchers.append(Watcher(plan, model, self.spool, self.pictures, around))
        self.metrics = (
            Metrics(options.metrics, self.watchers, self.deliveries, self.spool) if options.metrics else None
        )
        self._next_report = time.monotonic() + REPORT_EVERY

    def start(self) -> None:
        """Starts all sources and sinks."""
        self.pictures.prune()
        for delivery in self.deliveries:
            delivery.start()
        for watcher in self.watchers:
            watcher.start()
        if self.metrics:
            self.metrics.start()
        log.info("Watching %s.", ", ".join(watcher.plan.name for watcher in self.watchers))

    def run(self, stop: threading.Event) -> None:
        """Waits until all sources are over, or until it is asked to end."""
        while not stop.wait(0.2) and not all(watcher.is_over for watcher in self.watchers):
            if time.monotonic() >= self._next_report:
                self._next_report += REPORT_EVERY
                log.info("%s", report_text(self.report()))

    def close(self) -> dict[str, Any]:
        """Ends: the picture in hand is judged, what waits is delivered where that works; returns the last report."""
        until = time.monotonic() + END_WAIT
        for watcher in self.watchers:
            watcher.stop()
        for watcher in self.watchers:
            watcher.join(max(0.0, until - time.monotonic()))
        for delivery in self.deliveries:
            delivery.stop()
        for delivery in self.deliveries:
            delivery.join(max(0.0, until - time.monotonic()))
        if self.metrics:
            self.metrics.close()
        for watcher in self.watchers:
            watcher.join(CAMERA_WAIT)
        report = self.report()
        self.spool.close()
        return report

    def report(self) -> dict[str, Any]:
        """Returns what was done since the start, what waits for each sink, and what is wrong now."""
        verdicts: Counter[str] = sum((watcher.counts.verdicts for watcher in self.watchers), Counter())
        problems = {f"source {watcher.plan.name}": watcher.problem for watcher in self.watchers}
        problems |= {f"sink {delivery.plan.name}": delivery.problem for delivery in self.deliveries}
        return {
            "verdicts": dict(verdicts),
            "dropped": sum(watcher.counts.dropped for watcher in self.watchers),
            "waiting": self.spool.waiting(),
            "lost": self.spool.lost(),
            "problems": {name: text for name, text in problems.items() if text},
        }


def report_text(report: dict[str, Any]) -> str:
    """Returns a report as one line."""
    counts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(report["verdicts"].items()))
    waiting = ", ".join(f"{name} {count}" for name, count in report["waiting"].items())
    return f"Since the start: {counts or 'no verdicts'}; dropped {report['dropped']}; waiting: {waiting}."


def _fingerprint(path: Path) -> str:
    """Returns the SHA-256 of a model's file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
