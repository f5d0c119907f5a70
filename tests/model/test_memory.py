"""The memory of patches: farthest-first choice, distances as by brute force, and no patch of an image's own."""

import numpy as np
import pytest
import torch
from torch import Tensor

from favae_demo.model.memory import (
    FLOOR,
    FeatureMemory,
    distances,
    fit_memory,
    k_centre,
    patch_features,
)

GRID = 16


def features(count: int, seed: int = 0) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    sizes = ((4, 64), (5, 32), (7, 16))
    return [torch.randn(count, channels, side, side, generator=generator) for channels, side in sizes]


def as_rows(maps: Tensor) -> Tensor:
    return maps.flatten(2).transpose(1, 2)


@pytest.fixture(scope="module")
def good() -> Tensor:
    return as_rows(patch_features(features(6)))


def test_patches_hold_the_two_coarsest_layers(good):
    assert good.shape == (6, GRID * GRID, 5 + 7)


def test_k_centre_takes_the_farthest_point_each_time():
    points = torch.randn(200, 3, generator=torch.Generator().manual_seed(1))
    chosen = [0]
    while len(chosen) < 20:
        apart = ((points[:, None] - points[chosen][None]) ** 2).sum(-1).min(1).values
        chosen.append(int(apart.argmax()))
    assert k_centre(points, 20).tolist() == chosen
    assert sorted(k_centre(points, 500).tolist()) == list(range(200))


@pytest.mark.parametrize("pool", [1, 7, 40])
def test_a_pool_of_the_farthest_points_changes_no_choice(pool, monkeypatch):
    points = torch.randn(300, 5, generator=torch.Generator().manual_seed(3))
    points[:200] *= 0.3  # most are near
    expected = k_centre(points, 60)
    monkeypatch.setattr("favae_demo.model.memory.POOL", pool)
    monkeypatch.setattr("favae_demo.model.memory.STEP", 64)
    assert torch.equal(k_centre(points, 60), expected)
    chosen = [0]
    while len(chosen) < 60:
        apart = torch.cdist(points, points[chosen]).min(1).values
        chosen.append(int(apart.argmax()))
    assert expected.tolist() == chosen


def test_patches_of_the_middle_layer_are_four_times_as_many():
    found = patch_features(features(2), "middle")
    assert found.shape == (2, 5 + 7, 2 * GRID, 2 * GRID)


def test_plain_distances_are_those_of_the_features_themselves(good):
    uneven = good * torch.linspace(0.5, 2, good.shape[-1])
    tensors, _ = fit_memory(uneven, uneven[:0], 50, whitened=False)
    variance = uneven.reshape(-1, uneven.shape[-1]).var(0).mean()
    remembered = tensors["bank"] * variance.sqrt() + tensors["mean"]
    expected = torch.cdist(uneven[0], remembered).amin(1).square() / uneven.shape[-1] / variance + FLOOR
    found = distances(tensors, uneven[:1], (GRID, GRID)).flatten().square()
    torch.testing.assert_close(found, expected, rtol=2e-3, atol=2e-3)


def test_in_plain_distances_too_the_changes_count_less(good):
    changed = good.clone()
    changed[..., 3] += 2 * torch.randn(changed[..., 3].shape, generator=torch.Generator().manual_seed(2))
    tensors, _ = fit_memory(good, changed, 50, whitened=False, change_weight=16.0, shrinkage=0.0)
    lengths = tensors["whitening"].square().sum(0).sqrt()
    assert lengths[3] < 0.3 * lengths.median()
    others = torch.cat([lengths[:3], lengths[4:]])
    torch.testing.assert_close(others, others.mean().expand_as(others), rtol=0.05, atol=0.0)


def test_distances_are_those_by_brute_force_in_the_whitened_space(good):
    tensors, _ = fit_memory(good, good[:0], 50)
    queries = as_rows(patch_features(features(2, seed=9)))
    whitened = (queries - tensors["mean"]) @ tensors["whitening"].T
    expected = (whitened[:, :, None] - tensors["bank"]).square().mean(-1).min(-1).values.add(FLOOR).sqrt()
    found = distances(tensors, queries, (GRID, GRID))
    torch.testing.assert_close(found.flatten(1), expected, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(FeatureMemory(tensors)(features(2, seed=9)), found, rtol=1e-3, atol=1e-3)


def test_whitened_patches_vary_alike(good):
    tensors, _ = fit_memory(good, good[:0], 50)
    rows = (good.reshape(-1, 12) - tensors["mean"]) @ tensors["whitening"].T
    covariance = np.cov(rows.numpy().T)
    np.testing.assert_allclose(covariance, np.eye(12), atol=0.15)


def test_a_shrunk_covariance_whitens_less(good):
    mixed = good.clone()
    mixed[..., 1] = mixed[..., 0] + 0.3 * mixed[..., 1]
    apart = []
    for shrinkage in (0.8, 0.05):
        whitening = fit_memory(mixed, mixed[:0], 50, shrinkage=shrinkage)[0]["whitening"]
        apart.append(float(whitening[1, 0].abs() / whitening[1, 1]))
    assert apart[0] < 0.4 * apart[1]


def test_what_changes_from_copy_to_copy_counts_less(good):
    generator = torch.Generator().manual_seed(2)
    changed = good.clone()
    changed[..., 0] += 5 * torch.randn(changed[..., 0].shape, generator=generator)
    plain, tolerant = (fit_memory(good, changed, 50, change_weight=weight)[0] for weight in (0.0, 1.0))
    lengths = [memory["whitening"].square().sum(0).sqrt() for memory in (plain, tolerant)]
    assert lengths[1][0] < 0.8 * lengths[0][0]
    torch.testing.assert_close(lengths[1][1:], lengths[0][1:], rtol=0.1, atol=0.0)


def test_an_images_own_patches_can_be_left_out(good):
    tensors, source = fit_memory(good, good[:0], len(good) * GRID * GRID)
    every = torch.arange(len(good))
    inside = distances(tensors, good, (GRID, GRID))
    outside = distances(tensors, good, (GRID, GRID), every, source)
    assert inside.max() < 0.11
    assert outside.min() > 0.11
    kept = {name: value[source != 2] if name == "bank" else value for name, value in tensors.items()}
    torch.testing.assert_close(outside[2:3], distances(kept, good[2:3], (GRID, GRID)), rtol=1e-3, atol=1e-3)


def test_equal_images_have_finite_distances(good):
    same = good[:1].expand(3, -1, -1)[:, :1].expand(-1, GRID * GRID, -1)
    tensors, source = fit_memory(same, same[:0], 20)
    found = distances(tensors, same, (GRID, GRID), torch.arange(3), source)
    assert found.isfinite().all()
