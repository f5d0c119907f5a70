"""Trainings that each lead to one file: done once, resumed where a killed call left off, in this process or in a worker.

What a sweep is made of: the zoo's file is a model, an ablation's a few figures.
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
class Order:
    """One training and the file that it is for.

    Attributes:
        title: What it is called where people read.
        kind: Folder of its run within the folder of runs, while it lasts.
        category: On which images.
        config: Settings.
        target: The file; there once it is done, and then nothing is trained.
        keep: Makes the files out of the finished run, each whole or not at all; importable, as workers need it.
        also: Further files, of the same network judged by other settings.
    """

    title: str
    kind: str
    category: str
    config: TrainConfig
    target: Path
    keep: Callable[["Order", RunFolder, Settings], None]
    also: tuple[tuple[Path, TrainConfig], ...] = ()

    @property
    def done(self) -> bool:
        """Whether the files are there."""
        return all(target.is_file() for target in (self.target, *(path for path, _ in self.also)))

    def absolute(self) -> "Order":
        """The same, for a process that was started in another folder."""
        also = tuple((path.absolute(), config) for path, config in self.also)
        return replace(self, target=self.target.absolute(), also=also)

    def run(self, settings: Settings) -> RunFolder:
        """Folder of its run; with other settings it is another one."""
        return RunFolder(settings.runs_dir / self.kind / f"{self.target.stem}-{digest(self.config)}")


def digest(config: TrainConfig) -> str:
    """Eight letters that tell settings apart; settings that later versions add, and leave as they were, do not change it."""
    usual = TrainConfig().to_dict()
    own = {name: value for name, value in config.to_dict().items() if value != usual[name]}
    return hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:8]


def share(orders: Iterable[Order]) -> list[Order]:
    """One order for all that are after the same trained network, and only judge by other settings with it."""
    groups: dict[tuple[str, TrainConfig], list[Order]] = {}
    for order in orders:
        groups.setdefault((order.category, order.config.network_config()), []).append(order)
    return [
        replace(first, also=tuple((order.target, order.config) for order in others))
        for first, *others in groups.values()
    ]


def carry_out(order: Order, settings: Settings) -> Iterator[Event]:
    """Trains, or goes on where a killed call left off, and makes the file; the run is gone afterwards.

    Of two processes with the same order one waits, and finds it done.

    Raises:
        FavaeError: There are no such data, or the training failed.
    """
    folder = order.run(settings)
    lock = folder.path.with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):  # the system frees it when the process dies
        if not order.done:
            yield from _train(order, folder, settings)
        with suppress(OSError):  # whoever waits for it, or makes it anew, finds the file
            lock.unlink()


def carry_out_whole(order: Order, settings: Settings) -> str:
    """As `carry_out`, for a worker process that nobody watches.

    Returns:
        The file's name.
    """
    for _ in carry_out(order, settings):
        pass
    return order.target.name


def _train(order: Order, folder: RunFolder, settings: Settings) -> Iterator[Event]:
    data_dir = data_dir_of(order.category, settings.data_dir, settings.cache_dir)
    if (folder.path / "config.json").exists() and folder.task().data_dir != data_dir.resolve():
        shutil.rmtree(folder.path)  # begun with images of another folder
    if not (folder.path / "config.json").exists():
        folder.create(order.config, order.category, data_dir)
    folder.clear_stop()
    yield from run_training(folder, settings)
    order.keep(order, folder, settings)
    shutil.rmtree(folder.path)
