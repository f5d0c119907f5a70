"""Databases of verdicts for tests of what reads them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from line_records import REGION, record

from favae_demo.line.history.reader import Filter, Span, reading, whole_span
from favae_demo.line.picture_store import PictureStore
from favae_demo.line.sinks.database import DatabaseOptions, DatabaseSink
from favae_demo.line.verdict_record import VerdictRecord, utc_text

NOON_MS = 1_772_366_400_000  # 2026-03-01 12:00 UTC
MINUTE_MS = 60_000


def at(minutes: float, number: int, **changes) -> VerdictRecord:
    """Returns a record of a picture so many minutes after noon; good, unless it is changed."""
    time = utc_text(datetime.fromtimestamp((NOON_MS + minutes * MINUTE_MS) / 1000, UTC))
    verdict = changes.get("verdict", "good")
    regions = (REGION,) if verdict == "defect" else ()
    multiple = changes.get("multiple", 1.5 if verdict == "defect" else 0.5)
    score = None if multiple is None else 2.0 * multiple
    return record(
        number,
        **{"time": time, "verdict": verdict, "multiple": multiple, "score": score, "regions": regions}
        | changes,
    )


def write_database(path: Path, records: Iterable[VerdictRecord]) -> Path:
    """Writes records with the line's own sink; returns the path."""
    sink = DatabaseSink(DatabaseOptions(path=path))
    sink.deliver(list(records))
    sink.close()
    return path


def everything(path: Path, **changes) -> Filter:
    """Returns a filter of all verdicts in a database."""
    with reading(path) as database:
        whole = whole_span(database)
    assert whole is not None
    return Filter(Span.latest(whole, None), **changes)


def kept(folder: Path, one: VerdictRecord, image: np.ndarray | None = None) -> VerdictRecord:
    """Returns a record with a picture that the line has kept."""
    grey = np.full((60, 80, 3), 128, np.uint8) if image is None else image
    return PictureStore(folder, keep_days=30, most_bytes=10**8, good_every=1).keep(one, grey)
