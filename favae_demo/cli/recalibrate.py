"""The command `recalibrate`: adapts a model to the pictures marked good, without training."""

import argparse
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from favae_demo.cli.mark import user_name
from favae_demo.cli.options import checkpoint_path
from favae_demo.cli.progress import advance, progress_bar
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `recalibrate`."""
    parser.add_argument(
        "--model",
        dest="checkpoint",
        metavar="MODEL",
        required=True,
        help="model file, or the name of a shipped model or of one in FAVAE_CHECKPOINT_DIR",
    )
    parser.add_argument(
        "--pictures", type=Path, nargs="+", default=[], metavar="PICTURE",
        help="good pictures or folders of them (default: those marked good in the model's category)",
    )  # fmt: skip
    parser.add_argument("--undo", action="store_true", help="delete this version; the one before it stays")


def recalibrate(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Adapts a model's limits, memory and whitening to pictures marked good, as a new version of it; its network stays as it is.

    Returns:
        The version's file, how it came about, and what it and the version before say of known pictures.

    Raises:
        ConfigError: `--undo` together with pictures.
        FavaeError: As from `runs.revisions`.
    """
    from favae_demo.cli.pictures import picture_files
    from favae_demo.runs import revisions

    model = checkpoint_path(options, settings)
    if options.undo:
        if options.pictures:
            raise ConfigError("Give either --undo or --pictures.")
        return {"deleted": str(model), "model": str(revisions.undo(model, settings))}
    pictures = picture_files(options.pictures) if options.pictures else None
    with progress_bar("figures", options.json) as bar:
        path, revision = revisions.revise(
            model, settings, who=user_name(), pictures=pictures, progress=partial(advance, bar)
        )
    return {"model": str(path)} | asdict(revision)
