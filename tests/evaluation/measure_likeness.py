"""Measures how often pictures are not judged because they are unlike the good ones: on test pictures, and on pictures that should not be judged.

    python tests/evaluation/measure_likeness.py FOLDER…
    python tests/evaluation/measure_likeness.py --models none-quick vgg16-quick -- FOLDER…

Each folder is a category in MVTec layout. Properties alone decide, so nothing is trained: ranges are fitted on train/good. With `--models` the
shipped models of the category judge its test pictures instead, by their own ranges and the lowest score of a good picture.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from favae_demo import Detector
from favae_demo.data.image_properties import image_properties
from favae_demo.data.io.images import load_images, resize
from favae_demo.data.mvtec import load_category
from favae_demo.scoring.likeness import PropertyRange, compare, fit_ranges

SIDE = 256
TRIED = 12  # training pictures that are changed
Change = Callable[[np.ndarray], np.ndarray]


def _noisy(deviation: float) -> Change:
    return lambda image: image + np.random.default_rng(0).normal(0, deviation, image.shape)


def _blurred(sigma: float) -> Change:
    return lambda image: cv2.GaussianBlur(image, (0, 0), sigma)


def _jpeg(image: np.ndarray) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", image.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 75])[1], 1)


# Changes of a camera in a week, which stay judged; then broken and foreign pictures, which do not.
MILD: dict[str, Change] = {
    "JPEG 75": _jpeg,
    "blur 1": _blurred(1),
    "noise 3": _noisy(3),
    "light ×0.9": lambda image: image * 0.9,
    "light ×1.1": lambda image: image * 1.1,
}
WRONG: dict[str, Change] = {
    "black": lambda image: image * 0,
    "white": lambda image: image * 0 + 255,
    "mid grey": lambda image: image * 0 + 128,
    "light ×0.7": lambda image: image * 0.7,
    "light ×0.5": lambda image: image * 0.5,
    "blur 4": _blurred(4),
    "blur 8": _blurred(8),
    "noise 20": _noisy(20),
    "grey for colour": lambda image: image.mean(2, keepdims=True).repeat(3, 2),
    "negative": lambda image: 255 - image,
    "middle, enlarged": lambda image: resize(np.ascontiguousarray(image[48:208, 48:208]), SIDE),
    "half as large": lambda image: cv2.copyMakeBorder(
        resize(image, 128), 64, 64, 64, 64, cv2.BORDER_REPLICATE
    ),
}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--models", nargs="+", default=[], help="names of models without the category")
    asked = parser.parse_args()
    if asked.models:
        judge(asked.folders, asked.models)
    else:
        measure(asked.folders)


def judge(folders: list[Path], models: list[str]) -> None:
    """Prints how many test pictures of each category its shipped models do not judge."""
    for folder in folders:
        test = load_category(folder.parent, folder.name).test
        for model in models:
            found = Detector.load(f"{folder.name}-{model}").detect([sample.path for sample in test])
            line = [folder.name, model]
            for kind, wanted in (("good", True), ("defect", False)):
                own = [one for one, sample in zip(found, test, strict=True) if sample.is_good == wanted]
                unlike = [f"{one.name}: {' '.join(one.reasons)}" for one in own if one.reasons]
                line.append(f"{kind}: not judged {len(unlike)} of {len(own)} {unlike[:4] or ''}")
            print("  ".join(line), flush=True)


def measure(folders: list[Path]) -> None:
    """Prints a line for each category: its test pictures, and changed and foreign ones, by their properties."""
    fitted: dict[str, tuple[dict[str, PropertyRange], np.ndarray]] = {}
    for folder in folders:
        category = load_category(folder.parent, folder.name)
        train, sizes = _load([sample.path for sample in category.train])
        ranges = fit_ranges([image_properties(*one) for one in zip(train, sizes, strict=True)])
        fitted[folder.name] = ranges, train[:: -(-len(train) // TRIED)]
        line = [folder.name]
        for kind, wanted in (("good", True), ("defect", False)):
            paths = [sample.path for sample in category.test if sample.is_good == wanted]
            found = [compare(image_properties(*one), ranges) for one in zip(*_load(paths), strict=True)]
            unlike = [path.name for path, one in zip(paths, found, strict=True) if one[0]]
            remarks = sum(bool(one[1]) for one in found)
            line.append(
                f"{kind}: not judged {len(unlike)} of {len(paths)} {unlike[:4] or ''}, remarks {remarks}"
            )
        print("  ".join(line))
    for name, (ranges, tried) in fitted.items():
        others = {other: one for other, (_, one) in fitted.items() if other != name}
        for title, changes in (("mild", MILD), ("wrong", WRONG)):
            shares = {what: _share(ranges, tried, change) for what, change in changes.items()}
            print(f"{name} {title}: " + ", ".join(f"{what} {share:.0%}" for what, share in shares.items()))
        foreign = {other: _share(ranges, one, lambda image: image) for other, one in others.items()}
        print(f"{name} foreign: " + ", ".join(f"{what} {share:.0%}" for what, share in foreign.items()))


def _load(paths: list[Path]) -> tuple[np.ndarray, list[tuple[int, int]]]:
    from favae_demo.data.io.images import image_size

    return load_images(paths, SIDE), [image_size(path) for path in paths]


def _share(ranges: dict[str, PropertyRange], images: np.ndarray, change: Change) -> float:
    """Returns the share of changed images that are not judged; their shape and size count as those learned."""
    known = {name: one for name, one in ranges.items() if name not in ("shape", "size")}
    changed = [change(image.astype(np.float32)).round().clip(0, 255).astype(np.uint8) for image in images]
    return float(np.mean([bool(compare(image_properties(one, (1, 1)), known)[0]) for one in changed]))


if __name__ == "__main__":
    main()
