"""The command `zoo`: trains the shipped models, on this machine or on a cluster."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from favae_demo.cli import task_options
from favae_demo.cli.options import add_data_option
from favae_demo.cli.targets import check_folder
from favae_demo.config.presets import METHOD_PRESETS, PRESETS
from favae_demo.config.variants import REPORT_TEACHERS, TEACHERS
from favae_demo.core.files import atomic_path
from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings

TABLE = "methods.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `zoo`."""
    parser.add_argument(
        "--out",
        type=Path,
        default=SHIPPED_CHECKPOINTS,
        help="folder of the models (default: the shipped ones)",
    )
    add_data_option(parser)
    parser.add_argument(
        "--categories",
        nargs="+",
        metavar="C",
        help="categories (default: five of MVTec AD and five generated ones)",
    )
    parser.add_argument(
        "--teachers",
        nargs="+",
        choices=TEACHERS,
        default=list(REPORT_TEACHERS),
        metavar="T",
        help="frozen networks (default: none vgg16 vgg19)",
    )
    parser.add_argument(
        "--methods",
        nargs="+",
        choices=list(METHOD_PRESETS),
        metavar="M",
        help="compare methods instead, each with its own preset and frozen network: "
        + ", ".join(METHOD_PRESETS),
    )
    parser.add_argument("--preset", default="quick", choices=list(PRESETS), help="settings (default: quick)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the trainings (default: 0)")
    task_options.add_arguments(parser)


def zoo(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Trains the models that are not in a folder yet, continues after an interruption, and lists them with their figures."""
    from favae_demo.experiments.method_table import to_markdown
    from favae_demo.experiments.zoo import ALL_CATEGORIES, method_tasks, training_tasks, write_index

    settings = replace(settings, data_dir=options.data or settings.data_dir)
    categories = options.categories or ALL_CATEGORIES
    check_folder(options.out)
    if options.methods:
        tasks = method_tasks(options.out, options.methods, options.seed, categories)
    else:
        tasks = training_tasks(options.out, options.preset, options.seed, categories, options.teachers)
    errors = task_options.train_all(tasks, options, settings)
    rows = write_index(options.out)
    if options.methods:
        with atomic_path(options.out / TABLE) as temporary:
            temporary.write_text(to_markdown(rows), encoding="utf-8")
    names = {task: {"category": task.category, "teacher": task.config.variant} for task in errors}
    result = {
        "made": [names[task] for task, error in errors.items() if not error],
        "failed": [names[task] | {"error": error} for task, error in errors.items() if error],
        "models": rows,
        "megabytes": round(sum(row["bytes"] for row in rows) / 1e6, 1),
    }
    if failed := {task.title: error for task, error in errors.items() if error}:
        raise task_options.partial_failure("made", failed, result)
    return result
