"""What is needed to reproduce a report: settings, versions, commands."""

import os
import platform
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version

from favae_demo import __version__
from favae_demo.checkpoints.card import Card
from favae_demo.config.categories import CATEGORIES
from favae_demo.config.presets import PRESETS, make_config
from favae_demo.config.train_config import TrainConfig

PACKAGES = ("torch", "torchvision", "numpy", "opencv-python-headless", "scikit-learn", "matplotlib", "Pillow")


def settings_rows(card: Card) -> list[tuple[str, str, str]]:
    """Returns name, value and explanation of every setting of the training."""
    config = card.config
    return [(item.name, text(getattr(config, item.name)), item.metadata["help"]) for item in fields(config)]


def software() -> str:
    """Returns the versions of the software in one line."""
    named = [("FAVAE Demo", __version__), ("Python", platform.python_version())]
    named += [(name, _version(name)) for name in PACKAGES]
    return ", ".join(f"{name} {number}" for name, number in named)


def machine() -> str:
    """Returns a description of this machine."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} processor cores"


def commands(card: Card, category: str, rate: float) -> list[tuple[str, str]]:
    """Returns the purpose and the command of each step; DIR and RUN stand for the reader's folders."""
    config, steps = card.config, []
    info = CATEGORIES.get(category)
    if info is not None and info.source == "MVTec AD":
        get = f"python -m favae_demo data get {category} --data DIR --accept-licence"
        steps.append(("Get the pictures (or use a folder of your own)", get))
    train = (
        f"python -m favae_demo train --data DIR --category {card.category} --teacher {config.teacher} "
        f"--preset {config.preset} --seed {config.seed} --out RUN"
    )
    changed = changes(card)
    if changed:
        train += " --set " + " ".join(f"{name}={value}" for name, value in changed.items())
    common = f"--checkpoint RUN/model.safetensors --data DIR --category {category}"
    return [
        *steps,
        ("Train the model", train),
        ("Measure it", f"python -m favae_demo evaluate {common}"),
        ("Make this report", f"python -m favae_demo report {common} --rate {rate:g} --out report.html"),
    ]


def changes(card: Card) -> dict[str, str]:
    """Returns the settings that differ from the preset for the category, as text for `--set`."""
    config = card.config
    if config.preset not in PRESETS:
        return {item.name: text(getattr(config, item.name)) for item in fields(TrainConfig)}
    usual = make_config(config.preset, card.category, teacher=config.teacher, seed=config.seed)
    return {
        item.name: text(getattr(config, item.name))
        for item in fields(config)
        if getattr(config, item.name) != getattr(usual, item.name)
    }


def text(value: object) -> str:
    """Returns a setting's value as text for the command line."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
