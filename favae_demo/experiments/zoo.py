"""The shipped models: what is to be trained for them, and their list with the measured figures."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from favae_demo.checkpoints.checkpoint import SUFFIX, list_checkpoints
from favae_demo.config.presets import make_config
from favae_demo.config.train_config import REPORT_TEACHERS
from favae_demo.core.files import atomic_path, write_json
from favae_demo.core.settings import Settings
from favae_demo.experiments.training_task import Order
from favae_demo.training.run_folder import RunFolder

CATEGORIES = ("bottle", "pill", "screw", "toothbrush", "grid")
ALL_CATEGORIES = (*CATEGORIES, *(f"sample_{name}" for name in CATEGORIES))
INDEX = "index.json"
KIND = "zoo"
WEIGHT_BITS = 8  # all forty have to fit into 100 MB


def orders(
    out: Path,
    preset: str = "quick",
    seed: int = 0,
    categories: Sequence[str] = ALL_CATEGORIES,
    teachers: Sequence[str] = REPORT_TEACHERS,
) -> list[Order]:
    """What is to be made for a folder, in order; those that are there are `done`."""
    return [
        Order(
            f"{category} {teacher}",
            KIND,
            category,
            make_config(preset, category, teacher=teacher, seed=seed, weight_bits=WEIGHT_BITS),
            out / f"{category}-{teacher}-{preset}{SUFFIX}",
            keep_model,
        )
        for category in categories
        for teacher in teachers
    ]


def keep_model(order: Order, folder: RunFolder, _: Settings) -> None:
    """Puts a run's model into its place."""
    with atomic_path(order.target) as temporary:
        shutil.copy(folder.model, temporary)


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
