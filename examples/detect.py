"""Scores images with a trained model and writes an overlay for each.

python examples/detect.py                               # two generated bottles, one of them broken
python examples/detect.py --model MODEL photo1.jpg photo2.jpg
"""

import argparse
from pathlib import Path

from favae_demo import Detector
from favae_demo.data.io.images import save_png
from favae_demo.data.synthetic import render_part
from favae_demo.viz.overlay import overlay

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("images", type=Path, nargs="*")
parser.add_argument("--model", default="sample_bottle-efficientnet-lite0-extended", help="path or name")
parser.add_argument("--rate", type=float, default=0.05, help="false-alarm rate that sets the threshold")
parser.add_argument("--out", type=Path, default=Path("detections"), help="folder of the overlays")
options = parser.parse_args()

images, names = options.images, [path.name for path in options.images]
if not images:
    images = [render_part("sample_bottle", seed=7, defect=defect)[0] for defect in (None, "broken_lip")]
    names = ["good", "broken"]

detector = Detector.load(options.model)
for detection in detector.detect(images, rate=options.rate, names=names):
    print(
        f"{detection.name}: {detection.verdict}, {detection.multiple:.2f} × the limit (score {detection.score:.2f})"
    )
    for region in detection.regions if detection.is_defect else ():
        print(f"  at {region.centre[0]:.0%} of the width and {region.centre[1]:.0%} of the height")
    save_png(options.out / f"{Path(detection.name).stem}-overlay.png", overlay(detection))
