import math
from dataclasses import replace

import pytest
import torch

from favae_demo.config.presets import PAPER
from favae_demo.model.favae import Output
from favae_demo.model.losses import loss_terms, term_weights, total_loss


def output(image, features=(), mean=None, log_variance=None) -> Output:
    zeros = torch.zeros(len(image), 2)
    return Output(
        image,
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


def test_the_total_weighs_what_has_a_weight():
    terms = {"pixels": torch.tensor(3.0), "layer1": torch.tensor(5.0), "kl": torch.tensor(7.0)}
    assert total_loss(terms, {"kl": 0.5}).item() == 3 + 5 + 3.5
    assert total_loss(terms, {"kl": 0.0, "layer1": 2.0}).item() == 13


def test_balanced_layers_weigh_alike_and_as_much_as_before_in_all():
    features = [torch.rand(2, 3, 8, 8), torch.rand(2, 6, 4, 4)]
    assert term_weights(replace(PAPER, kl_weight=0.5), features) == {"kl": 0.5}
    weights = term_weights(replace(PAPER, balance_layers=True), features)
    sizes = {"layer1": 3 * 64, "layer2": 6 * 16}
    shares = [weights[name] * size for name, size in sizes.items()]
    assert shares[0] == shares[1] == sum(sizes.values()) / 2
    assert term_weights(replace(PAPER, balance_layers=True, teacher="none"), []) == {"kl": 1.0}


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
