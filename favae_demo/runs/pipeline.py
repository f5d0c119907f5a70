"""One whole run: from a run folder's task to a calibrated and measured checkpoint."""

import contextlib
import json
import logging
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from favae_demo import __version__
from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.checkpoint import Checkpoint, save_checkpoint, write_metrics
from favae_demo.checkpoints.weight_format import pack, unpack
from favae_demo.config.methods import METHODS
from favae_demo.config.presets import INSTANT, make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.device import default_device, release_memory
from favae_demo.core.errors import FavaeError, TrainingError
from favae_demo.core.settings import Settings
from favae_demo.data.io.image_cache import cached_images
from favae_demo.data.io.levels import Levels
from favae_demo.data.library.category_levels import category_levels
from favae_demo.data.library.feedback import with_marked
from favae_demo.data.mvtec import Category, load_category, require_training
from favae_demo.detection.calibration.calibrate import synthetic_auroc
from favae_demo.evaluation.protocol import evaluate
from favae_demo.model.network import MethodNetwork
from favae_demo.model.networks import build_network
from favae_demo.runs.adapted import adapted
from favae_demo.runs.failures import BUG, user_error
from favae_demo.runs.finishing import calibrated_detector, data_note
from favae_demo.runs.inspection import find_suspects, good_images
from favae_demo.scoring.suspects import Suspect
from favae_demo.teacher.teacher import Teacher, load_teacher
from favae_demo.training.events import Event, Failed, Finished, FirstModel, Preparing, Started
from favae_demo.training.loop import train
from favae_demo.training.run_folder import Recorder, RunFolder
from favae_demo.training.snapshots import SNAPSHOT_IMAGES
from favae_demo.training.state import load_tensors
from favae_demo.training.views import split_images

log = logging.getLogger(__name__)


def run_training(
    folder: RunFolder,
    settings: Settings,
    *,
    measure: bool = True,
    first: bool = False,
    stop: Callable[[], bool] | None = None,
) -> Iterator[Event]:
    """Runs or resumes the training of a run folder; every event is recorded there and yielded.

    Args:
        folder: A run folder with its task.
        settings: Folders of weights and caches.
        measure: Whether the finished model is measured on the category's test images.
        first: Whether the training begins with a model of the preset `instant`, which serves until the better one replaces it.
        stop: Called before every batch; by default the folder's stop request.

    Raises:
        FavaeError: The run cannot go on; a `Failed` event was recorded and yielded before.
    """
    record = Recorder(folder)
    try:
        beginning = _first_model(folder, settings, stop or folder.stop_requested) if first else ()
        for event in chain(beginning, _run(folder, settings, measure, stop or folder.stop_requested)):
            record(event)
            yield event
    except Exception as error:
        failure = user_error(error)
        _record_if_possible(record, Failed(str(failure or BUG)))
        yield Failed(str(failure or BUG))
        if failure is None:
            raise
        raise failure from error


def _first_model(folder: RunFolder, settings: Settings, stop: Callable[[], bool]) -> Iterator[Event]:
    """Makes the model of the preset `instant` in a folder of its own, and puts it where the run's model will be.

    A reason why there can be none, such as too few images, is left to the training itself, which meets it too, or does without.
    """
    config, name, data_dir, exclude = folder.task()
    if config.preset == INSTANT.preset or folder.model.exists():
        return
    start, own = time.monotonic(), RunFolder(folder.path / ".first")
    shutil.rmtree(own.path, ignore_errors=True)  # of a process that was killed
    try:
        own.create(
            make_config(INSTANT.preset, name, seed=config.seed), name, data_dir, exclude, folder.marks_dir()
        )
        for _ in _run(own, settings, measure=False, stop=stop):
            if stop():
                return
        own.model.replace(folder.model)
    except FavaeError as error:
        log.warning("there is no first model: %s", error)
        return
    finally:
        shutil.rmtree(own.path, ignore_errors=True)
    yield FirstModel(str(folder.model), time.monotonic() - start)


def _run(folder: RunFolder, settings: Settings, measure: bool, stop: Callable[[], bool]) -> Iterator[Event]:
    config, name, _, _ = folder.task()
    category = _category(folder)
    require_training(category)
    teacher = yield from _load_teacher(config, settings)
    cache = settings.cache_dir
    levels = category_levels(category, cache)
    config = adapted(config, category, cache, levels)
    images = good_images(category, config, cache, levels)
    suspects: tuple[Suspect, ...] = ()
    if config.preset != INSTANT.preset:  # the look takes as long as the answer in seconds itself
        yield Preparing("suspects", 0, 1)
        suspects = find_suspects(category, images, config, settings)
    split = split_images(images, config)
    del images  # the split holds copies, and hundreds take as many megabytes
    release_memory()
    samples = _samples(category, config, cache, levels)
    reason = yield from train(
        config,
        name,
        split,
        teacher,
        folder,
        samples=samples,
        stop=stop,
        device=default_device(),
        cache_dir=cache,
    )
    release_memory()
    weights = _load_best(folder, config, teacher)
    model = _rebuild(weights, config, teacher)
    start = time.monotonic()
    detector = calibrated_detector(model, teacher, split, config, category, levels, suspects)
    if not detector.calibration.is_finite:
        raise TrainingError(
            "The trained model gives no numbers for good parts. Start it anew with a lower learning rate."
        )
    training = _summary(folder, reason)
    if not METHODS[config.method].learns:  # the calibration is where it learns
        training["seconds"] += time.monotonic() - start
    card = Card(
        name,
        config,
        teacher.fingerprint if teacher else "",
        teacher.source if teacher else "",
        tuple(teacher.channels) if teacher else (),
        detector.calibration,
        data_note(category, split, levels),
        training,
        version=__version__,
    )
    save_checkpoint(folder.model, Checkpoint(card, weights, teacher.standardisation() if teacher else {}))
    metrics = {}
    if measure and category.test:
        measured = evaluate(detector, category, cache_dir=cache)
        metrics = measured.to_dict() | {"data": card.data["source"]}
        training["milliseconds"] = measured.milliseconds
        write_metrics(folder.model, metrics, training)
    folder.clear_stop()
    yield Finished(
        str(folder.model), training["seconds"], training["steps"], training["epochs"], reason, metrics
    )


def _load_teacher(config: TrainConfig, settings: Settings) -> Generator[Event, None, Teacher | None]:
    if config.teacher == "none":
        return None
    yield Preparing("teacher weights", 0, 1)
    teacher = load_teacher(config.teacher, settings.cache_dir, settings.teacher_dir, tap=config.tap)
    yield Preparing("teacher weights", 1, 1)
    return teacher


def reevaluate(folder: RunFolder, config: TrainConfig, settings: Settings) -> dict[str, Any]:
    """Returns the metrics of a finished run under other scoring settings, without training it again; `synthetic_auroc` is among them.

    Args:
        folder: The run.
        config: The settings of its training, except for settings of `train_config.SCORING_SETTINGS`.
        settings: Folders of weights and caches.

    Raises:
        FavaeError: Its images or the teacher's weights are gone.
    """
    category, cache = _category(folder), settings.cache_dir
    levels = category_levels(category, cache)
    config = adapted(config, category, cache, levels)
    teacher = None
    if config.teacher != "none":
        teacher = load_teacher(config.teacher, settings.cache_dir, settings.teacher_dir, tap=config.tap)
    model = _rebuild(_load_best(folder, config, teacher), config, teacher)
    images = good_images(category, config, cache, levels)
    split = split_images(images, config)
    detector = calibrated_detector(
        model, teacher, split, config, category, levels, find_suspects(category, images, config, settings)
    )
    auroc = synthetic_auroc(
        model,
        teacher,
        split.held_out,
        config,
        default_device(),
        trained_on=split.train,
        reference=split.reference,
    )
    return evaluate(detector, category, cache_dir=cache).to_dict() | {"synthetic_auroc": auroc}


def _category(folder: RunFolder) -> Category:
    """Returns the category that a run trains on, with the marked images where the run was started with them."""
    _, name, data_dir, exclude = folder.task()
    category, marks = load_category(data_dir, name), folder.marks_dir()
    return (category if marks is None else with_marked(category, marks)).without(exclude)


def _load_best(folder: RunFolder, config: TrainConfig, teacher: Teacher | None) -> dict[str, Tensor]:
    """Returns the best weights as the checkpoint stores them, and loads the training's standardisation into the teacher."""
    tensors, _ = load_tensors(folder.best)
    weights = {
        name.removeprefix("model."): value for name, value in tensors.items() if name.startswith("model.")
    }
    if teacher is not None:
        standard = {
            name.removeprefix("teacher."): value
            for name, value in tensors.items()
            if name.startswith("teacher.")
        }
        teacher.load_standardisation(standard)
    return pack(weights, config.weight_bits)


def _rebuild(weights: dict[str, Tensor], config: TrainConfig, teacher: Teacher | None) -> MethodNetwork:
    """Returns the network with weights as rounded in its checkpoint, so that calibration and every later use agree."""
    model = build_network(config, teacher.channels if teacher else ())
    model.load_state_dict(unpack(weights))
    return model.eval()


def _samples(
    category: Category, config: TrainConfig, cache_dir: Path, levels: Levels | None
) -> dict[str, np.ndarray]:
    """Returns a few test images with defects of different kinds, used in snapshots only."""
    defective = [sample for sample in category.test if not sample.is_good]
    step = max(1, len(defective) // SNAPSHOT_IMAGES)
    chosen = defective[::step][:SNAPSHOT_IMAGES]
    if not chosen:
        return {}
    paths = [sample.path for sample in chosen]
    images = cached_images(paths, config.shape, category.name, cache_dir, levels)
    return {"test pictures with defects": images}


def _summary(folder: RunFolder, reason: str) -> dict[str, Any]:
    """Returns what a card says of the training; `total_steps` tells how many it would have had if nobody had stopped it."""
    # A first model, which serves while a better one is trained, records no events.
    started = next((event for event in reversed(folder.events()) if isinstance(event, Started)), None)
    _, metadata = load_tensors(folder.last)
    progress = json.loads(metadata["progress"])
    return {
        "seconds": progress["seconds"],
        "steps": progress["step"],
        "total_steps": started.total_steps if started else progress["step"],
        "epochs": progress["epoch"],
        "stopped_because": reason,
    }


def _record_if_possible(record: Recorder, event: Event) -> None:
    """Records an event unless the disk is full."""
    with contextlib.suppress(OSError):
        record(event)
