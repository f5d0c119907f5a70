"""Training: a step of the reference's recipe, and the parts of a quick training by the real loop."""

import math
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from favae_demo.bench.models import CATEGORY, good_images
from favae_demo.bench.reference import EPOCHS, IMAGES, Reference, rest_of
from favae_demo.bench.timing import repeat
from favae_demo.config.presets import make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.settings import Settings
from favae_demo.teacher.teacher import Teacher, load_teacher
from favae_demo.training.events import EpochDone, Event, Preparing, Snapshot, Started, StepDone
from favae_demo.training.loop import SNAPSHOT_IMAGES, train
from favae_demo.training.run_folder import Recorder, RunFolder
from favae_demo.training.views import Split, split_images, to_float, to_tensor

TEACHER = "vgg16"
GOOD = 120  # good images of the generated bottle
WARM_UP = 2  # steps that do not count


def measure_reference(settings: Settings, batch: int, steps: int) -> dict[str, Any]:
    """Seconds a step of the reference's recipe."""
    config = make_config("paper", CATEGORY, teacher=TEACHER, batch_size=batch)
    teacher = load_teacher(TEACHER, settings.cache_dir, settings.teacher_dir, tap=config.tap)
    images = to_float(to_tensor(good_images(settings, batch, config.image_size)))
    teacher.fit_standardisation(images.split(16))
    reference = Reference(config, teacher, rest_of(teacher))
    times = repeat(lambda: reference.step(images), steps, warm_up=1)
    return _speed(batch, times.median) | {"steps_measured": steps}


def measure_quick(settings: Settings, share: float) -> dict[str, Any]:
    """Seconds a step and of the whole of a quick training, composed of the parts that its first epoch shows.

    Args:
        settings: Folders.
        share: Part of the images and views that is prepared; what preparing takes is scaled up to all of them.
    """
    config = make_config("quick", CATEGORY, teacher=TEACHER)
    teacher = load_teacher(TEACHER, settings.cache_dir, settings.teacher_dir, tap=config.tap)
    images = good_images(settings, round(GOOD * share), config.image_size)
    less, split = replace(config, views=round(config.views * share)), split_images(images, config)
    with scratch_folder(settings) as scratch:
        parts = run_parts(less, split, teacher, scratch)
        again = run_parts(less, split, teacher, scratch, most_steps=WARM_UP)
    return compose(config, parts, share) | {"preparation_again_seconds": round(again.preparation / share, 2)}


@contextmanager
def scratch_folder(settings: Settings) -> Iterator[Path]:
    """An empty folder on the disk where trainings keep their features, for the time of a measurement."""
    settings.cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=settings.cache_dir) as scratch:
        yield Path(scratch)


@dataclass
class Parts:
    """Seconds of the parts of a training.

    Attributes:
        count: Views to train on.
        preparation: Making the views, fitting the teacher's standardisation, and the teacher's features of all views, training and
            held-out ones.
        steps: Of each step after the warm-up.
        validation: Validating on the held-out images and saving, once an epoch; 0 if no epoch was finished.
        snapshots: Sample reconstructions, once an epoch.
    """

    count: int = 0
    preparation: float = 0.0
    steps: list[float] = field(default_factory=list)
    validation: float = 0.0
    snapshots: float = 0.0

    @property
    def step(self) -> float:
        """The median step."""
        return median(self.steps)


def run_parts(
    config: TrainConfig, split: Split, teacher: Teacher | None, scratch: Path, most_steps: int = 0
) -> Parts:
    """Runs the real training until its first epoch has ended, or for some steps, and times its parts.

    Args:
        config: Settings.
        split: Good images.
        teacher: The frozen teacher or None.
        scratch: Stands in for the app's cache, where features are kept, and holds the run.
        most_steps: Where to stop; 0 stops after the first epoch.
    """
    parts, mark, before = Parts(), time.perf_counter(), None
    with tempfile.TemporaryDirectory(dir=scratch) as run:
        events = _recorded(config, split, teacher, RunFolder(Path(run)), scratch)
        for event in events:
            now = time.perf_counter()
            _count(parts, event, before, now - mark)
            mark, before = now, event
            if isinstance(event, StepDone) and (event.epoch > 1 or event.step == most_steps):
                break
        events.close()
    return parts


def compose(config: TrainConfig, parts: Parts, share: float = 1.0) -> dict[str, Any]:
    """The whole training of a config out of its measured parts, of which `share` of the images were prepared."""
    per_epoch = max(1, round(parts.count / share) // config.batch_size)
    steps = min(config.epochs * per_epoch, config.max_steps or math.inf)
    epochs = math.ceil(steps / per_epoch)
    seconds = {
        "preparation_seconds": parts.preparation / share,
        "steps_seconds": steps * parts.step,
        "validation_and_saving_seconds": epochs * parts.validation / share,
        "snapshots_seconds": epochs * parts.snapshots,
    }
    whole = {name: round(value, 2) for name, value in seconds.items()}
    return (
        _speed(config.batch_size, parts.step)
        | {"steps_measured": len(parts.steps), "steps": steps, "epochs": epochs}
        | whole
        | {"run_seconds": round(sum(seconds.values()), 2)}
    )


def ratios(reference: dict[str, Any], quick: dict[str, Any]) -> dict[str, float]:
    """Cost of an image in a step, and of the whole schedule, reference to quick."""
    cost = 1 / reference["pictures_per_second"]
    return {
        "training_step_ratio": round(cost * quick["pictures_per_second"], 2),
        "training_cost_ratio": round(cost * EPOCHS * IMAGES / quick["run_seconds"], 1),
    }


def _recorded(
    config: TrainConfig, split: Split, teacher: Teacher | None, folder: RunFolder, cache_dir: Path
) -> Iterator[Event]:
    """The events of a training that records them and asks whether to stop, as a real one does."""
    record, samples = Recorder(folder), {"more pictures": split.train[:SNAPSHOT_IMAGES]}
    stop = folder.stop_requested
    for event in train(
        config, CATEGORY, split, teacher, folder, samples=samples, stop=stop, cache_dir=cache_dir
    ):
        record(event)
        yield event


def _count(parts: Parts, event: Event, before: Event | None, seconds: float) -> None:
    if isinstance(event, Started):
        parts.count = event.views
    if isinstance(event, Started | Preparing):
        parts.preparation += seconds
    elif isinstance(event, StepDone) and isinstance(before, StepDone) and event.step > WARM_UP:
        parts.steps.append(seconds)
    elif isinstance(event, EpochDone):
        parts.validation += seconds
    elif isinstance(event, Snapshot):
        parts.snapshots += seconds


def _speed(batch: int, seconds: float) -> dict[str, Any]:
    return {
        "batch": batch,
        "seconds_per_step": round(seconds, 4),
        "pictures_per_second": round(batch / seconds, 3),
    }
