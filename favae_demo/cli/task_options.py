"""Options of the commands with many tasks, and running these tasks in this process or in workers."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from favae_demo.cli.progress import TrainingBar
from favae_demo.core.errors import FavaeError, PartialFailureError
from favae_demo.core.settings import Settings

if TYPE_CHECKING:
    from favae_demo.experiments.training_task import TrainingTask

FOLDERS = ("data_dir", "checkpoint_dir", "runs_dir", "cache_dir", "teacher_dir")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds `--backend`, `--address` and `--workers`."""
    parser.add_argument(
        "--backend",
        default="local",
        choices=("local", "dask", "ray"),
        help="where several tasks run at a time (default: local)",
    )
    parser.add_argument("--address", help="address of the Dask scheduler or the Ray cluster")
    parser.add_argument(
        "--workers",
        type=int,
        help="tasks at a time (default: 1 on this machine, all workers of a cluster)",
    )


def runs_in_this_process(options: argparse.Namespace) -> bool:
    """Returns whether the tasks run in this process, one after another."""
    return options.backend == "local" and options.workers in (None, 1)


def with_absolute_paths(settings: Settings) -> Settings:
    """Returns the settings with absolute folders, for workers with another working directory, and without the passwords."""
    folders: dict[str, Any] = {name: getattr(settings, name) for name in FOLDERS}
    absolute = {name: path.absolute() for name, path in folders.items() if path is not None}
    return replace(settings, **absolute, sign_in=())


def train_all(
    tasks: Sequence["TrainingTask"], options: argparse.Namespace, settings: Settings
) -> dict["TrainingTask", str]:
    """Runs the tasks that are not done yet, and prints the progress to standard error.

    Args:
        tasks: The tasks; those whose files exist are skipped.
        options: Those of `add_arguments`, and `json`.
        settings: Folders and limits.

    Returns:
        The error message of each task that was run, or an empty string if it succeeded.
    """
    todo = [task for task in tasks if not task.is_done]
    return (_train_here if runs_in_this_process(options) else _train_in_workers)(todo, options, settings)


def _train_here(
    todo: list["TrainingTask"], options: argparse.Namespace, settings: Settings
) -> dict["TrainingTask", str]:
    from favae_demo.experiments.training_task import run_task

    errors = {}
    for number, task in enumerate(todo, 1):
        print(f"{number} of {len(todo)}: {task.title}", file=sys.stderr)
        try:
            with TrainingBar(options.json) as bar:
                for event in run_task(task, settings):
                    bar.show(event)
            errors[task] = ""
        except FavaeError as error:
            errors[task] = str(error)
            print(f"{task.title}: {error}", file=sys.stderr)
    return errors


def _train_in_workers(
    todo: list["TrainingTask"], options: argparse.Namespace, settings: Settings
) -> dict["TrainingTask", str]:
    from favae_demo.core import task_pool
    from favae_demo.experiments.training_task import complete_task

    todo = [task.absolute() for task in todo]
    job, errors = partial(complete_task, settings=with_absolute_paths(settings)), {}
    for outcome in task_pool.run(todo, job, options.backend, options.address, options.workers):
        errors[outcome.task] = outcome.error
        print(
            f"{len(errors)} of {len(todo)}: {outcome.task.title}: {outcome.error or 'done'}",
            file=sys.stderr,
        )
    return {task: errors[task] for task in todo}


def partial_failure(verb: str, failed: Mapping[str, str], result: dict[str, Any]) -> PartialFailureError:
    """Returns the error of a command of which some tasks failed.

    Args:
        verb: Past participle of the action, as in `trained`.
        failed: Reason of each failure, by the task's title.
        result: The command's result for the other tasks.
    """
    reasons = "; ".join(f"{title} ({error})" for title, error in failed.items())
    return PartialFailureError(f"Not {verb}: {reasons}. The same command tries these again.", result)
