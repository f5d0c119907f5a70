"""Options and checks that several subcommands share."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from favae_demo.checkpoints.model_names import model_path
from favae_demo.config.presets import PRESETS
from favae_demo.config.variants import TEACHERS
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings

Command = Callable[[argparse.Namespace, Settings], dict[str, Any]]
"""A subcommand: takes its arguments and the settings, returns a JSON-serialisable result."""
Value = TypeVar("Value")


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--data`."""
    parser.add_argument(
        "--data", type=Path, help="folder with one sub-folder per category (default: FAVAE_DATA_DIR)"
    )


def add_config_options(parser: argparse.ArgumentParser, where: str = "") -> None:
    """Adds `--teacher`, `--preset` and `--set`, which give the settings of a training; `where` says what they hold for."""
    parser.add_argument("--teacher", choices=TEACHERS, help="frozen network (default: the preset's)")
    parser.add_argument("--preset", default="quick", choices=list(PRESETS), help="settings (default: quick)")
    parser.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help=f"settings that differ from the preset's{where}",
    )


def add_checkpoint_option(arguments: argparse._ActionsContainer, *, required: bool = False) -> None:
    """Adds `--checkpoint`; `checkpoint_path` gives its value."""
    arguments.add_argument(
        "--checkpoint",
        metavar="MODEL",
        required=required,
        help="model file, or the name of a shipped model or of one in FAVAE_CHECKPOINT_DIR",
    )


def checkpoint_path(options: argparse.Namespace, settings: Settings) -> Path:
    """Returns the path of the model file that `--checkpoint` names, as `Detector.load` understands it."""
    return model_path(options.checkpoint, settings.checkpoint_dir)


def required(value: Value | None, name: str) -> Value:
    """Returns the value of an option.

    Raises:
        ConfigError: The option was not given.
    """
    if value is None:
        raise ConfigError(f"{name} is missing.")
    return value
