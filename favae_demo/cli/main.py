"""The command line: favae-demo or python -m favae_demo, then {train,evaluate,detect,report,export,zoo,ablation,bench,doctor,teachers,data}.

Errors that a user can act on are one sentence on standard error and exit code 2; `--json` prints one JSON object as the
last line of standard output.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from favae_demo.cli import ablation, bench, detect, export, report, zoo
from favae_demo.cli import data as cli_data
from favae_demo.cli.progress import TrainingBar, advance, progress_bar
from favae_demo.config.fields import assignments
from favae_demo.config.presets import PRESETS, make_config
from favae_demo.config.train_config import REPORT_TEACHERS, TEACHERS
from favae_demo.core.device import lower_priority
from favae_demo.core.errors import ConfigError, FavaeError, PartialFailureError
from favae_demo.core.settings import Settings

# The heavy modules (torch and all above it) are imported by the command that needs them: `--help` is instant.


def program() -> int:
    """The installed program `favae-demo`: opens the page, or runs the command that is given; returns the exit code."""
    if sys.argv[1:]:
        return main(prog="favae-demo")
    from favae_demo.ui.start import open_page

    try:
        open_page()
    except FavaeError as error:
        print(f"favae_demo: {error}", file=sys.stderr)
        return 2
    return 0


def main(arguments: Sequence[str] | None = None, prog: str = "python -m favae_demo") -> int:
    """Runs one command; returns the exit code."""
    options = _parser(prog).parse_args(arguments)
    try:
        result = options.command(options, Settings.from_env())
    except FavaeError as error:
        print(f"favae_demo: {error}", file=sys.stderr)
        if isinstance(error, PartialFailureError):
            _print_result(error.result, options.json)
        return 2
    except KeyboardInterrupt:
        print("favae_demo: stopped.", file=sys.stderr)
        return 130
    _print_result(result, options.json)
    return 0


def train(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Trains a category, or resumes a run, in this process."""
    if options.background:
        lower_priority()  # the page shares the processor
    from favae_demo.data.catalog import data_dir_of
    from favae_demo.data.mvtec import load_category, require_training
    from favae_demo.runs.failures import named
    from favae_demo.runs.pipeline import run_training
    from favae_demo.runs.process import alone, mark_process
    from favae_demo.training.events import Finished
    from favae_demo.training.run_folder import RunFolder

    if options.resume:
        folder = RunFolder(options.resume)
        folder.task()
    else:
        category = _required(options.category, "--category")
        data_dir = options.data or data_dir_of(category, settings.data_dir, settings.cache_dir)
        require_training(load_category(data_dir, category))
        teacher = options.teacher or PRESETS[options.preset].teacher
        config = make_config(options.preset, category, teacher=teacher, seed=options.seed)
        config = config.with_text(assignments(options.set))
        out = (
            options.out or settings.runs_dir / f"{time.strftime('%Y%m%d-%H%M%S')}-{category}-{config.teacher}"
        )
        folder = RunFolder(out)
        with named():
            folder.create(config, category, data_dir)
    finished = None
    with named(), alone(folder), TrainingBar(options.json or options.background) as bar:
        if not options.background:
            folder.clear_stop()  # in the background it was cleared before: a stop asked for meanwhile counts
        mark_process(folder, os.getpid())
        for event in run_training(folder, settings, measure=not options.no_measure):
            bar.show(event)
            if isinstance(event, Finished):
                finished = event
    return {
        "checkpoint": finished.checkpoint,
        "run": str(folder.path),
        "seconds": round(finished.seconds, 2),
        "steps": finished.steps,
        "epochs": finished.epochs,
        "stopped_because": finished.stopped_because,
        "metrics": finished.metrics,
    }


def evaluate(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Measures a model, or the mean-image baseline, on all test pictures of a category."""
    from favae_demo.data.catalog import data_dir_of
    from favae_demo.data.mvtec import load_category
    from favae_demo.detection.detector import Detector
    from favae_demo.evaluation import baseline, protocol

    detector = Detector.load(options.checkpoint, settings) if options.checkpoint else None
    name = options.category or _required(detector and detector.category, "--category")
    data_dir = options.data or data_dir_of(name, settings.data_dir, settings.cache_dir)
    category = load_category(data_dir, name)
    with progress_bar("pictures", options.json) as bar:
        shown = partial(advance, bar)
        if detector is None:
            found = baseline.evaluate_mean_image(category, shown)
            about = {"baseline": options.baseline}
        else:
            found = protocol.evaluate(detector, category, shown, settings.cache_dir)
            config = detector.config
            about = {"teacher": config.teacher, "preset": config.preset, "seed": config.seed}
    return {"category": category.name} | about | found.to_dict() | {"seconds": round(found.seconds, 2)}


def teachers(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Fetches teacher weights, or tells which are there."""
    from favae_demo.teacher import weight_store
    from favae_demo.teacher.teacher import TEACHER_SPECS

    # The others, up to 138 MB each, are fetched when they are asked for.
    usual = REPORT_TEACHERS if options.action == "fetch" else TEACHERS
    ids = options.ids or usual[1:]
    folders = settings.cache_dir, settings.teacher_dir
    for teacher in ids:
        if teacher not in TEACHER_SPECS:
            raise ConfigError(f"There is no teacher {teacher!r}. Known: {', '.join(TEACHER_SPECS)}.")
        if options.action == "fetch":
            with progress_bar(teacher, options.json, unit="B", unit_scale=True) as bar:
                weight_store.ensure(teacher, *folders, lambda _source, done, total: advance(bar, done, total))
    return {"teachers": [weight_store.status(teacher, *folders) for teacher in ids]}


def data(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Describes the categories of a data folder."""
    from favae_demo.data.mvtec import list_categories, load_category

    folder = options.data or settings.data_dir
    found = {name: load_category(folder, name).describe() for name in list_categories(folder)}
    return {"data": str(folder), "categories": found}


def _print_result(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(result))
        return
    for key, value in result.items():
        if isinstance(value, dict) and value:
            print(f"{key}:")
            for inner, text in value.items():
                print(f"  {inner}: {text}")
        elif isinstance(value, list):
            for row in value:
                print("  " + ", ".join(f"{k} {v}" for k, v in row.items() if not isinstance(v, dict)))
        else:
            print(f"{key}: {value}")


def _required(value: Any, name: str) -> Any:
    if value is None:
        raise ConfigError(f"{name} is missing.")
    return value


def doctor(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Says what is configured, found and missing on this machine, and how to mend it."""
    from favae_demo.cli.doctor import PROBLEM, examine

    findings = examine(settings)
    if not options.json:
        for one in findings:
            print(f"{one.state:8} {one.what}: {one.found}" + (f"  →  {one.mend}" if one.mend else ""))
    problems = sum(one.state == PROBLEM for one in findings)
    return {"problems": problems} | ({"findings": [vars(one) for one in findings]} if options.json else {})


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description="FAVAE: train, measure, detect.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable) -> argparse.ArgumentParser:
        text = command.__doc__
        child = commands.add_parser(name, help=text, description=text)
        child.add_argument("--json", action="store_true", help="print one JSON object as the last line")
        child.set_defaults(command=command)
        return child

    one = add("train", train)
    one.add_argument(
        "--data", type=Path, help="folder with one sub-folder a category (default: FAVAE_DATA_DIR)"
    )
    one.add_argument("--category")
    one.add_argument("--teacher", choices=TEACHERS, help="default: the preset's")
    one.add_argument("--preset", default="quick", choices=list(PRESETS))
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--out", type=Path, metavar="RUNDIR", help="folder of the new run")
    one.add_argument("--resume", type=Path, metavar="RUNDIR", help="go on with this run")
    one.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="KEY=VALUE", help="change settings"
    )
    one.add_argument("--no-measure", action="store_true", help="do not measure the model on test pictures")
    one.add_argument("--background", action="store_true", help=argparse.SUPPRESS)
    one = add("evaluate", evaluate)
    what = one.add_mutually_exclusive_group(required=True)
    what.add_argument("--checkpoint", type=Path)
    what.add_argument("--baseline", choices=("mean-image",), help="measure this yardstick instead of a model")
    one.add_argument(
        "--data", type=Path, help="folder with one sub-folder a category (default: FAVAE_DATA_DIR)"
    )
    one.add_argument("--category", help="default: the one the model was trained on")
    detect.add_arguments(add("detect", detect.detect))
    report.add_arguments(add("report", report.report))
    export.add_arguments(add("export", export.export))
    bench.add_arguments(add("bench", bench.bench))
    zoo.add_arguments(add("zoo", zoo.zoo))
    ablation.add_arguments(add("ablation", ablation.ablation))
    add("doctor", doctor)
    one = add("teachers", teachers)
    one.add_argument("action", choices=("fetch", "status"))
    one.add_argument("ids", nargs="*", metavar="ID")
    one = add("data", data)
    one.add_argument(
        "--data", type=Path, help="folder with one sub-folder a category (default: FAVAE_DATA_DIR)"
    )
    cli_data.add_actions(one)
    return parser
