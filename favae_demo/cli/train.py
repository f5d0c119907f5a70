"""The command `train`."""

import argparse
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from favae_demo.cli.options import add_config_options, add_data_option, required
from favae_demo.cli.progress import TrainingBar
from favae_demo.cli.targets import check_folder
from favae_demo.config.fields import assignments
from favae_demo.config.presets import PRESETS, make_config
from favae_demo.core.device import lower_priority
from favae_demo.core.errors import ConfigError, TrainingError
from favae_demo.core.settings import Settings

if TYPE_CHECKING:
    from favae_demo.config.train_config import TrainConfig
    from favae_demo.data.mvtec import Category
    from favae_demo.training.run_folder import RunFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `train`."""
    add_data_option(parser)
    parser.add_argument("--category", help="category to train on")
    add_config_options(parser)
    parser.add_argument("--seed", type=int, default=0, help="seed of all random numbers (default: 0)")
    parser.add_argument(
        "--name", metavar="TEXT", help="what the run is called on the page, as in 'Blue caps, new lamp'"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="RUNDIR",
        help="folder of the new run (default: a new one in FAVAE_RUNS_DIR)",
    )
    parser.add_argument(
        "--exclude",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="good pictures that are left out, by their file names",
    )
    parser.add_argument(
        "--without-suspects",
        action="store_true",
        help="look at the good pictures first, and leave out those that stand far out",
    )
    parser.add_argument("--resume", type=Path, metavar="RUNDIR", help="continue this run")
    parser.add_argument("--no-measure", action="store_true", help="do not measure the model on test pictures")
    parser.add_argument("--background", action="store_true", help=argparse.SUPPRESS)


def train(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Trains a model of a category, or resumes a run, in this process."""
    if options.background:
        lower_priority()  # the web server runs on the same processor
    from favae_demo.runs.failures import convert_os_errors
    from favae_demo.runs.pipeline import run_training
    from favae_demo.runs.process import mark_process, run_lock
    from favae_demo.training.events import Finished
    from favae_demo.training.run_folder import RunFolder

    _check_name(options.name)
    folder = RunFolder(options.resume) if options.resume else _new_run(options, settings)
    folder.task()
    if options.name is not None:
        with convert_os_errors():
            folder.set_label(options.name)
    finished: Finished | None = None
    with convert_os_errors(), run_lock(folder), TrainingBar(options.json or options.background) as bar:
        if not options.background:
            folder.clear_stop()  # in the background it was cleared before: a stop requested since then counts
        mark_process(folder, os.getpid())
        for event in run_training(folder, settings, measure=not options.no_measure, first=options.background):
            bar.show(event)
            if isinstance(event, Finished):
                finished = event
    if finished is None:
        raise TrainingError("The training ended without a model.")
    return {
        "checkpoint": finished.checkpoint,
        "run": str(folder.path),
        "seconds": round(finished.seconds, 2),
        "steps": finished.steps,
        "epochs": finished.epochs,
        "stopped_because": finished.stopped_because,
        "metrics": finished.metrics,
        "exclude": list(folder.task().exclude),
        **_about_model(Path(finished.checkpoint), as_json=options.json),
    }


def _check_name(name: str | None) -> None:
    """Raises ConfigError for a name that the page's field does not take either."""
    from favae_demo.training.run_folder import LABEL_LETTERS

    if name is not None and len(name) > LABEL_LETTERS:
        raise ConfigError(
            f"The name of a run has at most {LABEL_LETTERS} letters; this one has {len(name)}. Shorten --name."
        )


def _new_run(options: argparse.Namespace, settings: Settings) -> "RunFolder":
    """Makes the run folder of a new training."""
    from favae_demo.data.catalog import data_dir_of
    from favae_demo.data.library.feedback import with_marked
    from favae_demo.data.mask_checks import mask_remarks, with_checked_masks
    from favae_demo.data.mvtec import load_category, require_training
    from favae_demo.runs.failures import convert_os_errors
    from favae_demo.training.run_folder import RunFolder

    name = required(options.category, "--category")
    if options.out:
        check_folder(options.out)
    data_dir = options.data or data_dir_of(name, settings)
    marks_dir = None if options.data else settings.marks_dir
    category = load_category(data_dir, name)
    category = (with_marked(category, marks_dir) if marks_dir else category).without(options.exclude)
    require_training(category)
    remarks = mask_remarks(with_checked_masks(category, settings.cache_dir))
    if not options.json:
        print("\n".join(remarks), file=sys.stderr, end="\n" if remarks else "")
    teacher = options.teacher or PRESETS[options.preset].teacher
    config = make_config(options.preset, name, teacher=teacher, seed=options.seed)
    config = config.with_text(assignments(options.set))
    suspects = _suspects(category, config, settings, options) if options.without_suspects else []
    require_training(category.without(suspects))
    out = options.out or settings.runs_dir / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}-{config.variant}"
    folder = RunFolder(out)
    with convert_os_errors():
        folder.create(config, name, data_dir, [*options.exclude, *suspects], marks_dir)
    return folder


def _suspects(
    category: "Category", config: "TrainConfig", settings: Settings, options: argparse.Namespace
) -> list[str]:
    """Returns the names of the good images that stand far out; without `--json` they are said at once."""
    from favae_demo.cli.suspects import print_suspects
    from favae_demo.runs.inspection import inspect_category

    left_out = [one for one in inspect_category(category, config, settings) if one.left_out]
    if not options.json:
        print_suspects(left_out)
    return [one.name for one in left_out]


def _about_model(model: Path, *, as_json: bool) -> dict[str, Any]:
    """Returns what the good images behind a model's limit are worth, and the suspicious ones; without `--json` they are said at once."""
    from favae_demo.checkpoints.checkpoint import read_card
    from favae_demo.cli.suspects import print_suspects
    from favae_demo.scoring.coverage import coverage_sentence
    from favae_demo.scoring.thresholds import DEFAULT_FALSE_ALARM_RATE

    card = read_card(model)
    support, suspects = (
        card.good_scores.threshold(DEFAULT_FALSE_ALARM_RATE).support,
        card.calibration.suspects,
    )
    said = coverage_sentence(support)
    if not as_json:
        print("\n".join(filter(None, (support.remark, said))), file=sys.stderr)
        print_suspects(suspects)
    about = {"good_pictures": support.images, "good_pictures_missing": support.missing}
    limit: dict[str, Any] = {"rate": DEFAULT_FALSE_ALARM_RATE, "limit_supported": support.is_enough} | about
    limit |= {"coverage": said, "left_out": support.left_out}
    return {"limit": limit, "suspects": [asdict(one) for one in suspects]}
