"""The command `report`: a model's results on test images as a page or an archive."""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from favae_demo.cli.options import add_data_option
from favae_demo.cli.progress import progress_bar
from favae_demo.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `report`."""
    parser.add_argument("--checkpoint", type=Path, required=True)
    add_data_option(parser)
    parser.add_argument("--category", help="default: the one the model was trained on")
    parser.add_argument("--rate", type=float, default=0.05, help="false-alarm rate that sets the limit")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("report.html"),
        metavar="FILE",
        help=".html or .zip (default: report.html)",
    )


def report(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Writes a report of a model on all test pictures: one page that prints, or a ZIP with scores, charts and pictures."""
    from favae_demo.detection.detector import Detector
    from favae_demo.report import archive
    from favae_demo.report.report_data import gather, open_data

    start = time.perf_counter()
    archive.check_target(options.out)
    settings = replace(settings, data_dir=options.data) if options.data else settings
    category, missing = open_data(options.checkpoint, settings, options.category)
    loaded: list[Detector] = []

    def load(path: Path) -> Detector:
        if not loaded:
            loaded.append(Detector.load(path, settings))
        return loaded[0]

    with progress_bar("report", options.json, total=100) as bar:

        def show(share: float, text: str) -> None:
            bar.set_description(text)
            bar.update(100 * share - bar.n)

        found = gather(
            options.checkpoint, settings, category, load, rate=options.rate, missing=missing, progress=show
        )
    archive.write(found, options.out)
    result = {"report": str(options.out), "bytes": options.out.stat().st_size} | archive.record(found)
    if not options.json:
        for remark in result.pop("remarks"):
            print(remark, file=sys.stderr)
    return result | {"seconds": round(time.perf_counter() - start, 2)}
