"""The shipped models: made one after another, resumably, and listed with their measured figures."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from favae_demo.checkpoints import SUFFIX, list_checkpoints
from favae_demo.data.sources import data_dir_of
from favae_demo.files import atomic_path, write_json
from favae_demo.presets import REPORT_TEACHERS, make_config
from favae_demo.settings import Settings
from favae_demo.training.events import Event
from favae_demo.training.run import run_training
from favae_demo.training.run_folder import RunFolder

CATEGORIES = ("bottle", "pill", "screw", "toothbrush", "grid")
ALL_CATEGORIES = (*CATEGORIES, *(f"sample_{name}" for name in CATEGORIES))
INDEX = "index.json"
Task = tuple[str, str]
"""Category and teacher."""


def tasks(
    categories: Sequence[str] = ALL_CATEGORIES, teachers: Sequence[str] = REPORT_TEACHERS
) -> list[Task]:
    """What is to be made, in order."""
    return [(category, teacher) for category in categories for teacher in teachers]


def missing(wanted: Sequence[Task], out: Path, preset: str) -> list[Task]:
    """Those of `wanted` whose model is not in the folder yet."""
    return [task for task in wanted if not _target(task, out, preset).is_file()]


def make(task: Task, settings: Settings, out: Path, preset: str, seed: int) -> Iterator[Event]:
    """Trains one model, or goes on with it where a killed call left off, and puts it into the folder.

    Raises:
        FavaeError: There are no such data, or the training failed.
    """
    category, teacher = task
    target = _target(task, out, preset)
    folder = RunFolder(settings.runs_dir / "zoo" / f"{target.stem}-{seed}")
    if not (folder.path / "config.json").exists():
        config = make_config(preset, category, teacher=teacher, seed=seed)
        folder.create(config, category, data_dir_of(category, settings))
    folder.clear_stop()
    yield from run_training(folder, settings)
    with atomic_path(target) as temporary:
        shutil.copy(folder.model, temporary)
    shutil.rmtree(folder.path)


def make_whole(task: Task, settings: Settings, out: Path, preset: str, seed: int) -> str:
    """As `make`, for a worker process that nobody watches; of two with the same task one waits, and finds it done.

    Returns:
        The file's name.
    """
    target = _target(task, out, preset)
    lock = settings.runs_dir / "zoo" / f"{target.stem}-{seed}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):  # the system frees it when the process dies
        if not target.is_file():
            for _ in make(task, settings, out, preset, seed):
                pass
        with suppress(OSError):  # whoever waits for it, or makes it anew, finds the model
            lock.unlink()
    return target.name


def index(out: Path) -> list[dict[str, Any]]:
    """Describes every model of a folder by its card, and writes that into `index.json` there."""
    rows = []
    for path, card in list_checkpoints(out).items():
        row = {"file": path.name, "bytes": path.stat().st_size, "category": card.category}
        row |= {"teacher": card.config.teacher, "preset": card.config.preset, "seed": card.config.seed}
        row |= {"data": card.data, "training": card.training, "metrics": card.metrics}
        rows.append(row)
    write_json(out / INDEX, rows)
    return rows


def _target(task: Task, out: Path, preset: str) -> Path:
    return out / f"{task[0]}-{task[1]}-{preset}{SUFFIX}"
