"""How much of a picture is further from a model's memory than every place of every good picture: `python tests/evaluation/measure_other_parts.py --data DIR C…`.

For each category, its shipped `extended` model looks at all test pictures of the category, at changed copies of some of them, and at the first pictures
of the other folders. A line says the largest share among its own pictures and copies, and the smallest and the median share of each other folder, with how
many are not judged.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere
sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure_changes import CHANGES

from favae_demo import Detector
from favae_demo.data.io.images import read_image, resize
from favae_demo.data.mvtec import load_category
from favae_demo.scoring.detection import NOT_JUDGED, Detection

OTHERS, CHANGED = 6, 14  # pictures of each other folder, and own pictures that are changed


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("categories", nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--others", type=Path, nargs="*", default=(), help="further folders in MVTec layout")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    folders = [*(asked.data / name for name in asked.categories), *asked.others]
    test = {folder.name: _test(folder) for folder in folders}
    for name in asked.categories:
        measure(name, test)


def measure(name: str, test: dict[str, list[Path]]) -> None:
    """Measures a category's model on the test images of each category."""
    detector = Detector.load(f"{name}-efficientnet-lite0-extended")

    def shares(found: list[Detection]) -> list[float]:
        return [detector.calibration.far_share(one.maps) for one in found]

    own = detector.detect(test[name])
    order = np.random.default_rng(0).permutation(len(own))[:CHANGED]
    small = [resize(read_image(test[name][i], detector.levels).pixels, detector.config.shape) for i in order]
    changed = [
        share
        for change in CHANGES.values()
        for share in shares(detector.detect([change(one) for one in small]))
    ]
    print(f"{name}: {len(own)} own {max(shares(own)):.2f}, changed {max(changed):.2f}", end="; ")
    print(f"not judged {sum(one.verdict == NOT_JUDGED for one in own)}", end="")
    for other in (one for one in test if one != name):
        found = detector.detect(test[other][:OTHERS])
        refused = sum(one.verdict == NOT_JUDGED for one in found)
        print(
            f"; {other} {min(shares(found)):.2f}, {np.median(shares(found)):.2f}, not judged {refused} of {len(found)}",
            end="",
        )
    print(flush=True)


def _test(folder: Path) -> list[Path]:
    return [sample.path for sample in load_category(folder.parent, folder.name).test]


if __name__ == "__main__":
    main()
