"""The command line's `zoo`: makes the shipped models, here or on a cluster."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from favae_demo.cli import task_options
from favae_demo.config.presets import PRESETS
from favae_demo.config.train_config import REPORT_TEACHERS, TEACHERS
from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `zoo` takes."""
    parser.add_argument(
        "--out",
        type=Path,
        default=SHIPPED_CHECKPOINTS,
        help="folder of the models (default: the shipped ones)",
    )
    parser.add_argument(
        "--data", type=Path, help="folder with one sub-folder a category (default: FAVAE_DATA_DIR)"
    )
    parser.add_argument(
        "--categories", nargs="+", metavar="C", help="default: five of MVTec AD and five generated ones"
    )
    parser.add_argument("--teachers", nargs="+", choices=TEACHERS, default=list(REPORT_TEACHERS))
    parser.add_argument("--preset", default="quick", choices=list(PRESETS))
    parser.add_argument("--seed", type=int, default=0)
    task_options.add_arguments(parser)


def zoo(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Makes the models that are not in a folder yet, goes on where a killed call left off, and lists them with their figures."""
    from favae_demo.experiments import zoo as made

    settings = replace(settings, data_dir=options.data or settings.data_dir)
    categories = options.categories or made.ALL_CATEGORIES
    orders = made.orders(options.out, options.preset, options.seed, categories, options.teachers)
    outcomes = task_options.train_all(orders, options, settings)
    rows = made.index(options.out)
    names = {order: {"category": order.category, "teacher": order.config.teacher} for order in outcomes}
    result = {
        "made": [names[order] for order, error in outcomes.items() if not error],
        "failed": [names[order] | {"error": error} for order, error in outcomes.items() if error],
        "models": rows,
        "megabytes": round(sum(row["bytes"] for row in rows) / 1e6, 1),
    }
    if failed := {order.title: error for order, error in outcomes.items() if error}:
        raise task_options.incomplete("made", failed, result)
    return result
