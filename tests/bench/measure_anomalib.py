"""Times anomalib's PaDiM on a category, for the comparison in docs/benchmarks.md: `python tests/bench/measure_anomalib.py --data DIR --category bottle`.

Runs in an environment of its own, with `pip install torch==2.13.0 torchvision==0.28.0 anomalib[openvino]==2.7.0`. The network is EfficientNet-Lite0 of timm at the three
layers that FAVAE's teacher reads, with random weights: its weights would come from another server, and change no time.
"""

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere

import favae_demo.core.torchvision_compat  # noqa: F401, I001  before anomalib imports torchvision

import numpy as np
import torch
from anomalib.data import Folder
from anomalib.deploy import ExportType, OpenVINOInferencer
from anomalib.engine import Engine
from anomalib.models import Padim
from PIL import Image

LAYERS = ["blocks.1", "blocks.2", "blocks.4"]
SIDE = 256
TIMES = 60


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--category", default="bottle")
    asked = parser.parse_args()
    root = (asked.data / asked.category).resolve()
    defect = next(folder.name for folder in sorted((root / "test").iterdir()) if folder.name != "good")
    pictures = Folder(
        name=asked.category, root=root, normal_dir="train/good", abnormal_dir=f"test/{defect}",
        normal_test_dir="test/good", train_batch_size=32, eval_batch_size=32, num_workers=0,
    )  # fmt: skip
    # OpenVINOInferencer leaves a folder `openvino_cache` as large as the model where it is started.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        torch.manual_seed(0)
        model = Padim(backbone="tf_efficientnet_lite0", layers=LAYERS, pre_trained=False, n_features=100)
        engine = Engine(accelerator="cpu", devices=1, default_root_dir=folder, logger=False)
        start = time.perf_counter()
        engine.fit(model=model, datamodule=pictures)
        print(f"training: {time.perf_counter() - start:.1f} s")
        exported = engine.export(model, ExportType.OPENVINO, export_root=folder, input_size=(SIDE, SIDE))
        inferencer = OpenVINOInferencer(path=exported, device="CPU")
        path = sorted((root / "test" / "good").iterdir())[0]
        image = np.asarray(Image.open(path).convert("RGB").resize((SIDE, SIDE)))
        seconds = []
        for _ in range(TIMES):
            start = time.perf_counter()
            inferencer.predict(image)
            seconds.append(time.perf_counter() - start)
        print(f"one picture, OpenVINO: {1000 * statistics.median(seconds):.1f} ms (median of {TIMES})")


if __name__ == "__main__":
    main()
