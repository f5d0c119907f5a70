from dataclasses import replace

import numpy as np
import pytest
import torch

from favae_demo.config.presets import QUICK
from favae_demo.data.transforms import augment
from favae_demo.training.views import (
    foreground_masks,
    split_images,
    to_float,
    to_tensor,
    training_views,
    validation_views,
)

UNCHANGED = {"rotation": 0.0, "crop": 1.0, "hflip_p": 0.0, "vflip_p": 0.0}


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    """Ten pictures, each of its own flat colour, so that a view tells which it was made from."""
    colours = np.arange(10, dtype=np.uint8)[:, None, None, None] * 20 + 10
    return np.broadcast_to(colours, (10, 128, 128, 3)).copy()


def colours(views) -> set[int]:
    return {int(colour) for colour in np.unique(np.asarray(views))}


@pytest.mark.parametrize("seed", range(5))
def test_no_held_out_image_is_among_the_training_views(images, seed):
    config = replace(QUICK, seed=seed, views=60, augment_validation=True)
    split = split_images(images, config)
    train, held_out = colours(training_views(split, config)), colours(validation_views(split, config))
    assert not train & held_out
    assert train == colours(split.train)
    assert held_out == colours(split.held_out) == colours(images[list(split.held_out_index)])
    assert train | held_out == colours(images)


@pytest.mark.parametrize(
    ("count", "ratio", "held_out"), [(10, 0.2, 2), (60, 0.2, 12), (2, 0.05, 1), (2, 0.5, 1), (3, 0.05, 1)]
)
def test_the_split_follows_the_ratio_and_leaves_one_on_either_side(count, ratio, held_out):
    images = np.zeros((count, 4, 4, 3), np.uint8)
    split = split_images(images, replace(QUICK, validation_ratio=ratio))
    assert (len(split.train), len(split.held_out)) == (count - held_out, held_out)


def test_the_seed_decides_the_split(images):
    chosen = {split_images(images, replace(QUICK, seed=seed)).held_out_index for seed in range(8)}
    assert len(chosen) > 1
    assert split_images(images, QUICK).held_out_index == split_images(images, QUICK).held_out_index


def test_views_are_the_same_for_a_seed_and_differ_between_seeds():
    noise = np.random.default_rng(0).integers(0, 256, (4, 128, 128, 3), dtype=np.uint8)
    config = replace(QUICK, views=20)
    split = split_images(noise, config)
    views = training_views(split, config)
    torch.rand(3)  # the process's random numbers have no say
    assert torch.equal(views, training_views(split, config))
    other = training_views(split, replace(config, seed=1))
    assert torch.equal(views[:3], other[:3])  # the originals
    assert not torch.equal(views[3:], other[3:])
    assert len({view.numpy().tobytes() for view in views}) == len(views)


def test_originals_come_first_and_views_fill_up_to_the_share(images):
    config = replace(QUICK, views=50, validation_ratio=0.2, augment_validation=True)
    split = split_images(images, config)
    views = training_views(split, config)
    assert len(views) == 40
    assert torch.equal(views[:8], to_tensor(split.train))
    assert len(validation_views(split, config)) == 10
    plain = validation_views(split, replace(config, augment_validation=False))
    assert torch.equal(plain, to_tensor(split.held_out))


def test_zero_views_use_each_image_once(images):
    config = replace(QUICK, views=0)
    split = split_images(images, config)
    assert torch.equal(training_views(split, config), to_tensor(split.train))


def test_tensors_keep_the_pixels(images):
    tensor = to_tensor(images)
    assert tensor.shape == (10, 3, 128, 128)
    assert to_float(tensor).max().item() == pytest.approx(190 / 255)


def test_foreground_is_found_for_each_view():
    image = np.full((128, 128, 3), 250, np.uint8)
    image[40:80, 40:80] = 20
    views = to_tensor(np.stack([image, image]))
    light = foreground_masks(views, replace(QUICK, background="light"))
    assert light.shape == (2, 1, 128, 128)
    assert light[0, 0, 60, 60]
    assert not light[0, 0, 5, 5]
    assert foreground_masks(views, replace(QUICK, background="none")).all()


def test_views_are_made_by_one_thread_and_the_number_is_put_back(images, monkeypatch):
    seen, make = [], augment.augmented_view

    def noted(*args):
        seen.append(torch.get_num_threads())
        return make(*args)

    monkeypatch.setattr(augment, "augmented_view", noted)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        training_views(split_images(images, QUICK), replace(QUICK, views=40))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert seen
    assert set(seen) == {1}
