"""The command `detect`: pictures, folders and archives, judged by one model."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from favae_demo.errors import ConfigError
from favae_demo.settings import Settings

if TYPE_CHECKING:
    from favae_demo.detection.batch import Row, Scale
    from favae_demo.detection.detector import Detector

TABLE = "results.csv"


def detect(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Judges pictures, folders and archives: overlays and a table; of single pictures also error map and reconstruction."""
    from favae_demo.detection.batch import Scale
    from favae_demo.detection.batch_table import counts, write_csv
    from favae_demo.detection.detector import Detector

    if not 0 < options.rate < 1:
        raise ConfigError("The false-alarm rate must be between 0 and 1, as in 0.05.")
    detector = Detector.load(options.checkpoint, settings)
    scale = Scale.of(detector, [options.rate])
    run = _many if any(_holds_many(path) for path in options.pictures) else _single
    rows, records = [], []
    for row, record in run(detector, scale, options, settings):
        rows.append(row)
        records.append(record)
    answers = scale.answers(rows, options.rate)
    write_csv(options.out / TABLE, answers)
    if run is _single:
        return {"detections": records}
    return {"detections": records, "counts": dict(counts(answers)), "table": str(options.out / TABLE)}


def _holds_many(path: Path) -> bool:
    from favae_demo.data.archives import ENDINGS

    return path.is_dir() or path.name.lower().endswith(ENDINGS)


def _single(
    detector: "Detector", scale: "Scale", options: argparse.Namespace, settings: Settings
) -> Iterator[tuple["Row", dict[str, Any]]]:
    """Pictures named one by one: all are read before the first is judged, so that a wrong name stops it at once."""
    from favae_demo.data.images import decode, save_png
    from favae_demo.data.many import Given
    from favae_demo.detection.batch import judge
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
    from favae_demo.data.many import pictures
    from favae_demo.detection.batch import judge
    from favae_demo.viz.overlay import overlay
    from favae_demo.viz.overlay_zip import entry_name, jpeg

    for path in options.pictures:
        if not path.exists():
            raise ConfigError(f"There is no file or folder {str(path)!r}.")
    taken: set[str] = set()
    for judged in judge(detector, scale, pictures(options.pictures), max_pixels=settings.max_pixels):
        row, found = judged.row, judged.detection
        record = {"picture": row.name, "score": row.score, "verdict": "not judged", "remark": row.reason}
        if found is not None:
            path = options.out / "overlays" / entry_name(row.name, taken)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(jpeg(overlay(found)))
            record |= {"threshold": found.threshold, "verdict": found.verdict, "regions": len(found.regions)}
            record |= {"files": {"overlay": str(path)}}
        if not options.json:
            print(f"{row.name}  {_words(record)}")
        yield row, record


def _words(record: dict[str, Any]) -> str:
    if record["score"] is None:
        return f"not judged: {record['remark']}"
    return f"score {record['score']:.3f}  threshold {record['threshold']:.3f}  {record['verdict']}"


def _stems(paths: Sequence[Path]) -> list[str]:
    """Names for the files written: the pictures' own, with a number where two are the same."""
    stems = [path.stem for path in paths]
    return stems if len(set(stems)) == len(stems) else [f"{i:03d}-{stem}" for i, stem in enumerate(stems)]
