"""Times another checkout and this one in turn, for the ratios in docs/benchmarks.md.

    git worktree add BEFORE COMMIT
    python tests/bench/measure_commits.py --before BEFORE --data DIR [--only extended folder …] [--times 5]

Each call is a program of its own with an empty folder for runs and results; a training also begins with an empty cache, but for the weights
of teachers that are on this machine (`python -m favae_demo teachers fetch`).
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere

from favae_demo.core.settings import Settings

HERE = Path(__file__).resolve().parents[2]
WEIGHTS = "teachers"  # within a cache
ENGINES = ("torch", "onnx", "ncnn")
# Runs in either checkout, whose packages may differ: milliseconds of a picture of 256×256, alone and in batches of eight.
DETECT = """
import json, statistics, sys, time
import numpy as np
from pathlib import Path
try:
    from favae_demo.core.settings import Settings
except ImportError:
    from favae_demo.settings import Settings
from favae_demo.detection.detector import Detector
model, engine = Path(sys.argv[1]), sys.argv[2]
detector = Detector.load(model, Settings.from_env(), engine=engine)
images = list(np.random.default_rng(0).integers(60, 190, (8, 256, 256, 3), np.uint8))
def milliseconds(batch, times):
    seconds = []
    for i in range(times + 5):
        begun = time.perf_counter()
        detector.detect(images[:batch])
        seconds.append(time.perf_counter() - begun)
    return 1000 * statistics.median(seconds[5:]) / batch
print(json.dumps({"alone": milliseconds(1, 60), "of eight": milliseconds(8, 15)}))
"""


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--before", type=Path, required=True, help="another checkout")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder in MVTec layout, with bottle and pill"
    )
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(asked.data.resolve(), Path(folder))
        for name in asked.only:
            found: dict[Path, list[dict[str, float]]] = {asked.before.resolve(): [], HERE: []}
            for _ in range(asked.times):
                for checkout, values in found.items():
                    values.append(MEASURES[name](bench, checkout))
                    print(name, checkout.name, json.dumps(values[-1]), flush=True)
            _print_ratios(name, *found.values())


class Bench:
    """Where to find pictures, and where to write.

    Args:
        data: Folder in MVTec layout.
        folder: An empty folder.
    """

    def __init__(self, data: Path, folder: Path):
        self.data, self.folder = data, folder

    def run(self, checkout: Path, *command: str, cache: Path | None = None) -> tuple[str, dict[str, float]]:
        """Runs Python in a checkout; returns what it printed, and its seconds, processor seconds and peak memory in GB.

        Args:
            checkout: Where.
            command: Arguments of Python.
            cache: Folder of its cache; None makes an empty one.

        Raises:
            SystemExit: It failed.
        """
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            cache = cache or Path(folder) / "cache"
            if not (cache / WEIGHTS).exists():
                shutil.copytree(Settings.from_env().cache_dir / WEIGHTS, cache / WEIGHTS)
            places = {
                "FAVAE_CACHE_DIR": str(cache),
                "FAVAE_RUNS_DIR": str(Path(folder) / "runs"),
                "FAVAE_DATA_DIR": str(self.data),
            }
            begun = time.perf_counter()
            process = Popen(
                [sys.executable, *command], cwd=checkout, env=os.environ | places, stdout=PIPE, stderr=DEVNULL, text=True
            )  # fmt: skip
            printed = process.stdout.read() if process.stdout else ""
            _, status, used = os.wait4(process.pid, 0)
            if status:
                raise SystemExit(f"In {checkout} {' '.join(command)} ended with status {status}.")
            return printed, {
                "seconds": time.perf_counter() - begun,
                "processor seconds": used.ru_utime + used.ru_stime,
                "GB": used.ru_maxrss / 2**20,
            }

    def cache(self, checkout: Path) -> Path:
        """Returns the folder of a checkout's cache that stays over several calls, as converted models do."""
        return self.folder / f"cache-{checkout.name}"


def training(category: str, preset: str, *more: str) -> Callable[[Bench, Path], dict[str, float]]:
    """Returns a measure of a training to its checkpoint."""

    def measure(bench: Bench, checkout: Path) -> dict[str, float]:
        command = ("train", "--category", category, "--preset", preset, *more, "--seed", "0", "--no-measure")
        return bench.run(checkout, "-m", "favae_demo", *command)[1]

    return measure


def folder(*more: str) -> Callable[[Bench, Path], dict[str, float]]:
    """Returns a measure of judging all test images of pill; options that another checkout does not know are left out there."""

    def measure(bench: Bench, checkout: Path) -> dict[str, float]:
        model = checkout / "checkpoints" / "pill-efficientnet-lite0-extended.safetensors"
        command = ("-m", "favae_demo", "detect", "--checkpoint", str(model), "--out")
        cache, images = bench.cache(checkout), bench.data / "pill" / "test"
        with tempfile.TemporaryDirectory(dir=bench.folder) as out:
            if not cache.exists():  # judges one picture first: models are converted at their first use
                bench.run(checkout, *command, out, str(next(images.rglob("*.png"))), cache=cache)
            options = more if checkout == HERE else ()
            return bench.run(checkout, *command, out, *options, str(images), cache=cache)[1]

    return measure


def pictures(engine: str) -> Callable[[Bench, Path], dict[str, float]]:
    """Returns a measure of the milliseconds of one picture by `extended`, with an engine."""

    def measure(bench: Bench, checkout: Path) -> dict[str, float]:
        model = checkout / "checkpoints" / "bottle-efficientnet-lite0-extended.safetensors"
        printed, _ = bench.run(checkout, "-c", DETECT, str(model), engine, cache=bench.cache(checkout))
        return json.loads(printed.splitlines()[-1])

    return measure


MEASURES = {
    "folder": folder(),
    "folder-table-alone": folder("--csv-only"),
    **{f"pictures-{engine}": pictures(engine) for engine in ENGINES},
    "quick-vgg16-bottle": training("bottle", "quick", "--teacher", "vgg16"),
    "extended-bottle": training("bottle", "extended"),
    "extended-pill": training("pill", "extended"),
}


def _print_ratios(name: str, before: list[dict[str, float]], now: list[dict[str, float]]) -> None:
    for key in now[0]:
        earlier, later = (statistics.median(one[key] for one in found) for found in (before, now))
        print(f"{name:22} {key:18} {earlier:8.3f} {later:8.3f}  ratio {earlier / later:.2f}", flush=True)


if __name__ == "__main__":
    main()
