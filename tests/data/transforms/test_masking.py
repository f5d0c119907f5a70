import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from favae_demo.core.errors import ConfigError
from favae_demo.data.io.images import load_images
from favae_demo.data.mvtec import load_category, load_mask
from favae_demo.data.transforms.masking import foreground

SIDE = 128
DISC = cv2.circle(np.zeros((SIDE, SIDE), np.uint8), (64, 60), 30, 1, -1).astype(bool)


def image(part: int, background: int, shape: np.ndarray = DISC, noise: float = 3.0) -> np.ndarray:
    grey = np.where(shape, part, background) + np.random.default_rng(0).normal(0, noise, shape.shape)
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, 2)


def test_none_keeps_everything():
    assert foreground(image(60, 240), "none").all()


@pytest.mark.parametrize(
    ("kind", "part", "background"),
    [
        ("light", 60, 240),
        ("light", 60, 185),  # not above 200, but clearly the lighter side
        ("dark", 180, 15),
        ("dark", 180, 80),
        ("auto", 60, 240),
        ("auto", 180, 15),
        ("auto", 60, 130),
    ],
)
def test_the_part_is_found_exactly(kind, part, background):
    found = foreground(image(part, background), kind, margin=0)
    assert found.dtype == bool
    np.testing.assert_array_equal(found, DISC)


def test_holes_are_filled_and_specks_dropped():
    ring = DISC & ~cv2.circle(np.zeros((SIDE, SIDE), np.uint8), (64, 60), 12, 1, -1).astype(bool)
    dusty = ring.copy()
    dusty[5:7, 5:7] = True
    np.testing.assert_array_equal(foreground(image(60, 240, dusty), "light", margin=0), DISC)


def test_two_parts_are_both_kept():
    shape = DISC.copy()
    shape[110:120, 10:30] = True
    np.testing.assert_array_equal(foreground(image(60, 240, shape), "auto", margin=0), shape)


def test_the_margin_widens_the_part():
    found = foreground(image(60, 240), "light", margin=0.04)
    reach = cv2.distanceTransform((~DISC).astype(np.uint8), cv2.DIST_L2, 5)
    assert found[reach <= 4].all()
    assert not found[reach > 6.5].any()


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("light", image(60, 15)),  # the background is not light
        ("dark", image(60, 240)),
        ("light", image(200, 240)),  # too little contrast
        ("auto", image(120, 120, noise=25)),  # texture
        ("auto", image(240, 240, noise=0)),  # one flat colour
        ("light", image(255, 255, noise=0)),
        ("dark", image(0, 0, noise=0)),
        (
            "auto",
            image(60, 240, np.arange(SIDE)[:, None] < np.full(SIDE, 64)),
        ),  # the part fills half the border
    ],
)
def test_everything_is_part_where_there_is_no_clear_background(kind, given):
    assert foreground(given, kind).all()


def test_a_mere_speck_is_no_part():
    shape = np.zeros((SIDE, SIDE), bool)
    shape[60:66, 60:66] = True
    assert foreground(image(60, 240, shape), "light").all()


def test_unknown_kind():
    with pytest.raises(ConfigError, match="none, light, dark, auto"):
        foreground(image(60, 240), "blue")


@settings(max_examples=60, deadline=None)
@given(
    image=arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(3))),
    kind=st.sampled_from(["none", "light", "dark", "auto"]),
)
def test_any_image_has_a_part(image, kind):
    found = foreground(image, kind)
    assert found.shape == image.shape[:2]
    assert found.any()


@pytest.mark.mvtec
@pytest.mark.parametrize("size", [128, 256])
@pytest.mark.parametrize(
    ("category", "kind", "largest_share"),
    [
        ("bottle", "light", 0.8),
        ("bottle", "auto", 0.8),
        ("screw", "light", 0.35),
        ("screw", "auto", 0.3),
        ("pill", "dark", 0.6),
        ("toothbrush", "auto", 0.5),
        ("grid", "auto", 1.0),
    ],
)
def test_real_defects_lie_inside_the_foreground(mvtec_dir, category, kind, largest_share, size):
    test = load_category(mvtec_dir, category).test
    parts = np.stack([foreground(image, kind) for image in load_images([s.path for s in test], size)])
    kept = [
        (part & mask).sum() / mask.sum()
        for part, mask in zip(parts, [load_mask(sample, size) for sample in test], strict=True)
        if mask.any()
    ]
    assert np.mean(kept) >= 0.99
    assert parts.mean() <= largest_share  # keeping everything would be no mask
    assert parts.all((1, 2)).all() == (category == "grid")
