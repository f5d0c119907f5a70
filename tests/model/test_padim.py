"""PaDiM against its definition in NumPy."""

import numpy as np
import torch
from torch import Tensor

from favae_demo.model.padim import RIDGE, Padim

CHANNELS = (3, 4, 5)
SHAPE = (6, 8)


def features(count: int, seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    height, width = SHAPE
    sizes = ((2 * height, 2 * width), (height, width), (height // 2, width // 2))
    return [
        torch.randn(count, c, *size, generator=generator) for c, size in zip(CHANNELS, sizes, strict=True)
    ]


def fitted(dimensions: int = 7) -> tuple[Padim, Tensor]:
    network, good = Padim(CHANNELS, SHAPE, dimensions), features(20, 1)
    for start in (0, 8, 16):
        network.observe([layer[start : start + 8] for layer in good])
    network.fit()
    return network, network.embed(good)


def test_the_error_is_the_mahalanobis_distance_at_each_place():
    network, good = fitted()
    queries = features(3, 2)
    embedded = network.embed(queries).numpy()
    expected = np.zeros((3, *SHAPE))
    for row in range(SHAPE[0]):
        for column in range(SHAPE[1]):
            here = good[:, :, row, column].numpy()
            inverse = np.linalg.inv(np.cov(here.T) + RIDGE * np.eye(here.shape[1]))
            for i, apart in enumerate(embedded[:, :, row, column] - here.mean(0)):
                expected[i, row, column] = np.sqrt(apart @ inverse @ apart)
    (residual,) = network.residuals(torch.zeros(3, 3, 24, 32), queries)[1]
    np.testing.assert_allclose(residual[:, 0].square().numpy(), expected, rtol=1e-3)


def test_channels_are_drawn_at_random_from_all_layers_once_each():
    chosen = Padim(CHANNELS, SHAPE, 7).selection[..., 0, 0]
    assert chosen.shape == (7, sum(CHANNELS))
    assert (chosen.sum(1) == 1).all()
    assert (chosen.sum(0) <= 1).all()
    assert not torch.equal(chosen, Padim(CHANNELS, SHAPE, 7, seed=1).selection[..., 0, 0])
    assert Padim(CHANNELS, SHAPE, 100).dimensions == sum(CHANNELS)


def test_a_saved_network_gives_the_same():
    network, _ = fitted()
    again = Padim(CHANNELS, SHAPE, 7)
    again.load_state_dict(network.state_dict())
    queries = features(2, 3)
    x = torch.zeros(2, 3, 24, 32)
    assert torch.equal(again.residuals(x, queries)[1][0], network.residuals(x, queries)[1][0])
    assert "kernel" not in network.state_dict()  # half of it is zero
