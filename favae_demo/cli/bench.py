"""The command `bench`: speed and memory on this machine."""

import argparse
from typing import Any

from favae_demo.core.settings import Settings

HEADLINES = (
    "pictures_per_second",
    "pictures_per_second_engine",
    "pictures_per_second_torch",
    "detection_during_training_ratio",
    "training_step_ratio",
    "training_cost_ratio",
    "peak_rss_mb",
    "startup_seconds",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `bench`."""
    parser.add_argument(
        "--quickly", action="store_true", help="few repetitions: approximate figures in a few minutes"
    )
    parser.add_argument(
        "--only",
        choices=("detection", "beside", "training", "start"),
        help="measure this part only (beside: detection during a training)",
    )
    parser.add_argument(
        "--growth",
        nargs="*",
        type=int,
        metavar="N",
        help="also measure quick trainings with these numbers of good pictures (default: 60 200 1000 5000; takes long)",
    )
    parser.add_argument(
        "--reference-batch",
        type=int,
        default=32,
        metavar="N",
        help="pictures in a step of the reference's training (default: 32; fewer need less memory)",
    )


def bench(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Measures speed and memory on this machine: detection with each engine, alone and during a training; training compared with the reference's; start."""
    from favae_demo.bench.growth import SIZES
    from favae_demo.bench.run import measure
    from favae_demo.bench.table import render
    from favae_demo.core.errors import ConfigError

    sizes = () if options.growth is None else tuple(options.growth) or SIZES
    if options.reference_batch < 1 or any(size < 20 for size in sizes):
        raise ConfigError("--reference-batch takes 1 or more, --growth numbers of good pictures from 20.")
    measured = measure(
        settings,
        only=options.only,
        quickly=options.quickly,
        sizes=sizes,
        reference_batch=options.reference_batch,
    )
    if options.json:
        return measured
    print(render(measured), end="\n\n")
    return {key: measured[key] for key in HEADLINES if key in measured}
