"""The models at hand, and the few detectors that are kept in memory."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.checkpoint import SUFFIX, list_checkpoints, read_card
from favae_demo.config.train_config import TEACHERS
from favae_demo.core.errors import CheckpointError, FavaeError
from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings
from favae_demo.teacher.weight_fetcher import Fetch, Fetcher

if TYPE_CHECKING:
    from favae_demo.detection.detector import Detector

log = logging.getLogger(__name__)
BEST_FIRST = (*TEACHERS[1:], "none")
CAPACITY = 6  # detectors in memory; a compact one takes about 60 MB with its teacher


@dataclass(frozen=True)
class Model:
    """A checkpoint that can be used: its file and its card."""

    path: Path
    card: Card


class Registry:
    """One per process: finds models in the shipped folder, the user's folder and finished runs.

    Args:
        settings: Where to look.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self.fetcher = Fetcher(settings.cache_dir, settings.teacher_dir)
        self._detectors: OrderedDict[tuple[Path, int], Detector] = OrderedDict()
        self._jobs: list[threading.Thread] = []
        self._lock, self._converting = threading.Lock(), threading.Lock()

    def models(self, category: str | None = None) -> list[Model]:
        """Usable models, of one category or all: those made here, newest first, then the shipped ones, the best kind first."""
        runs = self.settings.runs_dir
        finished = sorted(runs.glob(f"*/model{SUFFIX}")) if runs.is_dir() else []
        folders = [SHIPPED_CHECKPOINTS, self.settings.checkpoint_dir, *(path.parent for path in finished)]
        found = list_checkpoints(*folders)
        usable = [
            Model(p, c) for p, c in found.items() if category in (None, c.category) and _is_model(p, runs)
        ]
        return sorted(usable, key=_rank)

    def newest(self, category: str, teacher: str) -> Model | None:
        """The newest model of a category with this teacher, or None."""
        return next((model for model in self.models(category) if model.card.config.teacher == teacher), None)

    def is_ready(self, path: Path) -> bool:
        """Whether a model can answer at once: its teacher's weights, if it needs some, are on this machine.

        Raises:
            CheckpointError: The file is gone or damaged.
        """
        if _key(path) in self._detectors:
            return True
        card = read_card(path)
        teacher = card.config.teacher
        return teacher == "none" or self.fetcher.ready(teacher, card.teacher_fingerprint)

    def fetch_weights(self, path: Path) -> Fetch:
        """Begins to fetch the weights that a model needs, or tells how far that is.

        Raises:
            CheckpointError: The file is gone or damaged.
        """
        card = read_card(path)
        return self.fetcher.start(card.config.teacher, card.teacher_fingerprint)

    def await_weights(self, path: Path) -> None:
        """Blocks until a model can answer.

        Raises:
            CheckpointError: The file is gone or damaged.
            WeightsError: Its teacher's weights cannot be had.
        """
        if not self.is_ready(path):
            fetch = self.fetch_weights(path)
            self.fetcher.wait(fetch.teacher, fetch.expected)

    def detector(self, path: Path) -> Detector:
        """The detector of a checkpoint, from memory where it is there.

        Raises:
            CheckpointError: The file is gone or damaged.
            WeightsError: Its teacher's weights cannot be had.
        """
        key = _key(path)
        with self._lock:
            if key not in self._detectors:
                self._detectors[key] = self._load(path, key)
            self._detectors.move_to_end(key)
            while len(self._detectors) > CAPACITY:
                self._detectors.popitem(last=False)
            return self._detectors[key]

    def exact(self, path: Path) -> Detector:
        """The detector as PyTorch runs it: what is published must not hang on which engine is installed.

        Raises:
            CheckpointError: The file is gone or damaged.
            WeightsError: Its teacher's weights cannot be had.
        """
        found = self.detector(path)
        return found if found.engine.name == "torch" else type(found).load(path, self.settings)

    def _load(self, path: Path, key: tuple[Path, int]) -> Detector:
        """By the wished engine where the model is converted already; else by PyTorch, while it is converted beside the page."""
        from favae_demo.core.device import default_device
        from favae_demo.detection.detector import Detector  # torch: not before it is needed
        from favae_demo.detection.engines import choose
        from favae_demo.detection.engines.conversion import converted_folder

        device = default_device()
        engine = choose(self.settings.engine, device.type)
        if engine == "torch" or converted_folder(engine, path, self.settings.cache_dir).is_dir():
            return Detector.load(path, self.settings, device=device, engine=engine)
        found = Detector.load(path, self.settings, device=device)
        job = threading.Thread(target=self._convert, args=(engine, key), daemon=True)
        self._jobs.append(job)
        job.start()
        return found

    def await_engines(self) -> None:
        """Blocks until no model is being converted."""
        for job in list(self._jobs):
            job.join()

    def _convert(self, engine: str, key: tuple[Path, int]) -> None:
        from favae_demo.detection.detector import Detector
        from favae_demo.detection.engines.conversion import convert_in_subprocess

        try:
            with self._converting:  # one at a time: a conversion takes a core for some seconds
                convert_in_subprocess(engine, key[0], self.settings)
            faster = Detector.load(key[0], self.settings, engine=engine)
        except (FavaeError, OSError) as reason:  # PyTorch goes on answering
            log.warning("%s", reason)
            return
        with self._lock:
            if key in self._detectors:
                self._detectors[key] = faster


def _rank(model: Model) -> tuple[bool, bool, int, float]:
    shipped = model.path.parent == SHIPPED_CHECKPOINTS
    # A fresh copy of the project gives all its files the same time, so that says nothing of the shipped ones.
    config = model.card.config
    kind = (config.preset != "extended", BEST_FIRST.index(config.teacher)) if shipped else (False, 0)
    return shipped, *kind, -_changed(model.path)


def _changed(path: Path) -> float:
    """When a file was changed; never, if it is deleted at this moment."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _key(path: Path) -> tuple[Path, int]:
    try:
        return path, path.stat().st_mtime_ns
    except OSError as error:
        raise CheckpointError("This model has been deleted meanwhile; choose another.") from error


def _is_model(path: Path, runs: Path) -> bool:
    """In a run folder only the finished checkpoint counts, not the states beside it."""
    return runs not in path.parents or path.name == f"model{SUFFIX}"
