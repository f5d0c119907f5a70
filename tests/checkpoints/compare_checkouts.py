"""Compares what two checkouts of the project answer, bit for bit: every shipped model, on some test images of its category.

    python tests/checkpoints/compare_checkouts.py OLD_CHECKOUT [--images 20]

This checkout is the new one. Scores, thresholds, and a digest over all score maps and the reconstruction must be equal. PyTorch runs the
models on one thread. Images of real categories come from `FAVAE_DATA_DIR`; sample parts are drawn by each checkout itself. Exits with 1
if anything differs or could not be compared. Not collected by pytest: it takes minutes.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

NEW = Path(__file__).resolve().parents[2]
SEED = 10_000  # of the first sample part: the shipped models were trained on those of lower seeds

# Runs within a checkout, which may have the layout of either side. Prints one JSON object for each model.
DRIVER = """
import hashlib, itertools, json, sys
from pathlib import Path

import torch

try:
    from favae_demo import Detector
    from favae_demo.core.settings import Settings
    from favae_demo.data.io.images import decode
    from favae_demo.data.synthetic import SAMPLE_CATEGORIES, render_part
except ImportError:  # the layout before the rooms
    from favae_demo.data.images import decode
    from favae_demo.data.sample_parts import SAMPLE_CATEGORIES, render_part
    from favae_demo.detection.detector import Detector
    from favae_demo.settings import Settings
from favae_demo.data.mvtec import load_category


def sample_parts(category, count, seed):
    kinds = itertools.cycle([None, *SAMPLE_CATEGORIES[category].defects])
    return [render_part(category, seed + i, kind)[0] for i, kind in zip(range(count), kinds)]


def test_images(category, count, data_dir):
    samples = load_category(data_dir, category).test
    return [decode(samples[i * len(samples) // count].path) for i in range(min(count, len(samples)))]


def answer(detection):
    digest = hashlib.sha256(detection.reconstruction.tobytes())
    for name, values in {"shown": detection.map, **detection.maps}.items():
        digest.update(name.encode() + values.tobytes())
    return [float(detection.score).hex(), float(detection.threshold).hex(), float(detection.pixel_threshold).hex(), digest.hexdigest()]


torch.set_num_threads(1)
settings, task = Settings.from_env(), json.load(sys.stdin)
for category, models in task["models"].items():
    sampled = category in SAMPLE_CATEGORIES
    images = (sample_parts(category, task["images"], task["seed"]) if sampled
              else test_images(category, task["images"], settings.data_dir))
    for model in models:
        found = Detector.load(Path("checkpoints", f"{model}.safetensors"), settings, engine="torch").detect(images)
        print(json.dumps({model: [answer(one) for one in found]}), flush=True)
"""
FIELDS = ("score", "threshold", "pixel threshold", "maps")

Answers = dict[str, list[list[str]]]


def main() -> int:
    """Compares, prints a table, and returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path, metavar="OLD_CHECKOUT")
    parser.add_argument("--images", type=int, default=20, help="images for each model")
    options = parser.parse_args()
    names = {
        path.stem for root in (options.old, NEW) for path in (root / "checkpoints").glob("*.safetensors")
    }
    models: dict[str, list[str]] = {}
    for name in sorted(names):
        models.setdefault(name.split("-")[0], []).append(name)
    task = {"models": models, "images": options.images, "seed": SEED}
    old, new = (answers(root, task) for root in (options.old.resolve(), NEW))
    print(f"{'model':46} {'images':>6}  {'different':24}")
    problems = 0
    for name in sorted(names):
        count, difference = compare(old.get(name), new.get(name))
        problems += bool(difference)
        print(f"{name:46} {count:6}  {difference or 'nothing'}")
    print(f"{len(names)} models, {problems} with a difference")
    return 1 if problems or not names else 0


def answers(root: Path, task: dict) -> Answers:
    """What a checkout answers, by model; without those that it cannot run."""
    environment = os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "FAVAE_ENGINE": "torch"}
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=json.dumps(task),
        env=environment,
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: Answers = {}
    for line in done.stdout.splitlines():
        found |= json.loads(line)
    return found


def compare(old: list[list[str]] | None, new: list[list[str]] | None) -> tuple[int, str]:
    """How many images were compared, and what differs in words; empty where all is equal."""
    if not old or not new:
        return 0, "no answer of the " + " and the ".join(
            name for name, side in (("old", old), ("new", new)) if not side
        )
    if len(old) != len(new):
        return 0, f"{len(old)} images before, {len(new)} now"
    columns = zip(FIELDS, zip(*old, strict=True), zip(*new, strict=True), strict=True)
    counts = {name: sum(one != other for one, other in zip(*sides, strict=True)) for name, *sides in columns}
    return len(new), ", ".join(f"{name} of {count}" for name, count in counts.items() if count)


if __name__ == "__main__":
    sys.exit(main())
