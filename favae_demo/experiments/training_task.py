"""Trainings that each produce one file: run once, resumed after an interruption, in this process or in a worker.

The file of a shipped model is a checkpoint, that of an ablation a few figures.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.settings import Settings
from favae_demo.data.catalog import data_dir_of
from favae_demo.runs.pipeline import run_training
from favae_demo.training.events import Event
from favae_demo.training.run_folder import RunFolder


@dataclass(frozen=True)
class TrainingTask:
    """One training and the file that it produces.

    Attributes:
        title: Name for display.
        kind: Sub-folder of the folder of runs, for the run while it lasts.
        category: Category to train on.
        config: Settings.
        target: The file. If it exists, nothing is trained.
        save_result: Writes the files from a finished run, each atomically; a worker must be able to import it.
        variants: Further files, from the same network with other scoring settings.
    """

    title: str
    kind: str
    category: str
    config: TrainConfig
    target: Path
    save_result: Callable[["TrainingTask", RunFolder, Settings], None]
    variants: tuple[tuple[Path, TrainConfig], ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether all files exist."""
        return all(target.is_file() for target in (self.target, *(path for path, _ in self.variants)))

    def absolute(self) -> "TrainingTask":
        """Returns the task with absolute paths, for a process with another working directory."""
        variants = tuple((path.absolute(), config) for path, config in self.variants)
        return replace(self, target=self.target.absolute(), variants=variants)

    def run_folder(self, runs_dir: Path) -> RunFolder:
        """Returns the folder of the run, which depends on the settings."""
        return RunFolder(runs_dir / self.kind / f"{self.target.stem}-{config_digest(self.config)}")


def config_digest(config: TrainConfig) -> str:
    """Returns eight hexadecimal digits that identify settings; fields of later versions with their default value do not change it."""
    defaults = TrainConfig().to_dict()
    changed = {name: value for name, value in config.to_dict().items() if value != defaults[name]}
    return hashlib.sha256(json.dumps(changed, sort_keys=True).encode()).hexdigest()[:8]


def merge_tasks(tasks: Iterable[TrainingTask]) -> list[TrainingTask]:
    """Merges tasks that need the same trained network and differ in their scoring settings only."""
    groups: dict[tuple[str, TrainConfig], list[TrainingTask]] = {}
    for task in tasks:
        groups.setdefault((task.category, task.config.network_config()), []).append(task)
    return [
        replace(first, variants=tuple((task.target, task.config) for task in others))
        for first, *others in groups.values()
    ]


def run_task(task: TrainingTask, settings: Settings) -> Iterator[Event]:
    """Trains, or resumes an interrupted training, and writes the files; the run folder is deleted afterwards.

    If two processes run the same task, one waits for the other and then finds it done.

    Raises:
        FavaeError: The data are missing, or the training failed.
    """
    folder = task.run_folder(settings.runs_dir)
    lock = folder.path.with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):  # the operating system releases it when the process dies
        if not task.is_done:
            yield from _train(task, folder, settings)
        with suppress(OSError):  # a process that waits for the lock, or creates it again, finds the files
            lock.unlink()


def complete_task(task: TrainingTask, settings: Settings) -> str:
    """Runs a task to its end without progress, in a worker process.

    Returns:
        Name of the file.
    """
    for _ in run_task(task, settings):
        pass
    return task.target.name


def _train(task: TrainingTask, folder: RunFolder, settings: Settings) -> Iterator[Event]:
    data_dir = data_dir_of(task.category, settings)
    if (folder.path / "config.json").exists() and folder.task().data_dir != data_dir.resolve():
        shutil.rmtree(folder.path)  # begun with the images of another folder
    if not (folder.path / "config.json").exists():
        folder.create(task.config, task.category, data_dir)
    folder.clear_stop()
    yield from run_training(folder, settings)
    task.save_result(task, folder, settings)
    shutil.rmtree(folder.path)
