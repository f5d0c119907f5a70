"""Changed copies: reproducible, of every kind, as strong as asked and no stronger."""

import numpy as np
import pytest

from favae_demo.data.synthetic import render_part
from favae_demo.data.transforms.nuisance import KINDS, changed_copies, strongest_changes


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return render_part("sample_bottle", seed=1)[0]


def test_copies_are_the_same_for_a_seed_and_others_for_another(image):
    images = np.stack([image] * 4)
    once, again, other = (changed_copies(images, seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)
    assert all(not np.array_equal(copy, image) for copy in once)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_changes_little_and_at_no_strength_nearly_nothing(image, kind):
    change = KINDS[kind]
    strong = np.stack([change(image, np.random.default_rng(seed), 1.0) for seed in range(5)])
    weak = np.stack([change(image, np.random.default_rng(seed), 0.01) for seed in range(5)])
    far, near = (np.abs(copies.astype(int) - image).mean() for copies in (strong, weak))
    assert strong.dtype == np.uint8
    assert near < far
    assert 0.05 < far < 25


def test_light_is_a_factor_within_its_bounds(image):
    grey = np.full_like(image, 100)
    levels = {int(KINDS["light"](grey, np.random.default_rng(seed), 1.0)[0, 0, 0]) for seed in range(200)}
    assert min(levels) >= 88
    assert max(levels) <= 112
    assert len(levels) > 15


def test_the_strongest_change_of_each_kind_is_the_one_that_differs_most() -> None:
    image = np.random.default_rng(3).integers(60, 200, (64, 64, 3), dtype=np.uint8)
    shown = strongest_changes(image)
    assert shown.keys() == KINDS.keys()
    for kind, change in KINDS.items():
        apart = np.abs(shown[kind].astype(int) - image).mean()
        assert apart > 0
        assert all(
            apart >= np.abs(change(image, np.random.default_rng(seed), 1.0).astype(int) - image).mean()
            for seed in range(8)
        )
