"""The command `export`: a model for programs without PyTorch."""

import argparse
from pathlib import Path
from typing import Any

from favae_demo.cli.options import add_checkpoint_option, checkpoint_path
from favae_demo.cli.targets import check_folder
from favae_demo.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `export`."""
    add_checkpoint_option(parser, required=True)
    parser.add_argument(
        "--to", choices=("ncnn", "openvino", "onnx"), required=True, help="format of the exported model"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="folder to write (default: name of the model and the format)",
    )
    # Used by the web app: writes to the cache.
    parser.add_argument("--keep", action="store_true", help=argparse.SUPPRESS)


def export(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Exports a model with its limits and an example program that runs it without PyTorch; its answers are compared with PyTorch's."""
    from favae_demo.checkpoints.checkpoint import read_card
    from favae_demo.detection.detector import Detector
    from favae_demo.detection.engines.conversion import converted_folder
    from favae_demo.detection.export import export as export_model

    checkpoint = checkpoint_path(options, settings)
    if options.keep:
        Detector.load(checkpoint, settings, engine=options.to)
        return {"folder": str(converted_folder(options.to, checkpoint, settings.cache_dir))}
    out = options.out or Path(f"{checkpoint.stem}-{options.to}")
    if not out.exists():
        check_folder(out)
    about = export_model(
        Detector.load(checkpoint, settings),
        options.to,
        out,
        licence=read_card(checkpoint).licence,
    )
    return {"folder": str(out), "largest_relative_error": about["largest_relative_error"]}
