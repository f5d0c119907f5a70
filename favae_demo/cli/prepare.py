"""The command `prepare`: makes at build time what a first visitor would otherwise wait for."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from favae_demo.cli.progress import progress_bar
from favae_demo.core.errors import FavaeError, PartialFailureError
from favae_demo.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `prepare`."""
    parser.add_argument(
        "--categories", nargs="+", metavar="NAME", help="categories to prepare (default: all that are here)"
    )


def prepare(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Makes sample pictures and thumbnails, downloads weights and converts models for the engine, so that the page answers at once."""
    from favae_demo.data.catalog import available_categories
    from favae_demo.detection.registry import Registry

    start, registry = time.perf_counter(), Registry(settings)
    categories = options.categories or available_categories(settings.data_dir)
    models = [model.path for name in categories for model in registry.models(name)]
    tasks: list[tuple[str, Callable[[], object]]] = [
        *((name, lambda name=name: _prepare_category(name, settings)) for name in categories),
        *((path.name, lambda path=path: _prepare_model(path, settings)) for path in models),
    ]
    failed: dict[str, str] = {}
    for name, task in progress_bar("prepare", options.json, iterable=tasks):
        try:
            task()
        except FavaeError as error:
            failed[name] = str(error)
            print(f"{name}: {error}", file=sys.stderr)
    result = {
        "categories": len(categories),
        "models": len(models),
        "failed": failed,
        "seconds": round(time.perf_counter() - start, 1),
    }
    if failed:
        raise PartialFailureError(f"Not prepared: {', '.join(failed)}.", result)
    return result


def _prepare_category(name: str, settings: Settings) -> None:
    from favae_demo.data.catalog import open_category
    from favae_demo.data.library.category_levels import category_levels
    from favae_demo.data.mask_checks import with_checked_masks
    from favae_demo.data.thumbnails import thumbnails

    category = with_checked_masks(open_category(name, settings), settings.cache_dir)
    thumbnails(category.test, settings.cache_dir, category_levels(category, settings.cache_dir))


def _prepare_model(path: Path, settings: Settings) -> None:
    from favae_demo.core.device import default_device
    from favae_demo.detection.detector import Detector
    from favae_demo.detection.engines import choose

    device = default_device()
    Detector.load(path, settings, device=device, engine=choose(settings.engine, device.type))
