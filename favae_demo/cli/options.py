"""Options and checks that several subcommands share."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings

Command = Callable[[argparse.Namespace, Settings], dict[str, Any]]
"""A subcommand: takes its arguments and the settings, returns a JSON-serialisable result."""
Value = TypeVar("Value")


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--data`."""
    parser.add_argument(
        "--data", type=Path, help="folder with one sub-folder a category (default: FAVAE_DATA_DIR)"
    )


def required(value: Value | None, name: str) -> Value:
    """Returns the value of an option.

    Raises:
        ConfigError: The option was not given.
    """
    if value is None:
        raise ConfigError(f"{name} is missing.")
    return value
