"""How much the memory counts in the combined map: as much as makes synthetic defects stand out best, and nothing where that gains nothing."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from favae_demo.config.term_names import MEMORY
from favae_demo.detection.calibration.joining import MAP_WEIGHTS, PaintedDefects, fit_map_weight, pixel_aurocs
from favae_demo.scoring.calibration import Calibration

KNOWN = replace(
    Calibration.neutral(["pixels", "layer1", MEMORY]),
    weights={"pixels": 0.5, "layer1": 1.0, MEMORY: 0.0},
    geometric=True,
)
WHOLE = 1.5  # weight of the error maps together


def painted(error: float, memory: float) -> PaintedDefects:
    """Twenty images whose defect stands out of noise of 1 by so much in each error map, and in the memory's coarse map."""
    rng = np.random.default_rng(0)
    maps, masks = rng.uniform(0, 1, (20, 3, 64, 64)).astype(np.float32), np.zeros((20, 64, 64), bool)
    for i, (top, left) in enumerate(rng.integers(0, 48, (20, 2))):
        masks[i, top : top + 12, left : left + 12] = True
        maps[i, :2] += error * masks[i]
        maps[i, 2] += memory * cv2.GaussianBlur(masks[i].astype(np.float32), (0, 0), 3)
    return PaintedDefects(maps, masks)


@pytest.mark.parametrize("error", [2, 0.85])  # the latter gains 0.0004 by the memory
def test_exact_error_maps_are_left_alone(error: float) -> None:
    assert fit_map_weight(KNOWN, painted(error, memory=2)) == 0


def test_the_memory_counts_where_error_maps_show_little() -> None:
    weight = fit_map_weight(KNOWN, painted(error=0.2, memory=2))
    assert weight / WHOLE in MAP_WEIGHTS[1:]
    assert weight == fit_map_weight(replace(KNOWN, weights=KNOWN.weights | {MEMORY: 3.0}), painted(0.2, 2))


def test_more_of_it_counts_the_less_error_maps_show() -> None:
    some, none = (fit_map_weight(KNOWN, painted(error, memory=2)) for error in (0.4, 0.0))
    assert 0 < some < none == max(MAP_WEIGHTS) * WHOLE


def test_each_image_counts_for_itself() -> None:
    """A memory that is as far from one part as from the other's defect still shows where each defect is."""
    level = np.linspace(0, 10, 20, dtype=np.float32)[:, None, None]
    uneven = painted(error=0.2, memory=2)
    uneven.maps[:, 2] += level
    assert fit_map_weight(KNOWN, uneven) > 0


@pytest.mark.parametrize("memory", [0.0, 2.0])
def test_without_a_visible_defect_nothing_is_chosen(memory: float) -> None:
    hidden = painted(error=0, memory=memory)
    assert fit_map_weight(KNOWN, replace(hidden, masks=np.zeros_like(hidden.masks))) == 0


@pytest.mark.parametrize("levels", [1, 3, 10_000])  # few levels: many pixels are equal
def test_pixel_aurocs_are_those_of_scikit_learn(levels: int) -> None:
    rng = np.random.default_rng(0)
    masks = painted(error=0, memory=0).masks
    maps = (rng.integers(0, levels, masks.shape) + (levels > 1) * masks).astype(np.float32)
    expected = [roc_auc_score(mask.ravel(), one.ravel()) for mask, one in zip(masks, maps, strict=True)]
    np.testing.assert_allclose(pixel_aurocs(masks, maps), expected, rtol=1e-12)
