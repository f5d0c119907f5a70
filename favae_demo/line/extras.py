"""Packages that only some sources and sinks need: the extra `line`."""

import importlib
from typing import Any

from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import install_command


def imported(module: str) -> Any:
    """Returns a module of the extra `line`.

    Raises:
        ConfigError: Its package is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise ConfigError(
            f"A package that this needs is not installed ({module.partition('.')[0]}). To have it: {install_command('line')}"
        ) from None
