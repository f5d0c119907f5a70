"""The command `export`: a model for programs without PyTorch."""

import argparse
from pathlib import Path
from typing import Any

from favae_demo.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `export`."""
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--to", choices=("ncnn", "onnx"), required=True)
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="default: the model's name and the format")
    # Used by the web app: writes to the cache.
    parser.add_argument("--keep", action="store_true", help=argparse.SUPPRESS)


def export(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Writes a model with its limits and an example that runs it without PyTorch, checked against PyTorch."""
    from favae_demo.checkpoints.checkpoint import read_card
    from favae_demo.checkpoints.model_names import model_path
    from favae_demo.detection.detector import Detector
    from favae_demo.detection.engines.conversion import converted_folder
    from favae_demo.detection.export import export as export_model

    if options.keep:
        Detector.load(options.checkpoint, settings, engine=options.to)
        return {"folder": str(converted_folder(options.to, options.checkpoint, settings.cache_dir))}
    out = options.out or Path(f"{options.checkpoint.stem}-{options.to}")
    about = export_model(
        Detector.load(options.checkpoint, settings),
        options.to,
        out,
        licence=read_card(model_path(options.checkpoint, settings.checkpoint_dir)).licence,
    )
    return {"folder": str(out), "largest_relative_error": about["largest_relative_error"]}
