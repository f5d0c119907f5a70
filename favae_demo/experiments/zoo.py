"""The shipped models: their training tasks, and an index with the measured figures."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from favae_demo.checkpoints.checkpoint import SUFFIX, list_checkpoints
from favae_demo.config.presets import METHOD_PRESETS, make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.config.variants import REPORT_TEACHERS
from favae_demo.core.files import atomic_path, write_json
from favae_demo.core.settings import Settings
from favae_demo.experiments.training_task import TrainingTask
from favae_demo.training.run_folder import RunFolder

CATEGORIES = ("bottle", "pill", "screw", "toothbrush", "grid")
ALL_CATEGORIES = (*CATEGORIES, *(f"sample_{name}" for name in CATEGORIES))
INDEX = "index.json"
KIND = "zoo"
WEIGHT_BITS = 8  # so that all models fit into 100 MB


def training_tasks(
    out: Path,
    preset: str = "quick",
    seed: int = 0,
    categories: Sequence[str] = ALL_CATEGORIES,
    teachers: Sequence[str] = REPORT_TEACHERS,
) -> list[TrainingTask]:
    """Returns the tasks for all models of a folder, one per category and teacher."""
    return [
        _task(
            out, category, make_config(preset, category, teacher=teacher, seed=seed, weight_bits=WEIGHT_BITS)
        )
        for category in categories
        for teacher in teachers
    ]


def method_tasks(
    out: Path, methods: Sequence[str], seed: int = 0, categories: Sequence[str] = ALL_CATEGORIES
) -> list[TrainingTask]:
    """Returns the tasks that compare methods, one per category and method, each with the method's own preset and teacher.

    Args:
        out: Folder of the models.
        methods: Keys of `presets.METHOD_PRESETS`.
        seed: Seed of the trainings.
        categories: Categories to train on.
    """
    return [
        _task(
            out, category, make_config(METHOD_PRESETS[method], category, seed=seed, weight_bits=WEIGHT_BITS)
        )
        for category in categories
        for method in methods
    ]


def _task(out: Path, category: str, config: TrainConfig) -> TrainingTask:
    title, file = f"{category} {config.variant}", f"{category}-{config.name}{SUFFIX}"
    return TrainingTask(title, KIND, category, config, out / file, save_model)


def save_model(task: TrainingTask, folder: RunFolder, _: Settings) -> None:
    """Copies the model of a finished run to the task's target."""
    with atomic_path(task.target) as temporary:
        shutil.copy(folder.model, temporary)


def write_index(out: Path) -> list[dict[str, Any]]:
    """Writes `index.json` with the card of every model in a folder, and returns its rows."""
    rows = []
    for path, card in list_checkpoints(out).items():
        row = {"file": path.name, "bytes": path.stat().st_size, "category": card.category}
        row |= {"teacher": card.config.teacher, "preset": card.config.preset, "seed": card.config.seed}
        row |= {"method": card.config.method, "name": card.config.name}
        row |= {"data": card.data, "training": card.training, "metrics": card.metrics}
        rows.append(row)
    write_json(out / INDEX, rows)
    return rows
