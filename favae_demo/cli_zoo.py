"""The command line's `zoo`: makes the shipped models, here or on a cluster."""

import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from favae_demo.cli_bars import TrainingBar
from favae_demo.errors import ConfigError
from favae_demo.presets import PRESETS, REPORT_TEACHERS, TEACHERS
from favae_demo.settings import SHIPPED_CHECKPOINTS, Settings


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
    parser.add_argument("--teachers", nargs="+", choices=TEACHERS)
    parser.add_argument("--preset", default="quick", choices=list(PRESETS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--backend", default="local", choices=("local", "dask", "ray"), help="where models are made at once"
    )
    parser.add_argument("--address", help="of the Dask scheduler or the Ray cluster")
    parser.add_argument("--workers", type=int, default=None, help="models at once (local: 1 unless given)")


def zoo(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Makes the models that are not in a folder yet, goes on where a killed call left off, and lists them with their figures."""
    from favae_demo import zoo as made

    settings = replace(settings, data_dir=options.data or settings.data_dir)
    wanted = made.tasks(options.categories or made.ALL_CATEGORIES, options.teachers or REPORT_TEACHERS)
    todo = made.missing(wanted, options.out, options.preset)
    if options.backend == "local" and options.workers in (None, 1):
        for number, task in enumerate(todo, 1):
            print(f"{number} of {len(todo)}: {' '.join(task)}", file=sys.stderr)
            with TrainingBar(options.json) as bar:
                for event in made.make(task, settings, options.out, options.preset, options.seed):
                    bar.show(event)
    else:
        _sweep(options, settings, todo)
    rows = made.index(options.out)
    return {"made": len(todo), "models": rows, "megabytes": round(sum(row["bytes"] for row in rows) / 1e6, 1)}


def _sweep(options: argparse.Namespace, settings: Settings, todo: list) -> None:
    """The zoo's tasks in several processes or on a cluster; what failed is named at the end, the rest is made."""
    from favae_demo import sweep
    from favae_demo import zoo as made

    # A cluster's workers were started elsewhere: a relative folder would be another one there.
    folders = ("data_dir", "runs_dir", "cache_dir")
    settings = replace(settings, **{name: getattr(settings, name).absolute() for name in folders})
    out = options.out.absolute()
    job = partial(made.make_whole, settings=settings, out=out, preset=options.preset, seed=options.seed)
    failed = []
    for outcome in sweep.run(todo, job, options.backend, options.address, options.workers):
        name = " ".join(outcome.task)
        print(f"{name}: {outcome.error or 'made'}", file=sys.stderr)
        failed += [f"{name} ({outcome.error})"] if outcome.error else []
    if failed:
        raise ConfigError(f"Not made: {'; '.join(failed)}. The same command tries these again.")
