"""Deep SVDD: centre, radius and loss worked out by hand."""

import pytest
import torch
from torch import Tensor, nn

from favae_demo.model.deep_svdd import NEAREST, DeepSvdd, Distances, soft_radius


class Fixed(nn.Module):
    """Stands for the layers: returns what it is given, as representations of one place."""

    def forward(self, x: Tensor) -> Tensor:
        return x


def network(**options: object) -> DeepSvdd:
    made = DeepSvdd(3, 0.1, **options)
    made.body = Fixed()
    return made


def test_the_centre_is_the_mean_of_the_representations_and_not_near_zero():
    made = network()
    batches = [torch.tensor([[[[1.0]], [[0.02]], [[-0.04]]], [[[3.0]], [[0.02]], [[-0.04]]]])]
    made.prepare((batch, []) for batch in batches)
    assert made.centre.tolist() == pytest.approx([2.0, NEAREST, -NEAREST])


def test_the_error_is_the_squared_distance_from_the_centre():
    made = network()
    made.centre.copy_(torch.tensor([1.0, 0.0, 2.0]))
    x = torch.tensor([[[[1.0, 4.0]], [[0.0, 0.0]], [[2.0, 6.0]]]])
    assert made(x).squared.flatten().tolist() == [0.0, 25.0]
    (residual,) = made.residuals(x, [])[1]
    assert residual.flatten().tolist() == [0.0, 5.0]
    assert made.loss_terms(made(x), x, [])["sphere"].item() == 12.5  # the mean over the places


def test_a_soft_boundary_counts_what_lies_outside():
    made = network(soft=True, nu=0.5).eval()
    made.radius.fill_(2.0)
    squared = torch.tensor([1.0, 4.0, 9.0, 16.0]).view(1, 1, 2, 2)
    # R² + (0 + 0 + 5 + 12) / 4 / ν
    assert made.loss_terms(Distances(squared), squared, [])["sphere"].item() == pytest.approx(
        4 + 17 / 4 / 0.5
    )
    made.train()
    made.loss_terms(Distances(squared), squared, [])
    assert made.radius.item() == 2.5  # the median of 1, 2, 3 and 4


def test_the_radius_leaves_a_share_outside():
    squared = torch.arange(1.0, 102.0).square()
    assert soft_radius(squared, 0.1).item() == pytest.approx(91.0)


def test_no_layer_could_map_everything_to_the_centre():
    layers = [one for one in DeepSvdd(8, 0.25).body if isinstance(one, nn.Conv2d)]
    assert all(one.bias is None for one in layers)
    assert DeepSvdd(8, 0.25)(torch.rand(2, 3, 128, 128)).squared.shape == (2, 1, 16, 16)
