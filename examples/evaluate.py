"""Measures a model on all test images of a category.

python examples/evaluate.py bottle-vgg16-quick data/bottle
python examples/evaluate.py runs/bottle/model.safetensors data/bottle
"""

import argparse
from pathlib import Path

from favae_demo import Detector, evaluate

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("model", help="path or name")
parser.add_argument("category", type=Path, help="folder in MVTec layout")
options = parser.parse_args()

detector = Detector.load(options.model)
result = evaluate(detector, options.category)
print(f"{result.n_good} good test images, {result.n_defect} with defects")
for name, value in result.figures.items():
    print(f"{name:12} {result.reasons[name] if value is None else f'{value:.4f}'}")

threshold = detector.thresholds(rate=0.05)["image"].value
found = (result.scores > threshold) & result.labels
false_alarms = (result.scores > threshold) & ~result.labels
print(f"At a false-alarm rate of 5 %: {found.sum()} defects found, {false_alarms.sum()} false alarms")
