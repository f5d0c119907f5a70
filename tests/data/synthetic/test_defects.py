"""Scratches and stains on pictures of good parts."""

import cv2
import numpy as np
import pytest

from favae_demo.core.errors import ConfigError
from favae_demo.data.synthetic.defects import KINDS, paint


@pytest.fixture
def part() -> np.ndarray:
    """A disc off the middle."""
    return cv2.circle(np.zeros((200, 300), np.uint8), (110, 90), 70, 1, cv2.FILLED).astype(bool)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", [20, 128, 235])
def test_a_defect_shows_lies_on_the_part_and_is_the_same_for_a_seed(kind: str, level: int, part) -> None:
    image = np.full((200, 300, 3), level, np.uint8)
    before = image.copy()
    for seed in range(5):
        painted = paint(image, kind, seed, part)
        changed = cv2.absdiff(painted, image).max(axis=2)
        assert (changed > 40).sum() > 60  # plain to see on dark, grey and light parts
        assert not changed[~part].any()
        assert (changed > 12).mean() < 0.15
        assert (paint(image, kind, seed, part) == painted).all()
    assert (paint(image, kind, 0, part) != paint(image, kind, 1, part)).any()
    assert (image == before).all()


def test_without_a_known_part_it_may_be_anywhere_and_other_kinds_are_refused() -> None:
    image = np.full((64, 64, 3), 128, np.uint8)
    for nowhere in (None, np.zeros((64, 64), bool)):
        assert (paint(image, "blob", 3, nowhere) != image).any()
    with pytest.raises(ConfigError, match="scratch, blob"):
        paint(image, "dent", 0)
