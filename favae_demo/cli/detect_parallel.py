"""`detect` on folders and archives: image by image in this process, or in chunks by several workers.

For chunks the files are first listed by name. A worker reads the files of its chunk from the same folder or archive, writes their overlays, and at the
end the rows of the chunk as one JSON file. A chunk with this file is done, so that an interrupted command continues with the others.
"""

import hashlib
import json
import shutil
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

from favae_demo.cli.task_options import with_absolute_paths
from favae_demo.core import task_pool
from favae_demo.core.errors import DataError
from favae_demo.core.files import atomic_path, read_json, write_json
from favae_demo.core.settings import Settings
from favae_demo.data.io.image_stream import Given, images
from favae_demo.detection.batch.judge import BatchRow, Scale, judge
from favae_demo.detection.detector import Detector
from favae_demo.scoring.detection import Detection
from favae_demo.scoring.explanation import account
from favae_demo.viz.overlay import overlay
from favae_demo.viz.overlay_zip import entry_name, jpeg

FOLDER = ".judged"  # sub-folder of the results for the rows of finished chunks, until all are done
OVERLAYS = "overlays"
CHUNKS = 64  # wanted number of chunks
SMALLEST, LARGEST = 16, 512  # files in a chunk
MOST_DRAWN = 2  # images whose overlays may still be drawn while others are judged
DetectionRecord = dict[str, Any]
"""What a task returns for an image beside its row, and its overlay's name; empty if it is not an image."""


@dataclass(frozen=True)
class FileChunk:
    """Consecutive files.

    Attributes:
        first: Number of the first file, from 1.
        names: Names of the files.
        overlays: Names of their overlays; None for a file that is not an image.
        rows: JSON file for their rows.
    """

    first: int
    names: tuple[str, ...]
    overlays: tuple[str | None, ...]
    rows: Path

    @property
    def numbers(self) -> range:
        """Numbers of the files."""
        return range(self.first, self.first + len(self.names))


@dataclass(frozen=True)
class DetectionJob:
    """What all chunks have in common. All paths are absolute.

    Attributes:
        checkpoint: File of the model.
        sources: Folders and archives.
        out: Folder of results.
        rate: False-alarm rate, in (0, 1).
        overlays: Whether overlays are written.
        settings: Folders and limits.
        key: Digest of the model, the options and the state of the sources; chunks of another key are not reused.
    """

    checkpoint: Path
    sources: tuple[Path, ...]
    out: Path
    rate: float
    overlays: bool
    settings: Settings
    key: str

    @classmethod
    def create(
        cls,
        checkpoint: Path,
        sources: Sequence[Path],
        out: Path,
        rate: float,
        settings: Settings,
        *,
        overlays: bool = True,
    ) -> "DetectionJob":
        """Creates a job with absolute paths."""
        sources = tuple(path.absolute() for path in sources)
        stamps = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sources]
        model = hashlib.sha256(checkpoint.read_bytes()).hexdigest()
        key = _digest(model, stamps, rate, overlays, settings.max_pixels)
        checkpoint, out = checkpoint.absolute(), out.absolute()
        return cls(checkpoint, sources, out, rate, overlays, with_absolute_paths(settings), key)


def name_overlays(given: Iterable[Given]) -> Iterator[tuple[Given, str | None]]:
    """Yields each file with the name of its overlay, or None for a file that is not an image."""
    taken: set[str] = set()
    for file in given:
        yield file, entry_name(file.name, taken) if file.is_image else None


def judge_and_draw(
    detector: Detector,
    scale: Scale,
    given: Iterable[tuple[Given, str | None]],
    out: Path | None,
    max_pixels: int,
    first: int = 1,
) -> Iterator[tuple[BatchRow, DetectionRecord]]:
    """Judges images one at a time; overlays are drawn and written meanwhile.

    Args:
        detector: The model.
        scale: Its thresholds.
        given: Files, each with the name of its overlay.
        out: Folder of results; None writes no overlays.
        max_pixels: Largest image that is decoded, in pixels.
        first: Number of the first file.
    """
    drawn: deque[tuple[BatchRow, DetectionRecord, Future | None]] = deque()

    def finished() -> tuple[BatchRow, DetectionRecord]:
        row, record, drawing = drawn.popleft()
        if drawing is not None:
            drawing.result()
        return row, record

    with ThreadPoolExecutor(1) as pool:
        for number, (file, name) in enumerate(given, first):
            (judged,) = judge(detector, scale, [file], max_pixels=max_pixels)
            detection, drawing = judged.detection, None
            record: DetectionRecord = {}
            if detection is not None and name is not None:
                record = {"threshold": detection.threshold, "verdict": detection.verdict}
                record |= {"limit_supported": detection.support.is_enough}
                record |= {"regions": len(detection.regions), **account(detection)}
                if out is not None:
                    record["overlay"] = name
                    drawing = pool.submit(_draw, detection, out / OVERLAYS / name)
            drawn.append((replace(judged.row, number=number), record, drawing))
            if len(drawn) > MOST_DRAWN:
                yield finished()
        while drawn:
            yield finished()


def _draw(detection: Detection, path: Path) -> None:
    with atomic_path(path) as temporary:
        temporary.write_bytes(jpeg(overlay(detection)))


def judge_in_chunks(
    job: DetectionJob, backend: str = "local", address: str | None = None, workers: int | None = None
) -> tuple[list[tuple[BatchRow, DetectionRecord]], dict[str, str]]:
    """Judges all files in several processes, except for the chunks that an interrupted call has finished.

    Args:
        job: The model and the files.
        backend: A key of `task_pool.BACKENDS`.
        address: Address of the cluster; None for `local`.
        workers: Largest number of chunks at a time; None for the backend's default.

    Returns:
        The rows in order, and the reason of each chunk that failed, by its files. If none failed, call `remove_chunk_results` once the rows
        are stored.
    """
    chunks = split_files(name_overlays(images(job.sources, wanted=())), job)
    judged = {chunk: read_json(chunk.rows) for chunk in chunks if chunk.rows.is_file()}
    todo = [chunk for chunk in chunks if chunk not in judged]
    failed: dict[str, str] = {}
    total = sum(len(chunk.names) for chunk in chunks)
    for outcome in task_pool.run(todo, partial(judge_chunk, job=job), backend, address, workers):
        chunk = outcome.task
        if outcome.error:
            failed[f"files {chunk.first} to {chunk.numbers[-1]}, from {chunk.names[0]}"] = outcome.error
        else:
            judged[chunk] = outcome.value
        done = sum(len(chunk.names) for chunk in judged)
        print(f"{done} of {total} files{f': {outcome.error}' if outcome.error else ''}", file=sys.stderr)
    stored = (pair for chunk in chunks if chunk in judged for pair in judged[chunk])
    return [
        (BatchRow(**row | {name: tuple(row[name]) for name in ("areas", "unlike")}), record)
        for row, record in stored
    ], failed


def remove_chunk_results(out: Path) -> None:
    """Deletes the rows of the chunks; call it once the table is written."""
    shutil.rmtree(out / FOLDER, ignore_errors=True)


def split_files(given: Iterable[tuple[Given, str | None]], job: DetectionJob) -> list[FileChunk]:
    """Splits the files into chunks, whose size depends on the number of files alone."""
    listed = [(file.name, name) for file, name in given]
    size = min(LARGEST, max(SMALLEST, ceil(len(listed) / CHUNKS)))
    chunks = []
    for start in range(0, len(listed), size):
        names, overlays = zip(*listed[start : start + size], strict=True)
        rows = f"{start + 1:06}-{_digest(job.key, names, overlays)[:16]}.json"
        chunks.append(FileChunk(start + 1, names, overlays, job.out / FOLDER / rows))
    return chunks


def judge_chunk(chunk: FileChunk, job: DetectionJob) -> list[tuple[dict[str, Any], DetectionRecord]]:
    """Judges one chunk in a worker, unless it is done; returns its rows, JSON-serialisable.

    Raises:
        DataError: Files were added or removed since they were listed.
    """
    if chunk.rows.is_file():
        return read_json(chunk.rows)
    detector, scale = _load_model(job)
    given = islice(images(job.sources, wanted=chunk.numbers), chunk.first - 1, chunk.numbers[-1])
    pairs = zip(_require_listed(given, chunk), chunk.overlays, strict=True)
    out = job.out if job.overlays else None
    judged = judge_and_draw(detector, scale, pairs, out, job.settings.max_pixels, chunk.first)
    rows = [(asdict(row), record) for row, record in judged]
    write_json(chunk.rows, rows)
    return rows


def _require_listed(given: Iterable[Given], chunk: FileChunk) -> Iterator[Given]:
    """Yields the files and checks that they are those that were listed."""
    given = iter(given)
    for name in chunk.names:
        file = next(given, None)
        if file is None or file.name != name:
            raise DataError("Files came or went while they were judged; the same command goes on.")
        yield file


@lru_cache(maxsize=1)
def _load_model(job: DetectionJob) -> tuple[Detector, Scale]:
    """Loads the model once per process."""
    detector = Detector.load(job.checkpoint, job.settings)
    return detector, Scale.of(detector, [job.rate])


def _digest(*values: Any) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()
