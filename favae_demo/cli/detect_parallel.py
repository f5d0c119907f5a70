"""`detect` on folders and archives: picture by picture here, or in parts by whichever process is free.

For parts the files are listed once, by name only; a worker reads those of its part from the same folder or archive, writes their overlays, and
last its rows as one small file. A part that has this file is done: a killed call goes on with the others.
"""

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

from favae_demo.cli.task_options import anywhere
from favae_demo.core import task_pool
from favae_demo.core.errors import ConfigError, DataError
from favae_demo.core.files import atomic_path, read_json, write_json
from favae_demo.core.settings import Settings
from favae_demo.data.io.image_stream import Given, images
from favae_demo.detection.batch.judge import Row, Scale, judge
from favae_demo.detection.detector import Detector
from favae_demo.viz.overlay import overlay
from favae_demo.viz.overlay_zip import entry_name, jpeg

FOLDER = ".judged"  # of the parts' rows, within the folder of results, until all are done
OVERLAYS = "overlays"
PARTS, SMALLEST, LARGEST = 64, 16, 512  # parts at best, pictures in a part
Found = dict[str, Any]
"""Of a picture that was judged: threshold, verdict, number of regions and name of the overlay. Else empty."""


@dataclass(frozen=True)
class Part:
    """Files that come one after another.

    Attributes:
        first: Number of the first, from 1.
        names: Their names.
        overlays: Names of their overlays; None for what is no picture.
        rows: The file that their rows go into.
    """

    first: int
    names: tuple[str, ...]
    overlays: tuple[str | None, ...]
    rows: Path

    @property
    def numbers(self) -> range:
        """The numbers of its files."""
        return range(self.first, self.first + len(self.names))


@dataclass(frozen=True)
class Work:
    """What is the same for all parts.

    Attributes:
        checkpoint, sources, out: Files and folders as every worker finds them.
        rate: False-alarm rate.
        settings: Folders and limits.
        key: Changes with the model, with what is asked of it, and with a source that was replaced or had files added.
    """

    checkpoint: Path
    sources: tuple[Path, ...]
    out: Path
    rate: float
    settings: Settings
    key: str

    @classmethod
    def of(cls, options: argparse.Namespace, settings: Settings) -> "Work":
        """What the command was given.

        Raises:
            ConfigError: The results would lie among the pictures, and be taken for some.
        """
        sources = tuple(path.absolute() for path in options.pictures)
        stamps = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sources]
        model = hashlib.sha256(options.checkpoint.read_bytes()).hexdigest()
        key = _digest(model, stamps, options.rate, settings.max_pixels)
        checkpoint, out = options.checkpoint.absolute(), options.out.absolute()
        if any(out.resolve().is_relative_to(source.resolve()) for source in sources):
            raise ConfigError(f"Choose an --out that is not within the pictures' folder; {out} is.")
        return cls(checkpoint, sources, out, options.rate, anywhere(settings), key)


def with_overlays(given: Iterable[Given]) -> Iterator[tuple[Given, str | None]]:
    """Each file with the name of its overlay."""
    taken: set[str] = set()
    for one in given:
        yield one, entry_name(one.name, taken) if one.is_image else None


def judge_and_draw(
    detector: Detector,
    scale: Scale,
    given: Iterable[tuple[Given, str | None]],
    out: Path,
    max_pixels: int,
    first: int = 1,
) -> Iterator[tuple[Row, Found]]:
    """Judges pictures one at a time, and writes their overlays.

    Args:
        detector: The model.
        scale: Its limits.
        given: Files, each with the name of its overlay.
        out: Folder of results.
        max_pixels: Largest picture that is decoded.
        first: Number of the first file.
    """
    for number, (one, name) in enumerate(given, first):
        (judged,) = judge(detector, scale, [one], max_pixels=max_pixels)
        found = judged.detection
        answer = {}
        if found is not None:
            with atomic_path(out / OVERLAYS / name) as temporary:
                temporary.write_bytes(jpeg(overlay(found)))
            answer = {"threshold": found.threshold, "verdict": found.verdict, "regions": len(found.regions)}
            answer |= {"overlay": name}
        yield replace(judged.row, number=number), answer


def judge_in_parts(
    options: argparse.Namespace, settings: Settings
) -> tuple[list[tuple[Row, Found]], dict[str, str]]:
    """Judges everything in several processes; what was judged by a call that was killed is not judged again.

    Returns:
        Rows in order, and for each part that failed its files and the reason. Without any, `forget` may be called.
    """
    work = Work.of(options, settings)
    parts = split(with_overlays(images(work.sources, wanted=())), work)
    judged = {part: read_json(part.rows) for part in parts if part.rows.is_file()}
    todo, failed = [part for part in parts if part not in judged], {}
    total = sum(len(part.names) for part in parts)
    job = partial(judge_part, work=work)
    for outcome in task_pool.run(todo, job, options.backend, options.address, options.workers):
        part = outcome.task
        if outcome.error:
            failed[f"files {part.first} to {part.numbers[-1]}, from {part.names[0]}"] = outcome.error
        else:
            judged[part] = outcome.value
        done = sum(len(one.names) for one in judged)
        print(f"{done} of {total} files{f': {outcome.error}' if outcome.error else ''}", file=sys.stderr)
    stored = (one for part in parts if part in judged for one in judged[part])
    return [(Row(**row | {"areas": tuple(row["areas"])}), found) for row, found in stored], failed


def forget(out: Path) -> None:
    """Removes the parts' rows once the table is written."""
    shutil.rmtree(out / FOLDER, ignore_errors=True)


def split(given: Iterable[tuple[Given, str | None]], work: Work) -> list[Part]:
    """The files in parts, of a size that depends on nothing but how many there are."""
    listed = [(one.name, name) for one, name in given]
    size = min(LARGEST, max(SMALLEST, ceil(len(listed) / PARTS)))
    parts = []
    for start in range(0, len(listed), size):
        names, overlays = zip(*listed[start : start + size], strict=True)
        file = f"{start + 1:06}-{_digest(work.key, names, overlays)[:16]}.json"
        parts.append(Part(start + 1, names, overlays, work.out / FOLDER / file))
    return parts


def judge_part(part: Part, work: Work) -> list[tuple[dict[str, Any], Found]]:
    """Judges one part in a worker, unless it is done; returns its rows, ready for JSON.

    Raises:
        DataError: The files are not those that were listed.
    """
    if part.rows.is_file():
        return read_json(part.rows)
    detector, scale = _loaded(work)
    given = islice(images(work.sources, wanted=part.numbers), part.first - 1, part.numbers[-1])
    pairs = zip(_same(given, part), part.overlays, strict=True)
    judged = judge_and_draw(detector, scale, pairs, work.out, work.settings.max_pixels, part.first)
    rows = [(asdict(row), found) for row, found in judged]
    write_json(part.rows, rows)
    return rows


def _same(given: Iterable[Given], part: Part) -> Iterator[Given]:
    """The files, as long as they are those that were listed."""
    given = iter(given)
    for name in part.names:
        one = next(given, None)
        if one is None or one.name != name:
            raise DataError("Files came or went while they were judged; the same command goes on.")
        yield one


@lru_cache(maxsize=1)
def _loaded(work: Work) -> tuple[Detector, Scale]:
    """The model, once a process."""
    detector = Detector.load(work.checkpoint, work.settings)
    return detector, Scale.of(detector, [work.rate])


def _digest(*values: Any) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()
