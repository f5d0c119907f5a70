"""The command `renew`: calibrates models of earlier versions by today's recipe, without training."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from favae_demo.checkpoints.model_names import model_path
from favae_demo.cli.options import add_data_option
from favae_demo.cli.targets import check_folder
from favae_demo.core.errors import FavaeError
from favae_demo.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `renew`."""
    parser.add_argument(
        "models",
        nargs="+",
        metavar="MODEL",
        help="model files, or names of shipped models or of those in FAVAE_CHECKPOINT_DIR",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="folder to write to (default: FAVAE_CHECKPOINT_DIR)"
    )
    add_data_option(parser)


def renew(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Calibrates models of earlier versions anew on their good pictures, by today's recipe, and measures them; their networks stay.

    Returns:
        The written files, and the figures of each model.

    Raises:
        FavaeError: A model cannot be renewed; those before it are written.
    """
    from favae_demo.cli.task_options import partial_failure
    from favae_demo.runs.renewal import renew as renew_model

    settings = replace(settings, data_dir=options.data or settings.data_dir)
    folder = options.out or settings.checkpoint_dir
    check_folder(folder)
    written: dict[str, Any] = {}
    failed: dict[str, str] = {}
    for name in options.models:
        try:
            source = model_path(name, settings.checkpoint_dir)
            target = folder / source.name
            written[str(target)] = renew_model(source, target, settings)
        except FavaeError as error:
            failed[name] = str(error)
    if failed:
        raise partial_failure("renewed", failed, {"renewed": written})
    return {"renewed": written}
