"""Writes a month of a line with three cameras: `python tests/line/make_month.py --out verdicts.sqlite [--pictures 1000000]`.

What a month has: three shifts and a stop on Sundays, defects that come more often at night and lie mostly at the rim, a lamp that grows dim for
two days and is told as drift, files that cannot be read, and a recalibrated limit in the middle. Scores follow those of the good parts of a shipped
model. `--keep` pictures of the last days are rendered and kept, as the line keeps them.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.checkpoints.model_names import model_path
from favae_demo.data.synthetic import render_part
from favae_demo.detection.drift import CHANGED, usual_score
from favae_demo.line.picture_store import PictureStore
from favae_demo.line.sinks.database import DatabaseOptions, DatabaseSink
from favae_demo.line.verdict_record import VerdictRecord, utc_text
from favae_demo.runs.revisions import fingerprint

MODEL = "sample_bottle-efficientnet-lite0-extended"
SOURCES = ("left", "right", "top")
DAYS = 30
SEED = 7
DRIFT_DAYS = (20.3, 22.4)  # of the camera `right`
CHUNK = 20_000
DEFECTS = ("broken_lip", "contamination")


@dataclass(frozen=True)
class Month:
    """How the month comes about.

    Attributes:
        pictures: Number of verdicts.
        end: Time of the last one.
        keep: Number of pictures that are rendered and kept.
        days: Length in days.
    """

    pictures: int
    end: datetime
    keep: int = 0
    days: float = DAYS


def records(month: Month, store: PictureStore | None = None) -> Iterator[VerdictRecord]:
    """Yields the verdicts in the order of time."""
    rng = np.random.default_rng(SEED)
    path = model_path(MODEL)
    card = read_card(path)
    usual = usual_score(card.good_scores.images)
    assert usual is not None
    first, identity = month.end - timedelta(days=month.days), fingerprint(path)
    days = np.sort(_times(rng, month, first))
    chance = month.keep / max(
        1, 0.02 * month.pictures * 3 / month.days
    )  # of the defects of the last three days
    began = ""
    for number, day in enumerate(days):
        moment, source = first + timedelta(days=float(day)), SOURCES[rng.integers(3)]
        threshold = card.good_scores.threshold(0.05 if day < month.days / 2 else 0.03).value
        drifts = source == "right" and DRIFT_DAYS[0] < day < DRIFT_DAYS[1]
        is_defect = rng.random() < (0.028 if moment.hour >= 21 or moment.hour < 5 else 0.016)
        height = rng.normal(usual.centre + (2.6 * usual.spread if drifts else 0), usual.spread)
        score = threshold * rng.lognormal(0.55, 0.3) + 1e-9 if is_defect else math.exp(height)
        unreadable = rng.random() < 0.0004
        verdict = "unreadable" if unreadable else "defect" if score > threshold else "good"
        remark = "The file is cut off." if unreadable else ""
        if drifts and day > DRIFT_DAYS[0] + 0.01:
            began = began or f"right/{number:07}.png"
            remark = CHANGED.format(since=f"since {began}", changes="darker, less contrast")
        record = VerdictRecord(
            id=f"{number:032x}", time=utc_text(moment), source=source, name=f"{source}/{number:07}.png", category="sample_bottle",
            verdict=verdict, multiple=None if unreadable else score / threshold, score=None if unreadable else score,
            threshold=None if unreadable else threshold, regions=_regions(rng) if verdict == "defect" else (), model=MODEL,
            fingerprint=identity, remark=remark, milliseconds=40.0,
        )  # fmt: skip
        wanted = day > month.days - 3 and rng.random() < (chance if is_defect else chance / 200)
        if store is not None and wanted and not unreadable:
            record = _kept(record, store, number, is_defect)
        yield record


def _kept(record: VerdictRecord, store: PictureStore, number: int, is_defect: bool) -> VerdictRecord:
    """Renders the picture of a verdict and keeps it, with the place of its defect."""
    image, mask = render_part("sample_bottle", number, *((DEFECTS[number % 2],) if is_defect else ()))
    rows, columns = np.nonzero(mask)
    if len(rows) and record.verdict == "defect":
        height, width = mask.shape
        box = (
            columns.min() / width,
            rows.min() / height,
            (columns.max() + 1) / width,
            (rows.max() + 1) / height,
        )
        centre = (float(columns.mean()) / width, float(rows.mean()) / height)
        area = len(rows) / mask.size
        record = replace(
            record, regions=({"box": tuple(map(float, box)), "area": area, "peak": 5.0, "centre": centre},)
        )
    return store.keep(record, image)


def _times(rng: np.random.Generator, month: Month, first: datetime) -> np.ndarray:
    """Returns moments in days since the beginning: none on Sundays, fewer in the morning's break."""
    found: list[float] = []
    while len(found) < month.pictures:
        days = rng.uniform(0, month.days, 2 * (month.pictures - len(found)) + 10)
        weekdays = (first.weekday() + np.floor(days + _share(first))) % 7
        hours = (days + _share(first)) % 1 * 24
        runs = (weekdays != 6) & ((hours < 9) | (hours > 9.5))
        found += days[runs].tolist()
    return np.array(found[: month.pictures])


def _share(moment: datetime) -> float:
    return (moment.hour + moment.minute / 60) / 24


def _regions(rng: np.random.Generator) -> tuple[dict, ...]:
    """Returns the place of a defect: mostly on a ring, sometimes at one side of it."""
    angle = rng.normal(0.8, 0.5) if rng.random() < 0.4 else rng.uniform(0, 2 * math.pi)
    radius = rng.normal(0.31, 0.03) if rng.random() < 0.8 else rng.uniform(0, 0.3)
    x, y = 0.5 + radius * math.cos(angle), 0.5 + radius * math.sin(angle)
    w, h = rng.uniform(0.02, 0.07, 2)
    box = [float(np.clip(v, 0, 1)) for v in (x - w, y - h, x + w, y + h)]
    area = (box[2] - box[0]) * (box[3] - box[1])
    centre = (float(np.clip(x, 0, 1)), float(np.clip(y, 0, 1)))
    return ({"box": box, "area": area, "peak": 5.0, "centre": centre},)


def write(month: Month, out: Path) -> None:
    """Writes the verdicts with the line's own sink, and its pictures where the line keeps them."""
    state = out.with_name(f"{out.name}-line")
    store = (
        PictureStore(state / "pictures", keep_days=30, most_bytes=10**9, good_every=1) if month.keep else None
    )
    sink = DatabaseSink(DatabaseOptions(path=out))
    chunk: list[VerdictRecord] = []
    for record in records(month, store):
        chunk.append(record)
        if len(chunk) == CHUNK:
            sink.deliver(chunk)
            chunk = []
    sink.deliver(chunk)
    sink.close()


def main() -> None:
    """Writes the month and says how large it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--keep", type=int, default=120, help="pictures that are rendered and kept")
    parser.add_argument(
        "--end", type=datetime.fromisoformat, default=datetime.now(UTC).replace(microsecond=0)
    )
    asked = parser.parse_args()
    began = time.perf_counter()
    write(Month(asked.pictures, asked.end.astimezone(UTC), asked.keep), asked.out)
    seconds, size = time.perf_counter() - began, asked.out.stat().st_size
    print(
        json.dumps({"pictures": asked.pictures, "seconds": round(seconds, 1), "megabytes": round(size / 1e6)})
    )


if __name__ == "__main__":
    main()
