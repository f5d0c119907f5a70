"""The command `doctor`: checks of the installation, with advice on what is missing."""

import argparse
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from favae_demo.config.variants import TEACHERS
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings, install_command

PACKAGES = (
    "torch",
    "torchvision",
    "gradio",
    "numpy",
    "pillow",
    "opencv-python-headless",
    "scikit-learn",
    "matplotlib",
)
LEAST_FREE_GB = 2.0  # enough for a training, its images and the weights
OK, NOTE, PROBLEM = "ok", "note", "problem"


@dataclass(frozen=True)
class Diagnosis:
    """Result of one check. The attributes are the keys of the JSON output.

    Attributes:
        state: `ok`, `note` (works with a restriction) or `problem`.
        what: Subject of the check.
        found: Result.
        mend: Advice; empty if nothing needs to be done.
    """

    state: str
    what: str
    found: str
    mend: str = ""


def doctor(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Checks this installation and says what is missing and how to get it: packages, folders, data, models, weights."""
    findings = diagnose(settings)
    if not options.json:
        for finding in findings:
            print(
                f"{finding.state:8} {finding.what}: {finding.found}"
                + (f"  →  {finding.mend}" if finding.mend else "")
            )
    problems = sum(finding.state == PROBLEM for finding in findings)
    return {"problems": problems} | (
        {"findings": [vars(finding) for finding in findings]} if options.json else {}
    )


def diagnose(settings: Settings) -> list[Diagnosis]:
    """Checks packages, folders, data, models, weights and rules without downloading or writing anything."""
    parts = (_machine, _packages, _engines, _folders, _data, _models, _weights, _line, _rules)
    return [finding for part in parts for finding in part(settings)]


def _machine(settings: Settings) -> Iterator[Diagnosis]:
    from favae_demo.core.device import default_device, device_name

    yield Diagnosis(OK, "Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield Diagnosis(OK, "networks run on", device_name(default_device()))


def _packages(settings: Settings) -> Iterator[Diagnosis]:
    for name in PACKAGES:
        try:
            yield Diagnosis(OK, name, version(name))
        except PackageNotFoundError:
            yield Diagnosis(PROBLEM, name, "not installed", install_command())


def _engines(settings: Settings) -> Iterator[Diagnosis]:
    from favae_demo.core.device import default_device
    from favae_demo.detection.engines import AUTO, ENGINES, choose, installed

    try:
        chosen = choose(settings.engine, default_device().type)
        titles = [ENGINES[name].title for name in installed()]
        fastest = f"the fastest of {', '.join(titles[:-1])} and {titles[-1]}, measured for each model"
        yield Diagnosis(OK, "models run by", fastest if chosen == AUTO else ENGINES[chosen].title)
    except ConfigError as error:
        yield Diagnosis(PROBLEM, "models run by", str(error), "set FAVAE_ENGINE to auto")
    for spec in ENGINES.values():
        if missing := spec.missing():
            mend = install_command("fast")
            yield Diagnosis(NOTE, f"engine {spec.title}", f"needs {', '.join(missing)}", mend)


def _folders(settings: Settings) -> Iterator[Diagnosis]:
    folders = {
        "data folder": (settings.data_dir, "FAVAE_DATA_DIR"),
        "models folder": (settings.checkpoint_dir, "FAVAE_CHECKPOINT_DIR"),
        "trainings": (settings.runs_dir, "FAVAE_RUNS_DIR"),
        "cache": (settings.cache_dir, "FAVAE_CACHE_DIR"),
    }
    for what, (path, variable) in folders.items():
        existing = _existing(path)
        if not os.access(existing, os.W_OK):
            # The data folder may be read-only, the other folders must be writable.
            state = NOTE if variable == "FAVAE_DATA_DIR" else PROBLEM
            yield Diagnosis(
                state, what, f"{path} cannot be written to", f"set {variable} to a folder of yours"
            )
            continue
        free = shutil.disk_usage(existing).free / 1e9
        if free < LEAST_FREE_GB:
            yield Diagnosis(PROBLEM, what, f"{path}: only {free:.1f} GB free", "free some disk space")
        elif path.is_relative_to(tempfile.gettempdir()):
            lost = f"{path} is temporary: gone when the machine restarts"
            yield Diagnosis(NOTE, what, lost, f"set {variable} to a lasting folder")
        else:
            yield Diagnosis(OK, what, f"{path} ({free:.0f} GB free)")


def _data(settings: Settings) -> Iterator[Diagnosis]:
    from favae_demo.data.mvtec import level_hint, list_categories, load_category
    from favae_demo.data.synthetic import SAMPLE_CATEGORIES

    names = list_categories(settings.data_dir)
    for name in names:
        yield Diagnosis(OK, f"data: {name}", load_category(settings.data_dir, name).describe())
    if not names:
        mend = level_hint(settings.data_dir) or "set FAVAE_DATA_DIR to a folder in MVTec layout"
        yield Diagnosis(NOTE, "data", "no categories of your own; the generated sample parts are there", mend)
    yield Diagnosis(OK, "generated sample parts", ", ".join(SAMPLE_CATEGORIES))


def _models(settings: Settings) -> Iterator[Diagnosis]:
    from favae_demo.detection.registry import Registry

    teachers_of: dict[str, list[str]] = {}
    for model in Registry(settings).models():
        teachers_of.setdefault(model.card.category, []).append(model.card.config.variant)
    for category, teachers in sorted(teachers_of.items()):
        yield Diagnosis(OK, f"models: {category}", ", ".join(sorted(set(teachers))))
    if not teachers_of:
        yield Diagnosis(
            PROBLEM, "models", "none", "train one: python -m favae_demo train --category sample_bottle"
        )


def _weights(settings: Settings) -> Iterator[Diagnosis]:
    from favae_demo.teacher.weight_store import is_installed, status

    for teacher in TEACHERS[1:]:
        state = status(teacher, settings.cache_dir, settings.teacher_dir)
        if state["ready"]:
            yield Diagnosis(OK, f"weights of {teacher}", f"{state['source']} {state['note']}".strip())
        elif is_installed(teacher):
            yield Diagnosis(OK, f"weights of {teacher}", "installed with the app's packages")
        else:
            mend = f"python -m favae_demo teachers fetch {teacher}"
            yield Diagnosis(
                NOTE, f"weights of {teacher}", state["note"] or "downloaded when first needed", mend
            )


def _line(settings: Settings) -> Iterator[Diagnosis]:
    from favae_demo.line.history.reader import HistoryError, reading, source_names, whole_span

    what, path = "verdicts of a line", settings.line_db
    mend = "set FAVAE_LINE_DB to the `path` of the sink `sqlite` in the line's file"
    if path is None or not path.exists():
        where = "no database is named" if path is None else f"{path} is not there yet: `watch` makes it"
        yield Diagnosis(OK, what, where)
        return
    try:
        with reading(path) as database:
            whole = whole_span(database)
            sources = ", ".join(source_names(database))
    except HistoryError as error:
        yield Diagnosis(PROBLEM, what, str(error), mend)
        return
    yield Diagnosis(OK, what, f"{path} ({f'of {sources}' if whole else 'none yet'})")


def _rules(settings: Settings) -> Iterator[Diagnosis]:
    yield Diagnosis(OK, "training by visitors", settings.training)
    signed = "asked for" if settings.sign_in else "not asked for"
    yield Diagnosis(OK, "sign-in", signed)
    yield Diagnosis(
        OK, "largest picture", f"{settings.max_pixels / 1e6:.0f} megapixels, {settings.max_upload_mb} MB"
    )


def _existing(path: Path) -> Path:
    """Returns the folder itself, or its nearest parent that exists."""
    return next(folder for folder in (path, *path.absolute().parents) if folder.exists())
