"""The command `evaluate`."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from favae_demo.cli.options import add_checkpoint_option, add_data_option, checkpoint_path, required
from favae_demo.cli.progress import advance, progress_bar
from favae_demo.core.settings import Settings

if TYPE_CHECKING:
    from favae_demo.data.mvtec import Category


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `evaluate`."""
    model = parser.add_mutually_exclusive_group(required=True)
    add_checkpoint_option(model)
    model.add_argument("--baseline", choices=("mean-image",), help="measure this baseline instead of a model")
    add_data_option(parser)
    parser.add_argument(
        "--category", help="category to measure on (default: the one the model was trained on)"
    )


def evaluate(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Measures a model, or the mean-image baseline, on all test pictures of a category."""
    from favae_demo.data.catalog import data_dir_of
    from favae_demo.data.mvtec import load_category
    from favae_demo.detection.detector import Detector
    from favae_demo.evaluation import baseline, protocol

    detector = Detector.load(checkpoint_path(options, settings), settings) if options.checkpoint else None
    name = options.category or required(detector.category if detector else None, "--category")
    data_dir = options.data or data_dir_of(name, settings)
    category = load_category(data_dir, name)
    with progress_bar("pictures", options.json) as bar:
        show = partial(advance, bar)
        if detector is None:
            result = baseline.evaluate_mean_image(category, show)
            about = {"baseline": options.baseline}
        else:
            result = protocol.evaluate(detector, category, show, settings.cache_dir)
            config = detector.config
            about = {"teacher": config.teacher, "preset": config.preset, "seed": config.seed}
            about |= _remarks(checkpoint_path(options, settings), category)
    return {"category": category.name} | about | result.to_dict() | {"seconds": round(result.seconds, 2)}


def _remarks(checkpoint: Path, category: "Category") -> dict[str, Any]:
    """A remark where a model meets other pictures than those of the name it was trained on."""
    from favae_demo.checkpoints.checkpoint import read_card
    from favae_demo.data.library.store import other_images_note

    card = read_card(checkpoint)
    if card.category != category.name:
        return {}
    note = other_images_note(card.data.get("source", ""), category.name, category.root.parent)
    return {"remarks": [note]} if note else {}
