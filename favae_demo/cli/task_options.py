"""What commands with many tasks share: where the tasks run, and what is said when some of them fail."""

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
    from favae_demo.experiments.training_task import Order

FOLDERS = ("data_dir", "checkpoint_dir", "runs_dir", "cache_dir", "teacher_dir")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds where tasks run."""
    parser.add_argument(
        "--backend", default="local", choices=("local", "dask", "ray"), help="where tasks are done at once"
    )
    parser.add_argument("--address", help="of the Dask scheduler or the Ray cluster")
    parser.add_argument(
        "--workers",
        type=int,
        help="tasks at once (local: 1 unless there are several graphics cards; on a cluster: all it has)",
    )


def is_here(options: argparse.Namespace) -> bool:
    """Whether the tasks are done by this very process, one after another."""
    return options.backend == "local" and options.workers in (None, 1)


def anywhere(settings: Settings) -> Settings:
    """The settings for workers that were started elsewhere, where a relative folder would be another one."""
    there = {name: getattr(settings, name) for name in FOLDERS}
    whole = {name: path.absolute() for name, path in there.items() if path is not None}
    return replace(settings, **whole, sign_in=())  # visitors' passwords stay here


def train_all(
    orders: Sequence["Order"], options: argparse.Namespace, settings: Settings
) -> dict["Order", str]:
    """Carries out what is not done yet, here or elsewhere, and says on standard error how far it is.

    Returns:
        Each order that was not done before, with why it failed or an empty string.
    """
    todo = [order for order in orders if not order.done]
    return (_here if is_here(options) else _elsewhere)(todo, options, settings)


def _here(todo: list["Order"], options: argparse.Namespace, settings: Settings) -> dict["Order", str]:
    from favae_demo.experiments.training_task import carry_out

    outcomes = {}
    for number, order in enumerate(todo, 1):
        print(f"{number} of {len(todo)}: {order.title}", file=sys.stderr)
        try:
            with TrainingBar(options.json) as bar:
                for event in carry_out(order, settings):
                    bar.show(event)
            outcomes[order] = ""
        except FavaeError as error:
            outcomes[order] = str(error)
            print(f"{order.title}: {error}", file=sys.stderr)
    return outcomes


def _elsewhere(todo: list["Order"], options: argparse.Namespace, settings: Settings) -> dict["Order", str]:
    from favae_demo.core import task_pool
    from favae_demo.experiments.training_task import carry_out_whole

    todo = [order.absolute() for order in todo]
    job, outcomes = partial(carry_out_whole, settings=anywhere(settings)), {}
    for outcome in task_pool.run(todo, job, options.backend, options.address, options.workers):
        outcomes[outcome.task] = outcome.error
        print(
            f"{len(outcomes)} of {len(todo)}: {outcome.task.title}: {outcome.error or 'done'}",
            file=sys.stderr,
        )
    return {order: outcomes[order] for order in todo}


def incomplete(verb: str, failed: Mapping[str, str], result: dict[str, Any]) -> PartialFailureError:
    """The error of a command of which a part failed.

    Args:
        verb: What was to be done.
        failed: What was not, and why.
        result: What the command has to tell all the same.
    """
    named = "; ".join(f"{title} ({error})" for title, error in failed.items())
    return PartialFailureError(f"Not {verb}: {named}. The same command tries these again.", result)
