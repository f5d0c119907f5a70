from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from favae_demo.config.presets import PAPER
from favae_demo.core.torchvision_compat import torchvision, v2
from favae_demo.data.transforms.augment import KINDS, REACH, augmented_view, build_augmentation, kinds

SIZE = PAPER.image_size
STILL = replace(PAPER, rotation_p=0.0, crop_p=0.0, hflip_p=0.0, vflip_p=0.0)
NEW = {
    "colour": {"colour": 0.3, "colour_p": 1.0},
    "noise": {"noise": 0.05, "noise_p": 1.0},
    "elastic": {"elastic": 0.016, "elastic_p": 1.0},
}
IMAGE = torch.randint(1, 256, (3, SIZE, SIZE), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def changed(kind, **settings):
    return replace(STILL, **(NEW[kind] | settings))


def square():
    """A white square on black, 3×S×S uint8, and where it is."""
    y, x = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
    inside = ((x - 50).abs() < 20) & ((y - 70).abs() < 15)
    return (inside * 255).to(torch.uint8).expand(3, SIZE, SIZE).contiguous(), inside


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
def test_a_mask_goes_the_same_way_as_its_image(dtype):
    image, inside = square()
    mask = torchvision.tv_tensors.Mask(inside.to(dtype))
    for seed in range(8):
        torch.manual_seed(seed)
        turned, turned_mask = build_augmentation(PAPER)(image, mask)
        assert turned_mask.dtype == dtype
        found, wanted = turned[0] > 127, turned_mask.bool()
        assert (found & wanted).sum() / (found | wanted).sum() > 0.9
        assert not torch.equal(wanted, inside)


@pytest.mark.parametrize("kind", NEW)
def test_colour_noise_and_bending_follow_seed_and_share(kind):
    view = augmented_view(IMAGE, changed(kind), 3)
    assert (view.shape, view.dtype) == (IMAGE.shape, torch.uint8)
    assert not torch.equal(view, IMAGE)
    assert torch.equal(view, augmented_view(IMAGE, changed(kind), 3))
    assert not torch.equal(view, augmented_view(IMAGE, changed(kind), 4))
    seldom = changed(kind, **{f"{kind}_p": 0.3})
    assert 15 <= sum(not torch.equal(augmented_view(IMAGE, seldom, seed), IMAGE) for seed in range(100)) <= 45


@pytest.mark.parametrize("kind", NEW)
@pytest.mark.parametrize("off", ["", "_p"])
def test_strength_or_share_of_0_switches_a_kind_off(kind, off):
    assert kinds(changed(kind)) == (kind,)
    still = changed(kind, **{kind + off: 0.0})
    assert kinds(still) == ()
    assert torch.equal(augmented_view(IMAGE, still, 3), IMAGE)


def test_the_kinds_are_those_of_the_config():
    assert kinds(PAPER) == ("rotation", "crop", "hflip", "vflip")
    assert kinds(replace(PAPER, crop=1.0, rotation=0.0, hflip_p=0.0)) == ("vflip",)
    assert set(kinds(replace(PAPER, **NEW["colour"], **NEW["noise"], **NEW["elastic"]))) == set(KINDS)


def test_a_kind_left_out_leaves_the_views_as_they_were():
    """What older configs describe, drawn number by number as they always were."""
    torch.manual_seed(3)
    margin = 16  # of a square of 128 turned by 15°
    stages = [
        v2.Pad(margin, padding_mode="reflect"),
        v2.RandomRotation(15, v2.InterpolationMode.BILINEAR),
        v2.CenterCrop(SIZE),
        v2.RandomResizedCrop(SIZE, scale=(0.9**2, 1.0), ratio=(1.0, 1.0), antialias=True),
        v2.RandomHorizontalFlip(0.3),
        v2.RandomVerticalFlip(0.3),
    ]
    image = IMAGE
    for stage in stages:
        if isinstance(stage, (v2.RandomRotation, v2.RandomResizedCrop)):
            torch.rand(1)  # whether it is applied
        image = stage(image)
    assert torch.equal(augmented_view(IMAGE, PAPER, 3), image)


@pytest.mark.parametrize("kind", ["colour", "noise"])
@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8])
def test_light_leaves_a_mask_alone(kind, dtype):
    image, inside = square()
    mask = torchvision.tv_tensors.Mask(inside.to(dtype))
    view, same = build_augmentation(changed(kind))(image + 20, mask)
    assert not torch.equal(view, image + 20)
    assert same.dtype == dtype
    assert torch.equal(same, mask)


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8])
def test_a_bent_mask_goes_with_its_image(dtype):
    image, inside = square()
    for seed in range(8):
        torch.manual_seed(seed)
        bent, mask = build_augmentation(changed("elastic", elastic=0.03))(
            image, torchvision.tv_tensors.Mask(inside.to(dtype))
        )
        assert mask.dtype == dtype
        found, wanted = bent[0] > 127, mask.bool()
        assert (found & wanted).sum() / (found | wanted).sum() > 0.95
        assert (wanted ^ inside).sum() > 50


@settings(max_examples=25, deadline=None)
@given(strength=st.floats(0.001, 0.04), seed=st.integers(0, 2**40))
def test_bending_has_no_black_border_and_a_reach(strength, seed):
    config = changed("elastic", elastic=strength)
    assert augmented_view(torch.full_like(IMAGE, 255), config, seed).min() >= 254
    # One grey level a pixel: how far a level lies from its place is how far the point was moved.
    ramp = torch.arange(SIZE, dtype=torch.uint8).expand(3, SIZE, SIZE).contiguous()
    moved = augmented_view(ramp, config, seed)[0].float() - torch.arange(SIZE)
    inner = moved[:, 26:-26]  # nothing that was mirrored at the border
    assert inner.abs().max() <= REACH * strength * SIZE + 1
    neighbours = inner.diff(dim=1).abs().max()
    assert neighbours <= strength * SIZE / 2 + 1  # smooth: a part bends, it does not crumble


def test_bending_moves_by_its_standard_deviation_and_less_between_its_points():
    ramp = torch.arange(SIZE, dtype=torch.uint8).expand(3, SIZE, SIZE).contiguous()
    moved = [
        augmented_view(ramp, changed("elastic", elastic=3 / SIZE), seed)[0, ::32, 64].float() - 64
        for seed in range(80)
    ]
    assert 0.7 * 3 < torch.stack(moved).std() < 3


def test_noise_has_its_standard_deviation_everywhere():
    grey = torch.full_like(IMAGE, 128)
    difference = augmented_view(grey, changed("noise"), 0).float() - 128
    assert difference.std() == pytest.approx(0.05 * 255, rel=0.05)
    assert difference.mean().abs() < 0.5


def test_colour_changes_brightness_within_its_strength():
    grey = torch.full_like(IMAGE, 100)
    levels = [augmented_view(grey, changed("colour"), seed)[0, 0, 0].item() for seed in range(60)]
    assert 68 <= min(levels) < 80
    assert 120 < max(levels) <= 131


def test_colour_turns_the_hue_a_little():
    red = torch.zeros_like(IMAGE)
    red[0], red[1] = 200, 40
    view = augmented_view(red, changed("colour"), 1)[:, 0, 0].int()
    assert view[0] > view[1] + 40
    assert view[1] >= view[2]
