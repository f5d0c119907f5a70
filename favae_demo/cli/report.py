"""The command `report`: a model's results on test images as a page, a summary on two pages, or an archive."""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from favae_demo.cli.options import add_checkpoint_option, add_data_option, checkpoint_path
from favae_demo.cli.progress import progress_bar
from favae_demo.cli.targets import check_file
from favae_demo.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `report`."""
    add_checkpoint_option(parser, required=True)
    add_data_option(parser)
    parser.add_argument(
        "--category", help="category to measure on (default: the one the model was trained on)"
    )
    parser.add_argument(
        "--rate", type=float, default=0.05, help="false-alarm rate that sets the limit (default: 0.05)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="file to write, .html or .zip (default: report.html, or summary.html)",
    )
    parser.add_argument(
        "--summary",
        action="store_true",
        help="write two pages of A4 instead: figures, limit and what to expect in plain words, and the most telling pictures",
    )


def report(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Writes a report of a model on all test pictures: a page for printing, two pages with --summary, or a ZIP that also holds scores, charts and pictures."""
    from favae_demo.detection.detector import Detector
    from favae_demo.report import archive
    from favae_demo.report.report_data import gather, open_data

    start, checkpoint = time.perf_counter(), checkpoint_path(options, settings)
    check, write = (
        (archive.check_summary_target, archive.write_summary)
        if options.summary
        else (archive.check_target, archive.write)
    )
    out = options.out or Path("summary.html" if options.summary else "report.html")
    check(out)
    check_file(out)
    settings = replace(settings, data_dir=options.data) if options.data else settings
    category, missing = open_data(checkpoint, settings, options.category)
    loaded: list[Detector] = []

    def load(path: Path) -> Detector:
        if not loaded:
            loaded.append(Detector.load(path, settings))
        return loaded[0]

    with progress_bar("report", options.json, total=100) as bar:

        def show(share: float, text: str) -> None:
            bar.set_description(text)
            bar.update(100 * share - bar.n)

        contents = gather(
            checkpoint, settings, category, load, rate=options.rate, missing=missing, progress=show
        )
    write(contents, out)
    result: dict[str, Any] = {"report": str(out), "bytes": out.stat().st_size} | archive.record(contents)
    if not options.json:
        for remark in result.pop("remarks"):
            print(remark, file=sys.stderr)
    return result | {"seconds": round(time.perf_counter() - start, 2)}
