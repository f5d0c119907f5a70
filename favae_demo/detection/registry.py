"""The available models, and a cache of loaded detectors."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.checkpoint import SUFFIX, list_checkpoints, read_card
from favae_demo.config.variants import TEACHERS, VARIANT_TITLES
from favae_demo.core.errors import CheckpointError, FavaeError
from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings
from favae_demo.data.io.levels import Levels
from favae_demo.data.library.store import other_images_note
from favae_demo.teacher.weight_fetcher import Fetch, Fetcher

if TYPE_CHECKING:
    from favae_demo.detection.detector import Detector

log = logging.getLogger(__name__)
BEST_FIRST = (*TEACHERS[1:], "none", *(name for name in VARIANT_TITLES if name not in TEACHERS))
CONVERSION = "model conversion"  # name of the threads that convert models
CAPACITY = 6  # detectors in memory; a compact one takes about 60 MB with its teacher


@dataclass(frozen=True)
class Model:
    """A usable model: its file and its card."""

    path: Path
    card: Card


class Registry:
    """Finds models among the shipped ones, the user's and those of finished runs, and loads them; one for each process.

    Args:
        settings: Folders and the wanted engine.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self.fetcher = Fetcher(settings.cache_dir, settings.teacher_dir)
        self._detectors: OrderedDict[tuple[Path, int], Detector] = OrderedDict()
        self._lock, self._converting = threading.Lock(), threading.Lock()

    def models(self, category: str | None = None) -> list[Model]:
        """Returns the usable models of a category, or of all, best kind first.

        Of one kind those trained here come first, the newest before the others, then the shipped one; what somebody stopped early comes last.
        """
        runs = self.settings.runs_dir
        finished = sorted(runs.glob(f"*/model{SUFFIX}")) if runs.is_dir() else []
        folders = [SHIPPED_CHECKPOINTS, self.settings.checkpoint_dir, *(path.parent for path in finished)]
        cards = list_checkpoints(*folders)
        usable = [
            Model(path, card)
            for path, card in cards.items()
            if _is_model(path, runs)
            and (category is None or (card.category == category and self._fits(card)))
        ]
        return sorted(usable, key=_rank)

    def _fits(self, card: Card) -> bool:
        """Whether a model is one of the pictures that the data folder holds under its name; also where it holds none."""
        return not other_images_note(card.data.get("source", ""), card.category, self.settings.data_dir)

    def newest(self, category: str, variant: str) -> Model | None:
        """Returns the first of `models` with this category and variant (see `TrainConfig.variant`), or None."""
        return next((model for model in self.models(category) if model.card.config.variant == variant), None)

    def levels(self, path: Path) -> Levels:
        """Returns the black and white level that a model reads images of more than 8 bits with.

        Raises:
            CheckpointError: The file has been deleted or is damaged.
        """
        _key(path)  # raises if it is gone
        return read_card(path).levels

    def is_ready(self, path: Path) -> bool:
        """Returns whether a model can be used at once, because its teacher's weights, if it needs any, are on this machine.

        Raises:
            CheckpointError: The file has been deleted or is damaged.
        """
        if _key(path) in self._detectors:
            return True
        card = read_card(path)
        teacher = card.config.teacher
        return teacher == "none" or self.fetcher.ready(teacher, card.teacher_fingerprint)

    def fetch_weights(self, path: Path) -> Fetch:
        """Starts the download of the teacher weights that a model needs, or returns the state of the one in progress.

        Raises:
            CheckpointError: The file is gone or damaged.
        """
        card = read_card(path)
        return self.fetcher.start(card.config.teacher, card.teacher_fingerprint)

    def await_weights(self, path: Path) -> None:
        """Blocks until a model can be used.

        Raises:
            CheckpointError: The file is gone or damaged.
            WeightsError: Its teacher's weights cannot be had.
        """
        if not self.is_ready(path):
            fetch = self.fetch_weights(path)
            self.fetcher.wait(fetch.teacher, fetch.expected)

    def detector(self, path: Path) -> Detector:
        """Returns the detector of a model file, from memory if it is loaded already.

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

    def torch_detector(self, path: Path) -> Detector:
        """Returns the detector, run by PyTorch: published metrics must not depend on the installed engines.

        Raises:
            CheckpointError: The file has been deleted or is damaged.
            WeightsError: The teacher's weights are not available.
        """
        detector = self.detector(path)
        return detector if detector.engine.name == "torch" else type(detector).load(path, self.settings)

    def _load(self, path: Path, key: tuple[Path, int]) -> Detector:
        """Loads a model for the wanted engine if it is converted already; else for PyTorch, while a thread converts it and, for `auto`, measures."""
        from favae_demo.core.device import default_device
        from favae_demo.detection.detector import Detector  # torch: not before it is needed
        from favae_demo.detection.engines import AUTO, choose, fastest
        from favae_demo.detection.engines.conversion import converted_folder

        device, cache = default_device(), self.settings.cache_dir
        engine = choose(self.settings.engine, device.type)
        ready = fastest.known(path, cache) if engine == AUTO else engine
        if ready == "torch" or (ready and converted_folder(ready, path, cache).is_dir()):
            return Detector.load(path, self.settings, device=device, engine=ready)
        detector = Detector.load(path, self.settings, device=device)
        threading.Thread(target=self._convert, args=(engine, key), name=CONVERSION, daemon=True).start()
        return detector

    def _convert(self, engine: str, key: tuple[Path, int]) -> None:
        from favae_demo.detection.detector import Detector
        from favae_demo.detection.engines import AUTO, fastest
        from favae_demo.detection.engines.conversion import convert_in_subprocess

        path, cache = key[0], self.settings.cache_dir

        def convert(name: str) -> None:
            convert_in_subprocess(name, path, cache, self.settings.teacher_dir)

        try:
            with self._converting:  # one at a time: a conversion takes a core for some seconds
                if engine != AUTO:
                    convert(engine)
                elif not fastest.known(path, cache):
                    fastest.convert_all(convert, path, cache)
                    fastest.measure(Detector.load(path, self.settings).graph, path, cache)
            faster = Detector.load(path, self.settings, engine=engine)
        except (FavaeError, OSError) as reason:  # PyTorch continues to run the model
            log.warning("%s", reason)
            return
        with self._lock:
            if key in self._detectors:
                self._detectors[key] = faster


def _rank(model: Model) -> tuple[bool, bool, int, bool, float]:
    config, shipped = model.card.config, model.path.parent == SHIPPED_CHECKPOINTS
    return (
        model.card.is_stopped,
        config.preset != "extended",
        BEST_FIRST.index(config.variant),
        shipped,
        -_changed(model.path),
    )


def _changed(path: Path) -> float:
    """Returns the modification time of a file, in seconds; 0 if it has just been deleted."""
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
    """Returns whether a file is a finished model, and not another file of a run folder."""
    return runs not in path.parents or path.name == f"model{SUFFIX}"
