"""A look at a category's good images before a training, with the teacher that comes with the app."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from favae_demo.config.presets import make_config
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import save_png
from favae_demo.data.mvtec import load_category
from favae_demo.runs.inspection import find_suspects

SIDE, COUNT, ODD = 128, 24, 3


@pytest.fixture(scope="module")
def bolts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    """A data folder with bolts that lie at any angle, the last ones with a thread that is worn on one side, and their images."""
    root, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    images = np.stack([bolt(rng, worn=number >= COUNT - ODD) for number in range(COUNT)])
    for number, image in enumerate(images):
        save_png(root / "bolt" / "train" / "good" / f"{number:03}.png", image)
    return root, images


def bolt(rng: np.random.Generator, *, worn: bool) -> np.ndarray:
    image = np.full((SIDE, SIDE), 200.0, np.float32)
    cv2.rectangle(image, (24, 44), (40, 84), 70, -1)
    for x in range(40, 108, 6):
        cv2.rectangle(image, (x, 54), (x + 2, 74), 90, -1)
        cv2.rectangle(image, (x + 3, 57), (x + 5, 71), 60, -1)
    if worn:
        image[50:62, 46:100] = 200
    turn = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), rng.uniform(0, 360), 1)
    image = cv2.warpAffine(image, turn, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    grey = (image + rng.normal(0, 2, image.shape)).clip(0, 255).astype(np.uint8)
    return np.stack([grey] * 3, -1)


def test_parts_at_any_angle_are_compared_in_one_pose(
    bolts: tuple[Path, np.ndarray], project_settings: Settings
) -> None:
    root, images = bolts
    category = load_category(root, "bolt")
    odd = {sample.name for sample in category.train[-ODD:]}
    config = make_config("extended")

    def distances(align: bool) -> dict[str, float]:
        found = find_suspects(
            category, images, replace(config, align=align, register=False), project_settings
        )
        return {one.name: one.distance for one in found}

    upright = distances(True)
    assert set(upright) >= odd
    assert len(set(upright) - odd) <= 1
    assert min(upright[name] for name in odd) > max(distances(False).get(name, 0.0) for name in odd)
