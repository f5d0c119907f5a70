"""How well map and memory rank pictures alone and joined: `python tests/evaluation/measure_joining.py --data DIR --category C MODEL`.

Judges the test pictures of a category by a model with a memory, and prints the image AUROC of each map alone, and of the image score that joins
score map and memory, over all defects and by kind; then, where defects have masks, the pixel figures for each weight of the memory in the score
map, of which the model's own is marked. MODEL is a model file or a name that `favae-demo` knows.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere

from favae_demo.checkpoints.checkpoint import Checkpoint, load_checkpoint
from favae_demo.config.term_names import MEMORY
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import read_image
from favae_demo.data.mvtec import Category, load_category
from favae_demo.detection.calibration.joining import MAP_WEIGHTS
from favae_demo.detection.detector import Detector
from favae_demo.evaluation.metrics import image_auroc
from favae_demo.evaluation.protocol import evaluate
from favae_demo.scoring.score_maps import image_score


def main() -> None:
    """Measures and prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--category", required=True)
    asked = parser.parse_args()
    category = load_category(asked.data, asked.category)
    model = Path(asked.model) if Path(asked.model).is_file() else asked.model
    detector = Detector.load(model, replace(Settings.from_env(), data_dir=asked.data))
    known, labels = detector.calibration, np.array([not sample.is_good for sample in category.test])
    scores: dict[str, list[float]] = {}
    for sample in category.test:
        (found,) = detector.detect([read_image(sample.path, detector.levels)])
        for name, error_map in found.maps.items():
            scores.setdefault(name, []).append(image_score(error_map, known.score, known.share))
        scores.setdefault("joined", []).append(found.score)
    kinds = np.array([sample.path.parent.name for sample in category.test])
    for kind in (None, *np.unique(kinds[labels])):
        chosen = ~labels | (kinds == kind if kind else labels)
        figures = {
            name: round(image_auroc(np.array(values)[chosen], labels[chosen]), 3)
            for name, values in scores.items()
        }
        counts = {"good": int((~labels).sum()), "defect": int(labels[chosen].sum())}
        print(json.dumps({"kind": kind or "all"} | figures | counts), flush=True)
    if any(sample.mask_path for sample in category.test):
        print_by_weight(load_checkpoint(model), category)


def print_by_weight(checkpoint: Checkpoint, category: Category) -> None:
    """Prints a line of JSON with pixel figures for each weight of the memory, in multiples of that of all error maps together."""
    known = checkpoint.card.calibration
    whole = sum(known.weight(name) for name in known.scales if name != MEMORY)
    for weight in MAP_WEIGHTS:
        calibration = replace(known, weights=known.weights | {MEMORY: weight * whole})
        card = replace(checkpoint.card, calibration=calibration)
        figures = evaluate(Detector.from_checkpoint(replace(checkpoint, card=card)), category).figures
        shown = {name: round(figures[name], 3) for name in ("pixel_auroc", "aupro", "pixel_ap")}
        print(json.dumps({"weight": weight, "own": weight * whole == known.weight(MEMORY)} | shown))


if __name__ == "__main__":
    main()
