"""False alarms and defects found in a new light, before and after a recalibration: `python tests/evaluation/measure_recalibration.py --data DIR C…`.

For each category, its shipped `extended` model meets its test pictures in a new light. It is recalibrated with 20 held-out good pictures in that
light, which the network did not learn from and whose old scores are taken out of the model, and judges the test pictures again. A line of JSON for each category, change and choice of
the 20 gives false alarms and defects found at the nominal rate of 5 %: with the training's light, in the new light before, and after; and the longest
recalibration in seconds, and in seconds of processor time, which other programs do not lengthen. With `--anew` the network is calibrated by today's recipe first, as in `measure_changes.py`.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere
sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure_changes import pictures, rounded

from favae_demo.checkpoints.checkpoint import Checkpoint, load_checkpoint
from favae_demo.core.settings import Settings
from favae_demo.data.mvtec import load_category
from favae_demo.detection.calibration.passes import Network
from favae_demo.detection.recalibration import GoodImages, recalibrate
from favae_demo.evaluation.outcomes import Outcome, verdicts
from favae_demo.runs.renewal import renewed
from favae_demo.scoring.calibration import Calibration
from favae_demo.scoring.thresholds import GoodScores
from favae_demo.training.views import split_images

MARKED = 20
LIGHTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "brightness × 0.9": lambda image: rounded(image * 0.9),
    "brightness × 1.1": lambda image: rounded(image * 1.1),
    "brightness × 0.8": lambda image: rounded(image * 0.8),
    "warmer: green × 0.93, blue × 0.85": lambda image: rounded(image * np.array([1.0, 0.93, 0.85])),
}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("categories", nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--model", default="{category}-efficientnet-lite0-extended", help="name or file of the model"
    )
    parser.add_argument("--choices", type=int, default=5, help="how many different sets of 20 pictures")
    parser.add_argument("--anew", action="store_true")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    for name in asked.categories:
        measure(name, asked.model.format(category=name), asked)


def measure(name: str, model: str, asked: argparse.Namespace) -> None:
    """Measures a category."""
    settings = replace(Settings.from_env(), data_dir=asked.data)
    category = load_category(asked.data, name)
    checkpoint = renewed(model, settings)[0] if asked.anew else load_checkpoint(model)
    card = checkpoint.card
    teacher, config = checkpoint.build_teacher(settings.cache_dir), card.config
    network = Network(checkpoint.build_model(), teacher, config, card.calibration.reference, "cpu")
    test = pictures(category.test, config, card.levels, name, settings)
    held_out = split_images(pictures(category.train, config, card.levels, name, settings), config).held_out
    defective = np.array([not sample.is_good for sample in category.test])

    def shares(images: np.ndarray, *calibrations: Calibration) -> list[dict[str, float]]:
        return [_shares(np.array(one), defective) for one in verdicts(network, calibrations, _given(images))]

    (usual,) = shares(test, card.calibration)
    for change, light in LIGHTS.items():
        after, seconds, computed = [], [], []
        for seed in range(asked.choices):
            chosen = np.random.default_rng(seed).permutation(len(held_out))[:MARKED]
            marked = np.stack([light(image) for image in held_out[chosen]])
            began, used = time.perf_counter(), time.process_time()
            after.append(recalibrate(_without(checkpoint, chosen), teacher, _given(marked)))
            seconds.append(time.perf_counter() - began)
            computed.append(time.process_time() - used)
        before, *fixed = shares(np.stack([light(image) for image in test]), card.calibration, *after)
        record = {
            "category": name, "change": change, "marked": MARKED, "choices": asked.choices, "anew": asked.anew,
            "n": {"good": int((~defective).sum()), "defects": int(defective.sum())},
            "usual light": usual, "before": before, "after, mean": _mean(fixed),
            "after, worst": {"false_alarms": max(r["false_alarms"] for r in fixed), "found": min(r["found"] for r in fixed)},
            "usual light after": _mean(shares(test, *after)), "seconds": round(max(seconds), 2),
            "processor seconds": round(max(computed), 2),
        }  # fmt: skip
        print(json.dumps(record, ensure_ascii=False), flush=True)


def _without(checkpoint: Checkpoint, held_out: np.ndarray) -> Checkpoint:
    """The model without the scores of some held-out images: pictures of tomorrow are not those of the training."""

    def left(scores: GoodScores) -> GoodScores:
        def kept(values: Sequence[float]) -> tuple[float, ...]:
            return tuple(np.delete(np.array(values), held_out).tolist())

        return GoodScores(kept(scores.images), {name: kept(values) for name, values in scores.peaks.items()})

    known = checkpoint.card.calibration
    known = replace(known, plain=left(known.plain), masked=left(known.masked))
    return replace(checkpoint, card=replace(checkpoint.card, calibration=known))


def _given(images: np.ndarray) -> GoodImages:
    # The files' own sizes are those of the training.
    return GoodImages(images, [(1024, 1024)] * len(images))


def _shares(said: np.ndarray, defective: np.ndarray) -> dict[str, float]:
    good, bad = (Outcome.of(said[which].tolist()) for which in (~defective, defective))
    return {
        "false_alarms": round(good.called / good.pictures, 3),
        "found": round(bad.called / bad.pictures, 3),
        "not_judged": round((good.unjudged + bad.unjudged) / len(said), 3),
    }


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(float(np.mean([row[name] for row in rows])), 3) for name in rows[0]}


if __name__ == "__main__":
    main()
