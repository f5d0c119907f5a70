"""The command `detect`: pictures, folders and archives, judged by one model."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from favae_demo.cli import task_options
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings

if TYPE_CHECKING:
    from favae_demo.detection.batch.judge import Row, Scale
    from favae_demo.detection.detector import Detector

TABLE = "results.csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `detect` takes."""
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument(
        "pictures", type=Path, nargs="+", metavar="PICTURE", help="pictures, folders, ZIP or TAR archives"
    )
    parser.add_argument("--out", type=Path, default=Path("detections"), help="folder for the pictures")
    parser.add_argument("--rate", type=float, default=0.05, help="false-alarm rate that sets the threshold")
    task_options.add_arguments(parser)


def detect(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Judges pictures, folders and archives: overlays and a table; of single pictures also error map and reconstruction."""
    from favae_demo.cli.detect_parallel import forget
    from favae_demo.detection.batch.judge import Scale
    from favae_demo.detection.batch.table import counts, write_csv
    from favae_demo.detection.detector import Detector

    if not 0 < options.rate < 1:
        raise ConfigError("The false-alarm rate must be between 0 and 1, as in 0.05.")
    in_parts = options.workers is not None or options.backend != "local" or options.address is not None
    many = any(_holds_many(path) for path in options.pictures)
    if in_parts and not many:
        raise ConfigError("Several workers judge folders and archives; name the folder of these pictures.")
    detector = Detector.load(options.checkpoint, settings)
    scale = Scale.of(detector, [options.rate])
    if in_parts:
        judged, failed = _in_parts(options, settings)
    else:
        judged, failed = (_many if many else _single)(detector, scale, options, settings), {}
    rows, records = [], []
    for row, record in judged:
        rows.append(row)
        records.append(record)
    answers = scale.answers(rows, options.rate)
    result = {"detections": records} | ({"counts": dict(counts(answers))} if many else {})
    if failed:
        raise task_options.incomplete("judged", failed, result)
    write_csv(options.out / TABLE, answers)
    if in_parts:
        forget(options.out)
    return result | ({"table": str(options.out / TABLE)} if many else {})


def _holds_many(path: Path) -> bool:
    from favae_demo.data.io.archives import ENDINGS

    return path.is_dir() or path.name.lower().endswith(ENDINGS)


def _single(
    detector: "Detector", scale: "Scale", options: argparse.Namespace, settings: Settings
) -> Iterator[tuple["Row", dict[str, Any]]]:
    """Pictures named one by one: all are read before the first is judged, so that a wrong name stops it at once."""
    from favae_demo.data.io.image_stream import Given
    from favae_demo.data.io.images import decode, save_png
    from favae_demo.detection.batch.judge import judge
    from favae_demo.viz.overlay import error_map, overlay, reconstruction_image

    for path in options.pictures:
        decode(path, max_pixels=settings.max_pixels)
    given = (Given(str(path), 0.0, path.read_bytes()) for path in options.pictures)
    stems = _stems(options.pictures)
    for path, stem, judged in zip(
        options.pictures, stems, judge(detector, scale, given, max_pixels=settings.max_pixels), strict=True
    ):
        found = judged.detection
        views = {
            "overlay": overlay(found),
            "error": error_map(found),
            "reconstruction": reconstruction_image(found),
        }
        files = {kind: options.out / f"{stem}-{kind}.png" for kind in views}
        for kind, view in views.items():
            save_png(files[kind], view)
        row = {
            "picture": str(path),
            "score": found.score,
            "threshold": found.threshold,
            "verdict": found.verdict,
            "regions": len(found.regions),
            "files": {kind: str(file) for kind, file in files.items()},
        }
        if not options.json:
            print(f"{path}  score {found.score:.3f}  threshold {found.threshold:.3f}  {found.verdict}")
        yield judged.row, row


def _many(
    detector: "Detector", scale: "Scale", options: argparse.Namespace, settings: Settings
) -> Iterator[tuple["Row", dict[str, Any]]]:
    """Folders and archives, one picture in memory at a time; what cannot be read is named, and the rest goes on."""
    from favae_demo.cli.detect_parallel import judge_and_draw, with_overlays
    from favae_demo.data.io.image_stream import images

    _require(options.pictures)
    given = with_overlays(images(options.pictures))
    for row, found in judge_and_draw(detector, scale, given, options.out, settings.max_pixels):
        yield row, _shown(row, found, options)


def _in_parts(
    options: argparse.Namespace, settings: Settings
) -> tuple[Iterator[tuple["Row", dict[str, Any]]], dict[str, str]]:
    """The same by several processes, and what failed with the reason."""
    from favae_demo.cli.detect_parallel import judge_in_parts

    _require(options.pictures)
    judged, failed = judge_in_parts(options, settings)
    return ((row, _shown(row, found, options)) for row, found in judged), failed


def _require(paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.exists():
            raise ConfigError(f"There is no file or folder {str(path)!r}.")


def _shown(row: "Row", found: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    """What is told of one file; on a terminal a line at once."""
    from favae_demo.cli.detect_parallel import OVERLAYS

    record = {"picture": row.name, "score": row.score, "verdict": "not judged", "remark": row.reason}
    if found:
        record |= {name: found[name] for name in ("threshold", "verdict", "regions")}
        record |= {"files": {"overlay": str(options.out / OVERLAYS / found["overlay"])}}
    if not options.json:
        print(f"{row.name}  {_words(record)}")
    return record


def _words(record: dict[str, Any]) -> str:
    if record["score"] is None:
        return f"not judged: {record['remark']}"
    return f"score {record['score']:.3f}  threshold {record['threshold']:.3f}  {record['verdict']}"


def _stems(paths: Sequence[Path]) -> list[str]:
    """Names for the files written: the pictures' own, with a number where two are the same."""
    stems = [path.stem for path in paths]
    return stems if len(set(stems)) == len(stems) else [f"{i:03d}-{stem}" for i, stem in enumerate(stems)]
