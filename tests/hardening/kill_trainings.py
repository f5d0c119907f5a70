"""Kills a real training at random moments, again and again, lets it go on, and compares its end with that of one left in peace.

    python tests/hardening/kill_trainings.py --kills 100

After each kill every checkpoint must be readable or absent, and the run shown as one that can go on. At the end the model must hold
the very same numbers. Takes about two seconds of processor time a kill; the last line is a JSON object, and the exit code is 1
if anything was lost.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))  # started as a script, from anywhere
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch
from data_trees import category
from small_training import small_config

from favae_demo.checkpoints.checkpoint import load_checkpoint
from favae_demo.cli import main as cli_main
from favae_demo.core.settings import PROJECT, Settings
from favae_demo.data.io.images import decode
from favae_demo.runs import manager
from favae_demo.training.events import EpochDone
from favae_demo.training.run_folder import RunFolder
from favae_demo.training.state import load_tensors

CONFIG = small_config(epochs=3, weight_average=0.5, views=12, snapshot_every=1)
CHECKPOINTS = ("last", "best", "model")
# Once, for all trainings: they come to life within an instant, and are killed at their work.
LOADED = ["favae_demo.runs.pipeline", "favae_demo.runs.manager", "torch._dynamo"]


@dataclass
class Tally:
    """What happened.

    Attributes:
        kills: Trainings killed, by what they had told last.
        whole: Runs that came to their end.
        faults: What was lost or broken, in words.
    """

    kills: Counter = field(default_factory=Counter)
    whole: int = 0
    faults: list[str] = field(default_factory=list)


def kill_many(kills: int, seed: int, home: Path) -> Tally:
    """Kills trainings until there were so many, and finishes each run that was begun."""
    with _environment(home):
        settings = Settings.from_env()
        category(settings.data_dir / "blob", good=8)
        whole, seconds = _undisturbed(settings)
        tally, rng = Tally(), random.Random(seed)
        while tally.kills.total() < kills:
            folder = _order(settings, f"run-{tally.whole}")
            while not _finished(folder, settings):
                moment = rng.uniform(0, seconds) if tally.kills.total() < kills else None
                code = _train(folder, moment)
                if code and moment is None:
                    tally.faults.append(f"{folder.id}: a resumed training ended with code {code}")
                    return tally
                if code:
                    tally.kills[_last_word(folder)] += 1
                    tally.faults += [f"{folder.id}: {fault}" for fault in after_kill(folder, settings)]
            tally.whole += 1
            tally.faults += [f"{folder.id}: {fault}" for fault in at_the_end(folder, whole)]
            told = f"{tally.kills.total()} kills, {tally.whole} runs, {len(tally.faults)} faults"
            print(told, file=sys.stderr, flush=True)
    return tally


def after_kill(folder: RunFolder, settings: Settings) -> Iterator[str]:
    """What is wrong with a run whose process was killed."""
    for name in CHECKPOINTS:
        path = getattr(folder, name)
        with _told(f"{path.name} is damaged") as told:
            if path.exists():
                load_tensors(path)
        yield from told
    for sheet in folder.path.glob("snapshots/[!.]*.png"):
        with _told(f"{sheet.name} is damaged") as told:
            decode(sheet)
        yield from told
    with _told("the run cannot be shown") as told:
        view = manager.view(folder.id, settings)
        if not (view.state == manager.FINISHED or (view.state == manager.INTERRUPTED and view.can_resume)):
            told.append(f"shown as {view.state}")
        if manager.info(folder.id, settings).state != view.state:
            told.append("the list shows another state than the page")
    yield from told


def at_the_end(folder: RunFolder, whole: RunFolder) -> Iterator[str]:
    """What tells a run that was killed from one that was not."""
    for name in CHECKPOINTS:
        ours, theirs = (load_tensors(getattr(one, name))[0] for one in (folder, whole))
        if ours.keys() != theirs.keys() or not all(torch.equal(ours[key], theirs[key]) for key in ours):
            yield f"{name} holds other numbers"
    ours, theirs = (load_checkpoint(one.model).card for one in (folder, whole))
    if (ours.calibration, ours.metrics) != (theirs.calibration, theirs.metrics):
        yield "the model is calibrated or measured otherwise"
    ours, theirs = (_epochs(one) for one in (folder, whole))
    if ours != theirs:
        yield "its log differs"
    if left := [path.name for path in folder.path.rglob(".*.tmp")]:
        yield f"left behind: {left}"


def _undisturbed(settings: Settings) -> tuple[RunFolder, float]:
    """A run left in peace, and the seconds that another one takes, with everything loaded and cached."""
    for name in ("whole", "again"):
        folder, start = _order(settings, name), time.monotonic()
        if code := _train(folder, None):
            raise SystemExit(f"the undisturbed training ended with code {code}")
    return folder, time.monotonic() - start


def _order(settings: Settings, name: str) -> RunFolder:
    folder = RunFolder(settings.runs_dir / name)
    folder.create(CONFIG, "blob", settings.data_dir)
    return folder


def _train(folder: RunFolder, seconds: float | None) -> int:
    """Trains in a process of its own and kills it after so many seconds; its exit code."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    process = context.Process(target=_command, args=(str(folder.path),))
    process.start()
    process.join(seconds)
    process.kill()  # no effect once it has ended
    process.join()
    return process.exitcode


def _command(folder: str) -> None:
    torch.set_num_threads(1)  # sums over several may round differently
    with (
        (Path(folder) / "log.txt").open("a") as log,
        contextlib.redirect_stdout(log),
        contextlib.redirect_stderr(log),
    ):
        sys.exit(cli_main.main(["train", "--resume", folder, "--json"]))


def _finished(folder: RunFolder, settings: Settings) -> bool:
    return manager.view(folder.id, settings).state == manager.FINISHED


def _last_word(folder: RunFolder) -> str:
    events = folder.events()
    return type(events[-1]).__name__ if events else "nothing"


def _epochs(folder: RunFolder) -> list[EpochDone]:
    return [replace(event, seconds=0) for event in folder.events() if isinstance(event, EpochDone)]


@contextlib.contextmanager
def _told(what: str) -> Iterator[list[str]]:
    """A list of faults, to which an error adds one."""
    told: list[str] = []
    try:
        yield told
    except Exception as error:
        told.append(f"{what}: {error!r}")


@contextlib.contextmanager
def _environment(home: Path) -> Iterator[None]:
    """Everything lies in one folder, for the trainings too."""
    own = {f"FAVAE_{name.upper()}_DIR": str(home / name) for name in ("data", "runs", "cache", "checkpoint")}
    before = dict(os.environ)
    os.environ.update(own | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(PROJECT)})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def main() -> int:
    """Runs the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kills-") as home:
        tally = kill_many(options.kills, options.seed, Path(home))
    print(f"{tally.kills.total()} kills, {tally.whole} runs brought to their end, {len(tally.faults)} faults")
    for word, count in tally.kills.most_common():
        print(f"  killed after {word}: {count}")
    for fault in tally.faults:
        print(f"  {fault}")
    print(json.dumps({"kills": tally.kills.total(), "runs": tally.whole, "faults": tally.faults}))
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
