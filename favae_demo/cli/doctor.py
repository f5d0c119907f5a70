"""What is configured, found and missing on this machine, and how to mend it."""

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from favae_demo.config.train_config import TEACHERS
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
LEAST_FREE_GB = 2.0  # a training, its pictures and the weights fit into that
OK, NOTE, PROBLEM = "ok", "note", "problem"


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes:
        state: `ok`, `note` (works, but something is to be known) or `problem`.
        what: What was looked at.
        found: What was found.
        mend: What to do about it; empty where nothing is to be done.
    """

    state: str
    what: str
    found: str
    mend: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Looks at packages, folders, data, models, weights and rules; nothing is fetched and no folder is changed."""
    parts = (_machine, _packages, _engines, _folders, _data, _models, _weights, _rules)
    return [finding for part in parts for finding in part(settings)]


def _machine(settings: Settings) -> Iterator[Finding]:
    from favae_demo.core.device import default_device, device_name

    yield Finding(OK, "Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield Finding(OK, "networks run on", device_name(default_device()))


def _packages(settings: Settings) -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(OK, name, version(name))
        except PackageNotFoundError:
            yield Finding(PROBLEM, name, "not installed", install_command())


def _engines(settings: Settings) -> Iterator[Finding]:
    from favae_demo.core.device import default_device
    from favae_demo.detection.engines import ENGINES, choose

    try:
        chosen = choose(settings.engine, default_device().type)
        yield Finding(OK, "models run by", ENGINES[chosen].title)
    except ConfigError as error:
        yield Finding(PROBLEM, "models run by", str(error), "set FAVAE_ENGINE to auto")
    for spec in ENGINES.values():
        if missing := spec.missing():
            mend = install_command("fast")
            yield Finding(NOTE, f"engine {spec.title}", f"needs {', '.join(missing)}", mend)


def _folders(settings: Settings) -> Iterator[Finding]:
    folders = {
        "data folder": (settings.data_dir, "FAVAE_DATA_DIR"),
        "models made here": (settings.checkpoint_dir, "FAVAE_CHECKPOINT_DIR"),
        "trainings": (settings.runs_dir, "FAVAE_RUNS_DIR"),
        "cache": (settings.cache_dir, "FAVAE_CACHE_DIR"),
    }
    for what, (path, variable) in folders.items():
        existing = _existing(path)
        if not os.access(existing, os.W_OK):
            # Pictures may lie in a folder that is only read; everything else must be written.
            state = NOTE if variable == "FAVAE_DATA_DIR" else PROBLEM
            yield Finding(state, what, f"{path} cannot be written to", f"set {variable} to a folder of yours")
            continue
        free = shutil.disk_usage(existing).free / 1e9
        if free < LEAST_FREE_GB:
            yield Finding(PROBLEM, what, f"{path}: only {free:.1f} GB free", "free some disk space")
        elif path.is_relative_to(tempfile.gettempdir()):
            lost = f"{path} is temporary: gone when the machine restarts"
            yield Finding(NOTE, what, lost, f"set {variable} to a lasting folder")
        else:
            yield Finding(OK, what, f"{path} ({free:.0f} GB free)")


def _data(settings: Settings) -> Iterator[Finding]:
    from favae_demo.data.mvtec import list_categories, load_category
    from favae_demo.data.synthetic import SAMPLE_CATEGORIES

    names = list_categories(settings.data_dir)
    for name in names:
        yield Finding(OK, f"data: {name}", load_category(settings.data_dir, name).describe())
    if not names:
        mend = "set FAVAE_DATA_DIR to a folder in MVTec layout"
        yield Finding(NOTE, "data", "no categories of your own; the generated sample parts are there", mend)
    yield Finding(OK, "generated sample parts", ", ".join(SAMPLE_CATEGORIES))


def _models(settings: Settings) -> Iterator[Finding]:
    from favae_demo.detection.registry import Registry

    found: dict[str, list[str]] = {}
    for model in Registry(settings).models():
        found.setdefault(model.card.category, []).append(model.card.config.teacher)
    for category, teachers in sorted(found.items()):
        yield Finding(OK, f"models: {category}", ", ".join(sorted(set(teachers))))
    if not found:
        yield Finding(
            PROBLEM, "models", "none", "train one: python -m favae_demo train --category sample_bottle"
        )


def _weights(settings: Settings) -> Iterator[Finding]:
    from favae_demo.teacher.weight_store import status

    for teacher in TEACHERS[1:]:
        found = status(teacher, settings.cache_dir, settings.teacher_dir)
        if found["ready"]:
            yield Finding(OK, f"weights of {teacher}", f"{found['source']} {found['note']}".strip())
        else:
            mend = f"python -m favae_demo teachers fetch {teacher}"
            yield Finding(NOTE, f"weights of {teacher}", found["note"] or "fetched on first need", mend)


def _rules(settings: Settings) -> Iterator[Finding]:
    yield Finding(OK, "training by visitors", settings.training)
    signed = "asked for" if settings.sign_in else "not asked for"
    yield Finding(OK, "sign-in", signed)
    yield Finding(
        OK, "largest picture", f"{settings.max_pixels / 1e6:.0f} megapixels, {settings.max_upload_mb} MB"
    )


def _existing(path: Path) -> Path:
    """The folder, or the nearest one above it that exists: there it would be made."""
    return next(folder for folder in (path, *path.absolute().parents) if folder.exists())
