from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from favae_demo.data.augment import augmented_view, build_augmentation
from favae_demo.presets import PAPER
from favae_demo.torchvision_compat import torchvision

SIZE = PAPER.image_size
STILL = replace(PAPER, rotation_p=0.0, crop_p=0.0, hflip_p=0.0, vflip_p=0.0)
IMAGE = torch.randint(1, 256, (3, SIZE, SIZE), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_a_view_keeps_shape_and_type_and_differs():
    view = augmented_view(IMAGE, PAPER, 3)
    assert view.shape == IMAGE.shape
    assert view.dtype == torch.uint8
    assert not torch.equal(view, IMAGE)


def test_the_seed_decides_the_view():
    assert torch.equal(augmented_view(IMAGE, PAPER, 3), augmented_view(IMAGE, PAPER, 3))
    assert not torch.equal(augmented_view(IMAGE, PAPER, 3), augmented_view(IMAGE, PAPER, 4))


def test_a_view_leaves_the_global_random_numbers_alone():
    before = torch.random.get_rng_state()
    augmented_view(IMAGE, PAPER, 3)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_the_chain_follows_the_global_seed():
    views = []
    for _ in range(2):
        torch.manual_seed(5)
        views.append(build_augmentation(PAPER)(IMAGE))
    assert torch.equal(*views)


def test_nothing_switched_on_changes_nothing():
    assert torch.equal(augmented_view(IMAGE, STILL, 0), IMAGE)
    assert torch.equal(
        augmented_view(IMAGE, replace(PAPER, rotation=0.0, crop=1.0, hflip_p=0, vflip_p=0), 0), IMAGE
    )


def test_flips_follow_their_share():
    assert torch.equal(augmented_view(IMAGE, replace(STILL, hflip_p=1.0), 0), IMAGE.flip(2))
    assert torch.equal(augmented_view(IMAGE, replace(STILL, vflip_p=1.0), 0), IMAGE.flip(1))
    config = replace(STILL, hflip_p=0.3)
    flipped = sum(torch.equal(augmented_view(IMAGE, config, seed), IMAGE.flip(2)) for seed in range(300))
    assert 60 <= flipped <= 120


@settings(max_examples=25, deadline=None)
@given(rotation=st.floats(0.1, 180), seed=st.integers(0, 2**40))
def test_rotation_has_no_black_corners(rotation, seed):
    white = torch.full_like(IMAGE, 255)
    config = replace(STILL, rotation=rotation, rotation_p=1.0)
    assert augmented_view(white, config, seed).min() >= 254  # bilinear weights may round down by one


def test_rotation_turns_about_the_centre_within_its_range():
    image = torch.zeros_like(IMAGE)
    image[:, SIZE // 2 - 1 : SIZE // 2 + 1, SIZE - 20 : SIZE - 10] = 255  # a mark to the right of the centre
    angles = []
    for seed in range(60):
        y, x = torch.nonzero(augmented_view(image, replace(STILL, rotation_p=1.0), seed)[0] > 127).T.float()
        middle = (SIZE - 1) / 2
        angles.append(torch.atan2(middle - y.mean(), x.mean() - middle).rad2deg().item())
    assert max(map(abs, angles)) <= 15.5
    assert min(angles) < -10
    assert max(angles) > 10


def test_a_crop_enlarges_by_no_more_than_its_share():
    ramp = torch.linspace(0, 255, SIZE).round().to(torch.uint8).expand(3, SIZE, SIZE).contiguous()
    spans = []
    for seed in range(60):
        row = augmented_view(ramp, replace(STILL, crop=0.8, crop_p=1.0), seed)[0, 0].float()
        spans.append(((row[-1] - row[0]) / 255).item())
    assert 0.77 <= min(spans) < 0.85
    assert 0.95 < max(spans) <= 1


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8])
def test_a_mask_goes_the_same_way_as_its_picture(dtype):
    y, x = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
    square = ((x - 50).abs() < 20) & ((y - 70).abs() < 15)
    image = (square * 255).to(torch.uint8).expand(3, SIZE, SIZE).contiguous()
    mask = torchvision.tv_tensors.Mask(square.to(dtype))
    for seed in range(8):
        torch.manual_seed(seed)
        turned, turned_mask = build_augmentation(PAPER)(image, mask)
        assert turned_mask.dtype == dtype
        found, wanted = turned[0] > 127, turned_mask.bool()
        assert (found & wanted).sum() / (found | wanted).sum() > 0.9
        assert not torch.equal(wanted, square)
