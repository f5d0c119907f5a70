"""Writes a model as an ONNX or ncnn folder, with a program that runs it without PyTorch.

python examples/export.py sample_bottle-efficientnet-lite0-extended bottle-onnx
python bottle-onnx/run.py photo.jpg

It needs the packages of the extra `fast`.
"""

import argparse
from pathlib import Path

from favae_demo import Detector, load_checkpoint
from favae_demo.detection.export import FORMATS, export

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("model", help="path or name")
parser.add_argument("out", type=Path, help="folder, which must not exist yet")
parser.add_argument("--to", choices=FORMATS, default="onnx")
options = parser.parse_args()

licence = load_checkpoint(options.model).card.data.get("licence", "")
about = export(Detector.load(options.model), options.to, options.out, licence=licence)
print(f"{options.out}: largest relative error against PyTorch {about['largest_relative_error']:.1e}")
