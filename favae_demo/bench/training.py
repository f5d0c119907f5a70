"""Benchmarks of training: a step of the reference code, and the stages of a quick training with the real loop."""

import math
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from favae_demo.bench.models import CATEGORY, good_images
from favae_demo.bench.reference import EPOCHS, IMAGES, ReferenceTraining, remaining_layers
from favae_demo.bench.timing import time_calls
from favae_demo.config.presets import make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.settings import Settings
from favae_demo.teacher.teacher import Teacher, load_teacher
from favae_demo.training.events import EpochDone, Event, Preparing, Snapshot, Started, StepDone
from favae_demo.training.loop import train
from favae_demo.training.run_folder import Recorder, RunFolder
from favae_demo.training.snapshots import SNAPSHOT_IMAGES
from favae_demo.training.views import Split, split_images, to_float, to_tensor

TEACHER = "vgg16"
GOOD = 120  # good images of the generated bottle
WARM_UP = 2  # steps that are not counted


def measure_reference(settings: Settings, batch: int, steps: int) -> dict[str, Any]:
    """Measures the seconds per step of the reference code."""
    config = make_config("paper", CATEGORY, teacher=TEACHER, batch_size=batch)
    teacher = load_teacher(TEACHER, settings.cache_dir, settings.teacher_dir, tap=config.tap)
    images = to_float(to_tensor(good_images(settings, batch, config.image_size)))
    teacher.fit_standardisation(images.split(16))
    reference = ReferenceTraining(config, teacher, remaining_layers(teacher))
    durations = time_calls(lambda: reference.step(images), steps, warm_up=1)
    return _speed(batch, durations.median) | {"steps_measured": steps}


def measure_quick(settings: Settings, share: float) -> dict[str, Any]:
    """Measures a quick training: seconds per step, and of the whole training as extrapolated from its first epoch.

    Args:
        settings: Folders.
        share: Share of the images and views that is prepared, in (0, 1]; the duration is scaled to all of them.
    """
    config = make_config("quick", CATEGORY, teacher=TEACHER)
    teacher = load_teacher(TEACHER, settings.cache_dir, settings.teacher_dir, tap=config.tap)
    images = good_images(settings, round(GOOD * share), config.image_size)
    fewer, split = replace(config, views=round(config.views * share)), split_images(images, config)
    with scratch_folder(settings) as scratch:
        times = time_training(fewer, split, teacher, scratch)
        again = time_training(fewer, split, teacher, scratch, most_steps=WARM_UP)
    return extrapolate(config, times, share) | {
        "preparation_again_seconds": round(again.preparation / share, 2)
    }


@contextmanager
def scratch_folder(settings: Settings) -> Iterator[Path]:
    """Yields an empty folder on the disk of the cache, where trainings store their features; deletes it afterwards."""
    settings.cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=settings.cache_dir) as scratch:
        yield Path(scratch)


@dataclass
class TrainingTimes:
    """Durations of the stages of a training, in seconds.

    Attributes:
        count: Number of training views.
        preparation: Views, the teacher's standardisation, and the teacher's features of all training and held-out views.
        steps: Each step after the warm-up.
        validation: Validation and saving, per epoch; 0 if no epoch was finished.
        snapshots: Sample reconstructions, per epoch.
    """

    count: int = 0
    preparation: float = 0.0
    steps: list[float] = field(default_factory=list)
    validation: float = 0.0
    snapshots: float = 0.0

    @property
    def step(self) -> float:
        """Median duration of a step."""
        return median(self.steps)


def time_training(
    config: TrainConfig, split: Split, teacher: Teacher | None, scratch: Path, most_steps: int = 0
) -> TrainingTimes:
    """Runs the real training for its first epoch, or for some steps, and measures its stages.

    Args:
        config: Settings.
        split: Good images.
        teacher: The frozen teacher or None.
        scratch: Folder for the run and, in place of the app's cache, for the features.
        most_steps: Number of steps; 0 stops after the first epoch.
    """
    times, mark = TrainingTimes(), time.perf_counter()
    before: Event | None = None
    with tempfile.TemporaryDirectory(dir=scratch) as run:
        events = _recorded(config, split, teacher, RunFolder(Path(run)), scratch)
        for event in events:
            now = time.perf_counter()
            _add_duration(times, event, before, now - mark)
            mark, before = now, event
            if isinstance(event, StepDone) and (event.epoch > 1 or event.step == most_steps):
                break
        events.close()
    return times


def extrapolate(config: TrainConfig, times: TrainingTimes, share: float = 1.0) -> dict[str, Any]:
    """Returns the durations of a whole training, from measured stages in which `share` of the images were prepared."""
    per_epoch = max(1, round(times.count / share) // config.batch_size)
    steps = min(config.epochs * per_epoch, config.max_steps or math.inf)
    epochs = math.ceil(steps / per_epoch)
    seconds = {
        "preparation_seconds": times.preparation / share,
        "steps_seconds": steps * times.step,
        "validation_and_saving_seconds": epochs * times.validation / share,
        "snapshots_seconds": epochs * times.snapshots,
    }
    whole = {name: round(value, 2) for name, value in seconds.items()}
    return (
        _speed(config.batch_size, times.step)
        | {"steps_measured": len(times.steps), "steps": steps, "epochs": epochs}
        | whole
        | {"run_seconds": round(sum(seconds.values()), 2)}
    )


def ratios(reference: dict[str, Any], quick: dict[str, Any]) -> dict[str, float]:
    """Returns the ratios of the reference's cost to that of the preset `quick`, per image in a step and for the whole training."""
    cost = 1 / reference["pictures_per_second"]
    return {
        "training_step_ratio": round(cost * quick["pictures_per_second"], 2),
        "training_cost_ratio": round(cost * EPOCHS * IMAGES / quick["run_seconds"], 1),
    }


def _recorded(
    config: TrainConfig, split: Split, teacher: Teacher | None, folder: RunFolder, cache_dir: Path
) -> Generator[Event, None, None]:
    """Yields the events of a training that is recorded and can be stopped, as in the app."""
    record, samples = Recorder(folder), {"more pictures": split.train[:SNAPSHOT_IMAGES]}
    stop = folder.stop_requested
    for event in train(
        config, CATEGORY, split, teacher, folder, samples=samples, stop=stop, cache_dir=cache_dir
    ):
        record(event)
        yield event


def _add_duration(times: TrainingTimes, event: Event, before: Event | None, seconds: float) -> None:
    if isinstance(event, Started):
        times.count = event.views
    if isinstance(event, Started | Preparing):
        times.preparation += seconds
    elif isinstance(event, StepDone) and isinstance(before, StepDone) and event.step > WARM_UP:
        times.steps.append(seconds)
    elif isinstance(event, EpochDone):
        times.validation += seconds
    elif isinstance(event, Snapshot):
        times.snapshots += seconds


def _speed(batch: int, seconds: float) -> dict[str, Any]:
    return {
        "batch": batch,
        "seconds_per_step": round(seconds, 4),
        "pictures_per_second": round(batch / seconds, 3),
    }
