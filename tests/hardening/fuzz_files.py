"""Feeds the app every kind of hostile file, and prints what became of them; takes about ten minutes, and 3 GB of disk.

Each class runs in a child process, so that its time, its memory above idle and a crash are its own. Seconds are those of the processor (user
and system), as a busy machine says nothing of the app. `broken` is whatever was neither taken nor refused in one plain sentence, was written
outside its folder, took longer than 5 s or more than 1 GB: it must be 0.

    python tests/hardening/fuzz_files.py [--cases 2000] [--only CLASS…] [--seed 0]
"""

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

import hostile_annotations  # noqa: E402
import hostile_archives  # noqa: E402
import hostile_checkpoints  # noqa: E402
import hostile_images  # noqa: E402
import numpy as np  # noqa: E402
from data_trees import images  # noqa: E402
from hostile_outcome import ACCEPTED, REFUSED, added, judged, outcome  # noqa: E402

MOST_SECONDS, MOST_MEMORY = 5.0, 1000.0
HANG = 600.0  # seconds on the clock after which a case counts as endless
SHIPPED = Path(__file__).parents[2] / "checkpoints"
Case = tuple[str, Callable[[], str]]
"""A name, and what feeds it to the app and gives the outcome."""


@dataclass
class Tally:
    """What became of one class."""

    name: str
    cases: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((REFUSED, ACCEPTED, "broken"), 0))
    seconds: float = 0.0
    memory: float = 0.0
    slowest: str = ""
    faults: list[str] = field(default_factory=list)


def damaged_images(rng: np.random.Generator, count: int, folder: Path) -> Iterator[Case]:
    """Cut, bent and spliced files of every kind."""
    from favae_demo.data.io.images import decode

    whole = hostile_images.whole()
    for kind, data in whole.items():
        for number, bent in enumerate(hostile_images.damaged(data, rng, count // len(whole))):
            yield f"{kind} {number}", lambda bent=bent: outcome(lambda: decode(bent))


def image_bombs(rng: np.random.Generator, count: int, folder: Path) -> Iterator[Case]:
    """Small files that ask for much, and the largest that are read; from disk, as an upload comes."""
    yield from _images(hostile_images.BOMBS, folder)


def largest_images(rng: np.random.Generator, count: int, folder: Path) -> Iterator[Case]:
    """Honest pictures of 50 million pixels."""
    yield from _images(hostile_images.LARGEST, folder)


def _images(table: dict[str, Callable[[], bytes]], folder: Path) -> Iterator[Case]:
    from favae_demo.data.io.images import decode

    for name, make in table.items():
        path = folder / "picture.png"
        path.write_bytes(make())
        yield name, lambda path=path: outcome(lambda: decode(path))


def archive_traps(rng: np.random.Generator, count: int, folder: Path) -> Iterator[Case]:
    """Ways out, links, devices, names, locked and broken members, each added and judged."""
    odd = {name: content for name, (content, _) in hostile_archives.ODD.items()}
    for name, data in (hostile_archives.TRAPS | odd).items():
        yield from _archive(name, data, folder)


def bent_archives(rng: np.random.Generator, count: int, folder: Path) -> Iterator[Case]:
    """The same with other bytes where names and sizes are."""
    odd = [content for content, _ in hostile_archives.ODD.values()]
    whole = [*hostile_archives.TRAPS.values(), *odd]
    for number in range(count // 2):
        yield from _archive(str(number), hostile_archives.bent(whole[number % len(whole)], rng), folder)


def _archive(name: str, data: bytes, folder: Path) -> Iterator[Case]:
    path = folder / "archive"
    path.write_bytes(data)
    yield f"{name}, added", partial(added, path, _emptied(folder))
    yield f"{name}, judged", partial(judged, path)


def swollen_archives(rng: np.random.Generator, count: int, folder: Path) -> Iterator[Case]:
    """10 GB unpacked, endless lists, notes and skipped members."""
    for name, make in hostile_archives.SWOLLEN.items():
        yield from _archive(name, make(), folder)


def _emptied(folder: Path) -> Path:
    target = folder / "inside" / "target"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    return target


def checkpoints(rng: np.random.Generator, count: int, folder: Path) -> Iterator[Case]:
    """Shipped models made into traps, damaged, and with any value in any place of their description."""
    from favae_demo.checkpoints.checkpoint import load_checkpoint

    good = min(SHIPPED.glob("*.safetensors"), key=lambda path: path.stat().st_size)
    path = folder / "model.safetensors"
    tensors, card = hostile_checkpoints.parts(good)

    def read() -> str:
        return outcome(lambda: load_checkpoint(path).build_model())

    for name, data in hostile_checkpoints.traps(good).items():
        path.write_bytes(data)
        yield name, read
    for number, data in enumerate(hostile_checkpoints.damaged(good.read_bytes(), rng, count // 10)):
        path.write_bytes(data)
        yield f"damaged {number}", read
    few = {name: value for name, value in tensors.items() if value.ndim < 2}
    for place in hostile_checkpoints.places(card):
        for value in hostile_checkpoints.STRANGE:
            path.write_bytes(hostile_checkpoints.file(few, hostile_checkpoints.changed(card, place, value)))
            yield f"{place} = {str(value)[:20]}", read


def settings(rng: np.random.Generator, count: int, folder: Path) -> Iterator[Case]:
    """Any letters in any variable."""
    from favae_demo.core.settings import Settings

    names = (
        "DATA_DIR",
        "CHECKPOINT_DIR",
        "RUNS_DIR",
        "CACHE_DIR",
        "TRAINING",
        "MAX_PIXELS",
        "MAX_UPLOAD_MB",
        "SIGN_IN",
    )
    letters = (*"0123456789,:/~.²\0\n é🔩\udc95", "on")
    for number in range(count):
        text = "".join(letters[i] for i in rng.integers(0, len(letters), rng.choice([1, 3, 20, 6_000])))
        env = {f"FAVAE_{rng.choice(names)}": text}
        yield str(number), lambda env=env: outcome(lambda: Settings.from_env(env))


def bent_annotations(rng: np.random.Generator, count: int, folder: Path) -> Iterator[Case]:
    """Tables and drawn defects: damaged ones, and those that ask for much memory or time."""
    from favae_demo.data.library.importer import add
    from favae_demo.data.library.store import Library

    def carry_out(name: str, content: bytes) -> None:
        home = Path(tempfile.mkdtemp(dir=folder))
        (home / "data").mkdir()
        images(home / "caps", 6)
        for number in range(6):
            (home / f"caps/{number:03}.png").rename(home / f"caps/{number}.png")
        (home / "caps" / name).write_bytes(content)
        try:
            add(home / "caps", Library(home / "data", home / "cache", 1_000_000))
            assert {path.name for path in home.iterdir()} <= {"data", "caps", "cache"}
        finally:
            shutil.rmtree(home / "caps")

    whole = hostile_annotations.whole()
    for name, content in whole.items():
        for number, bent in enumerate(hostile_annotations.damaged(content, rng, count // len(whole) // 4)):
            yield f"{name} {number}", lambda name=name, bent=bent: outcome(lambda: carry_out(name, bent))
    for title, content in hostile_annotations.swollen().items():
        name = title.partition(":")[2]
        yield title, lambda name=name, content=content: outcome(lambda: carry_out(name, content))


CLASSES = (
    damaged_images,
    image_bombs,
    largest_images,
    archive_traps,
    bent_archives,
    swollen_archives,
    checkpoints,
    settings,
    bent_annotations,
)


def _child(number: int, options: argparse.Namespace, pipe: multiprocessing.connection.Connection) -> None:
    """Runs the cases of a class, and tells each one's name before it and its figures after it."""
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what C libraries say of damaged files
    resource.setrlimit(resource.RLIMIT_DATA, (8 << 30, 8 << 30))  # spares the machine
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    for name, feed in CLASSES[number](np.random.default_rng(options.seed), options.cases, folder):
        pipe.send(name)
        Path("/proc/self/clear_refs").write_text("5")  # the peak of memory starts anew
        idle, start = _peak(), time.process_time()
        try:
            found = feed()
        except BaseException:
            found = traceback.format_exc(limit=-3)
        pipe.send((found, time.process_time() - start, _peak() - idle))
    pipe.send(None)


def _peak() -> float:
    """Most memory since the last reset, in MB."""
    line = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    )
    return int(line.split()[1]) / 1024


def measure(number: int, options: argparse.Namespace) -> Tally:
    """One class in a child process."""
    tally = Tally(CLASSES[number].__name__.replace("_", " "))
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(number, options, theirs))
    process.start()
    theirs.close()
    name = ""
    try:
        while (name := _next(ours)) is not None:
            found, seconds, memory = _next(ours)
            tally.cases += 1
            if found in tally.counts and (seconds > MOST_SECONDS or memory > MOST_MEMORY):
                found = f"{seconds:.1f} s, {memory:.0f} MB"
            tally.counts[found if found in tally.counts else "broken"] += 1
            if found not in tally.counts:
                tally.faults.append(f"{name}: {found}")
            if seconds > tally.seconds:
                tally.seconds, tally.slowest = seconds, name
            tally.memory = max(tally.memory, memory)
    except (EOFError, TimeoutError) as error:
        tally.counts["broken"] += 1
        tally.faults.append(f"{name}: the process ended, or never came to an end ({error!r})")
        process.kill()
    process.join()
    return tally


def _next(pipe: multiprocessing.connection.Connection) -> object:
    if not pipe.poll(HANG):
        raise TimeoutError
    return pipe.recv()


def main() -> int:
    """Runs the classes and prints the table, and one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=2_000, help="of each class of random ones")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--only", nargs="+", choices=[one.__name__ for one in CLASSES], help="these classes alone"
    )
    options = parser.parse_args()
    row = "{:18} {:>6} {:>8} {:>9} {:>7} {:>8} {:>8}  {}"
    print(
        row.format("class", "cases", "refused", "accepted", "broken", "worst s", "worst MB", "slowest"),
        flush=True,
    )
    tallies = []
    with tempfile.TemporaryDirectory() as options.folder:
        for number, one in enumerate(CLASSES):
            if options.only and one.__name__ not in options.only:
                continue
            tally = measure(number, options)
            counts = (tally.counts[kind] for kind in (REFUSED, ACCEPTED, "broken"))
            figures = (f"{tally.seconds:.2f}", f"{tally.memory:.0f}", tally.slowest)
            print(row.format(tally.name, tally.cases, *counts, *figures), flush=True)
            for fault in tally.faults[:20]:
                print("    " + fault.strip().replace("\n", "\n      "), flush=True)
            tallies.append(vars(tally))
    print(json.dumps(tallies))
    return int(any(tally["counts"]["broken"] for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
