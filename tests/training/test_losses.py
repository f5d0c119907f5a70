import math

import pytest
import torch

from favae_demo.model.favae import Output
from favae_demo.training.losses import loss_terms, total_loss


def output(picture, features=(), mean=None, log_variance=None) -> Output:
    zeros = torch.zeros(len(picture), 2)
    return Output(
        picture,
        list(features),
        zeros if mean is None else mean,
        zeros if log_variance is None else log_variance,
    )


def test_terms_are_sums_over_batch_channels_and_pixels():
    target = torch.zeros(2, 3, 4, 4)
    guess = output(torch.full_like(target, 0.5), [torch.full((2, 5, 2, 2), 3.0)])
    terms = loss_terms(guess, target, [torch.ones(2, 5, 2, 2)])
    assert list(terms) == ["pixels", "layer1", "kl"]
    assert terms["pixels"].item() == 2 * 3 * 16 * 0.25
    assert terms["layer1"].item() == 2 * 5 * 4 * 2.0**2
    assert terms["kl"].item() == 0


@pytest.mark.parametrize(
    ("mean", "variance", "expected"),
    [(0, 1, 0), (2, 1, 2), (0, math.e, 0.5 * (math.e - 2)), (1, 4, 0.5 * (4 + 1 - 1 - math.log(4)))],
)
def test_kl_of_one_latent(mean, variance, expected):
    guess = output(
        torch.zeros(1, 3, 2, 2), (), torch.tensor([[float(mean)]]), torch.tensor([[math.log(variance)]])
    )
    assert loss_terms(guess, torch.zeros(1, 3, 2, 2), [])["kl"].item() == pytest.approx(expected, abs=1e-6)


def test_total_weighs_the_kl_term_only():
    terms = {"pixels": torch.tensor(3.0), "layer1": torch.tensor(5.0), "kl": torch.tensor(7.0)}
    assert total_loss(terms, 0.5).item() == 3 + 5 + 3.5
    assert total_loss(terms, 0).item() == 8


def test_background_does_not_count_and_its_border_counts_in_part():
    foreground = torch.zeros(1, 1, 4, 4)
    foreground[..., :2, :1] = 1  # half of the upper left 2×2 block
    guess = output(torch.ones(1, 3, 4, 4), [torch.ones(1, 2, 2, 2)])
    terms = loss_terms(guess, torch.zeros(1, 3, 4, 4), [torch.zeros(1, 2, 2, 2)], foreground)
    assert terms["pixels"].item() == 3 * 2
    assert terms["layer1"].item() == 2 * 0.5


def test_a_missing_feature_layer_is_an_error_not_a_smaller_loss():
    with pytest.raises(ValueError, match="shorter"):
        loss_terms(output(torch.zeros(1, 3, 4, 4)), torch.zeros(1, 3, 4, 4), [torch.zeros(1, 2, 2, 2)])
