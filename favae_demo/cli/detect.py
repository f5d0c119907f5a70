"""The command `detect`: judges images, folders and archives with one model."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from favae_demo.cli import task_options
from favae_demo.cli.options import add_checkpoint_option, checkpoint_path
from favae_demo.cli.targets import check_folder
from favae_demo.core.errors import ConfigError, ImageError
from favae_demo.core.file_names import comparison_key, portable_name
from favae_demo.core.settings import Settings

if TYPE_CHECKING:
    from favae_demo.detection.batch.judge import BatchRow, Scale
    from favae_demo.detection.detector import Detector
    from favae_demo.detection.drift import Drift
    from favae_demo.scoring.thresholds import Support

TABLE = "results.csv"
REPORTED = (
    "multiple",
    "threshold",
    "limit_supported",
    "verdict",
    "regions",
    "explanation",
    "reduction",
    "smallest_visible",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `detect`."""
    add_checkpoint_option(parser, required=True)
    parser.add_argument(
        "pictures", type=Path, nargs="+", metavar="PICTURE", help="pictures, folders, ZIP or TAR archives"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("detections"), help="folder of the results (default: detections)"
    )
    parser.add_argument(
        "--rate", type=float, default=0.05, help="false-alarm rate that sets the limit (default: 0.05)"
    )
    parser.add_argument("--csv-only", action="store_true", help="write the table alone, without pictures")
    task_options.add_arguments(parser)


def detect(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Judges pictures, folders and archives with a model, and writes overlays and a table; for single pictures also error map and reconstruction.

    Returns:
        The results by file, JSON-serialisable; for folders and archives also the number of files by verdict and the table's path.

    Raises:
        ConfigError: The arguments are not valid.
        ImageError: A single image cannot be read.
        PartialFailureError: Some of several workers' tasks failed.
    """
    from favae_demo.cli.detect_parallel import remove_chunk_results
    from favae_demo.detection.batch.judge import Scale
    from favae_demo.detection.batch.table import counts, write_csv
    from favae_demo.detection.detector import Detector
    from favae_demo.scoring.thresholds import check_rate

    check_rate(options.rate)
    in_workers = options.workers is not None or options.backend != "local" or options.address is not None
    many = any(_holds_many(path) for path in options.pictures)
    if in_workers and not many:
        raise ConfigError(
            "Several workers judge folders and archives only; give the folder of these pictures."
        )
    check_folder(options.out, options.pictures)
    detector = Detector.load(checkpoint_path(options, settings), settings)
    scale = Scale.of(detector, [options.rate])
    failed: dict[str, str] = {}
    if in_workers:
        judged, failed = _judge_in_workers(options, settings)
    else:
        judged = (_judge_sources if many else _judge_images)(detector, scale, options, settings)
    rows, records = [], []
    for row, record in judged:
        rows.append(row)
        records.append(record)
    answers = scale.answers(rows, options.rate)
    result: dict[str, Any] = {"detections": records}
    result |= {"counts": dict(counts(answers))} if many else {}
    result |= _drifts(scale.drifts(rows), as_json=options.json) if many else {}
    result |= _support(scale.support[0], as_json=options.json)
    result |= _visibility(records, as_json=options.json)
    if failed:
        raise task_options.partial_failure("judged", failed, result)
    write_csv(options.out / TABLE, answers)
    if in_workers:
        remove_chunk_results(options.out)
    return result | ({"table": str(options.out / TABLE)} if many else {})


def _holds_many(path: Path) -> bool:
    """Returns whether a path is a folder or an archive."""
    from favae_demo.data.io.archives import ENDINGS

    return path.is_dir() or path.name.lower().endswith(ENDINGS)


def _judge_images(
    detector: "Detector", scale: "Scale", options: argparse.Namespace, settings: Settings
) -> Iterator[tuple["BatchRow", dict[str, Any]]]:
    """Judges single images. All are decoded before the first is judged, so that a wrong name is reported at once."""
    from favae_demo.data.io.image_stream import Given
    from favae_demo.data.io.images import decode, save_png
    from favae_demo.detection.batch.judge import judge
    from favae_demo.scoring.explanation import account
    from favae_demo.viz.overlay import error_map, overlay, reconstruction_image

    for path in options.pictures:
        decode(path, max_pixels=settings.max_pixels)
    given = (Given(str(path), 0.0, path.read_bytes()) for path in options.pictures)
    stems = _stems(options.pictures)
    for path, stem, judged in zip(
        options.pictures, stems, judge(detector, scale, given, max_pixels=settings.max_pixels), strict=True
    ):
        detection = judged.detection
        if detection is None:
            raise ImageError(judged.row.reason)
        views = (
            {}
            if options.csv_only
            else {
                "overlay": overlay(detection),
                "error": error_map(detection),
                "reconstruction": reconstruction_image(detection),
            }
        )
        files = {kind: options.out / f"{stem}-{kind}.png" for kind in views}
        for kind, view in views.items():
            save_png(files[kind], view)
        row = {
            "picture": str(path),
            "score": detection.score,
            "threshold": detection.threshold,
            "limit_supported": detection.support.is_enough,
            "verdict": detection.verdict,
            "regions": len(detection.regions),
            **account(detection),
            "files": {kind: str(file) for kind, file in files.items()},
        } | ({"remark": judged.row.remark} if judged.row.remark else {})
        if not options.json:
            print(f"{path}  {_line(row)}")
        yield judged.row, row


def _judge_sources(
    detector: "Detector", scale: "Scale", options: argparse.Namespace, settings: Settings
) -> Iterator[tuple["BatchRow", dict[str, Any]]]:
    """Judges folders and archives with one image in memory at a time; a file that cannot be read gets a row with the reason."""
    from favae_demo.cli.detect_parallel import judge_and_draw, name_overlays
    from favae_demo.data.io.image_stream import images

    _require_existing(options.pictures)
    given = name_overlays(images(options.pictures))
    out = None if options.csv_only else options.out
    for row, record in judge_and_draw(detector, scale, given, out, settings.max_pixels):
        yield row, _report(row, record, options)


def _judge_in_workers(
    options: argparse.Namespace, settings: Settings
) -> tuple[Iterator[tuple["BatchRow", dict[str, Any]]], dict[str, str]]:
    """Judges folders and archives in several processes; also returns the reasons of failures."""
    from favae_demo.cli.detect_parallel import DetectionJob, judge_in_chunks

    _require_existing(options.pictures)
    checkpoint = checkpoint_path(options, settings)
    job = DetectionJob.create(
        checkpoint, options.pictures, options.out, options.rate, settings, overlays=not options.csv_only
    )
    judged, failed = judge_in_chunks(job, options.backend, options.address, options.workers)
    return ((row, _report(row, record, options)) for row, record in judged), failed


def _require_existing(paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.exists():
            raise ConfigError(f"There is no file or folder {str(path)!r}.")


def _report(row: "BatchRow", record: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    """Returns the JSON entry of one file; without `--json` it is printed as a line at once."""
    from favae_demo.cli.detect_parallel import OVERLAYS

    entry: dict[str, Any] = {"picture": row.name, "score": row.score}
    entry |= {"verdict": "not judged", "remark": row.remark}
    if record:
        entry |= {name: record[name] for name in REPORTED}
        if "overlay" in record:
            entry |= {"files": {"overlay": str(options.out / OVERLAYS / record["overlay"])}}
    if not options.json:
        print(f"{row.name}  {_line(entry)}")
    return entry


def _support(support: "Support", *, as_json: bool) -> dict[str, Any]:
    """Returns what the good images behind the limit are worth; without `--json` it is said at once."""
    from favae_demo.scoring.coverage import coverage_sentence

    said = coverage_sentence(support)
    if not as_json:
        print("\n".join(filter(None, (support.remark, said))), file=sys.stderr)
    about = {"good_pictures": support.images, "good_pictures_missing": support.missing}
    return {"limit_supported": support.is_enough, "coverage": said} | about


def _visibility(records: Sequence[dict[str, Any]], *, as_json: bool) -> dict[str, Any]:
    """Returns what is too small to be seen in the picture that is reduced most; without `--json` it is said at once."""
    from favae_demo.scoring.visibility import visibility

    sentence = visibility(max((record.get("reduction", 1.0) for record in records), default=1.0), remedy=True)
    if sentence and not as_json:
        print(sentence, file=sys.stderr)
    return {"visibility": sentence} if sentence else {}


def _drifts(drifts: Sequence["Drift"], *, as_json: bool) -> dict[str, Any]:
    """Returns where the pictures differ from the good ones as a series; without `--json` it is said at once."""
    from favae_demo.detection.drift import ADVICE

    if drifts and not as_json:
        print("\n".join((*(drift.sentence for drift in drifts), ADVICE)), file=sys.stderr)
    return {"drifts": [asdict(drift) for drift in drifts]}


def _line(entry: dict[str, Any]) -> str:
    if entry["score"] is None:
        return f"not judged: {entry['remark']}"
    from favae_demo.scoring.multiples import format_multiple

    said = entry["explanation"] if entry["verdict"] == "defect" else format_multiple(entry["multiple"])
    figures = f"(score {entry['score']:.3f}, limit {entry['threshold']:.3f})"
    return "  ".join(filter(None, (entry["verdict"], said, figures, entry.get("remark", ""))))


def _stems(paths: Sequence[Path]) -> list[str]:
    """Returns the stems of the output files: those of the images, numbered if two are equal."""
    stems = [portable_name(path.stem) for path in paths]
    return (
        stems
        if len({comparison_key(stem) for stem in stems}) == len(stems)
        else [f"{i:03d}-{stem}" for i, stem in enumerate(stems)]
    )
