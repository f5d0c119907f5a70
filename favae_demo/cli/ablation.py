"""The command `ablation`: a preset with and without each of its elements, on this machine or on a cluster."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from favae_demo.cli import task_options
from favae_demo.cli.options import add_config_options, add_data_option
from favae_demo.cli.targets import check_folder
from favae_demo.config.fields import assignments
from favae_demo.core.errors import ConfigError
from favae_demo.core.files import atomic_path, write_json
from favae_demo.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `ablation`."""
    add_data_option(parser)
    add_config_options(parser, ", in all rows")
    parser.add_argument("--categories", nargs="+", metavar="C", help="categories (default: five of MVTec AD)")
    parser.add_argument(
        "--seeds", nargs="+", type=int, default=[0], metavar="N", help="seeds of the trainings (default: 0)"
    )
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="ROW", help="only these rows, and the unchanged preset"
    )
    parser.add_argument(
        "--leave-one-out",
        action="store_true",
        help="also say which row the other categories choose for each category, without test pictures, and its figures there",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("ablation"),
        help="folder of the figures and the table (default: ablation)",
    )
    task_options.add_arguments(parser)


def ablation(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Trains a preset with and without each of its elements, continues after an interruption, and writes a table."""
    from favae_demo.experiments import leave_one_out
    from favae_demo.experiments.ablation import (
        AblationRecipe,
        select_rows,
        summarise,
        to_markdown,
        training_tasks,
    )
    from favae_demo.experiments.training_task import merge_tasks
    from favae_demo.experiments.zoo import CATEGORIES

    settings = replace(settings, data_dir=options.data or settings.data_dir)
    categories = options.categories or list(CATEGORIES)
    if len(set(options.seeds)) < len(options.seeds) or len(set(categories)) < len(categories):
        raise ConfigError("Name each category and each seed once.")
    recipe = AblationRecipe(options.preset, options.teacher, assignments(options.set))
    check_folder(options.out)
    rows = select_rows(recipe, options.only)
    tasks_by_row = training_tasks(rows, options.out, recipe, categories, options.seeds)
    merged = merge_tasks(task for tasks in tasks_by_row.values() for task in tasks.values())
    errors = task_options.train_all(merged, options, settings)
    failed = {task.title: error for task, error in errors.items() if error}
    table = summarise(rows, tasks_by_row)
    about = {"preset": options.preset, "teacher": merged[0].config.teacher, "set": dict(recipe.changes)}
    about |= {"categories": categories, "seeds": options.seeds}
    text, path = to_markdown(table, recipe, categories, options.seeds), options.out / f"{options.preset}.md"
    if options.leave_one_out:
        choices = leave_one_out.choose_rows(rows, tasks_by_row)
        about |= {"leave_one_out": choices}
        text += "\n" + leave_one_out.to_markdown(choices, rows)
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    write_json(path.with_suffix(".json"), about | {"rows": table})
    result = {"table": str(path), "trained": len(errors) - len(failed)}
    if options.json:
        result |= about | {"rows": table, "failed": failed}
    else:
        print(text)
    if failed:
        raise task_options.partial_failure("trained", failed, result)
    return result
