"""DAGMM: the energy is the negative log likelihood of scikit-learn's mixture with the same parameters."""

import numpy as np
import torch
from sklearn.mixture import GaussianMixture
from torch import Tensor

from favae_demo.model.dagmm import RIDGE, Dagmm, energy, fit_mixture, lowest_energy


def codes(count: int = 200) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    near, far = torch.randn(2, count // 2, 3, generator=generator, dtype=torch.float64)
    return torch.cat([near, 0.5 * far + torch.tensor([4.0, -3.0, 0.0])])


def mixture() -> GaussianMixture:
    return GaussianMixture(2, random_state=0, reg_covar=1e-6).fit(codes().numpy())


def parameters(model: GaussianMixture) -> tuple[Tensor, Tensor, Tensor]:
    return tuple(torch.from_numpy(part) for part in (model.weights_, model.means_, model.covariances_))


def test_the_energy_is_that_of_scikit_learn():
    model = mixture()
    expected = -model.score_samples(codes().numpy())
    np.testing.assert_allclose(energy(codes(), *parameters(model)).numpy(), expected, rtol=1e-6)


def test_memberships_give_the_mixture_back():
    model = mixture()
    membership = torch.from_numpy(model.predict_proba(codes().numpy()))
    phi, mu, sigma = fit_mixture(codes(), membership)
    np.testing.assert_allclose(phi.numpy(), model.weights_, rtol=1e-3)
    np.testing.assert_allclose(mu.numpy(), model.means_, rtol=1e-2, atol=1e-2)
    np.testing.assert_allclose(
        (sigma - RIDGE * torch.eye(3)).numpy(), model.covariances_, rtol=0.02, atol=0.01
    )


def test_no_energy_is_below_the_lowest():
    phi, mu, sigma = parameters(mixture())
    everywhere = torch.cat([mu, codes(), mu.mean(0, keepdim=True)])
    assert energy(everywhere, phi, mu, sigma).min() >= lowest_energy(phi, sigma)


def test_the_mixture_is_learned_in_training_and_only_there():
    network = Dagmm(12)
    features = [torch.randn(2, c, side, side) for c, side in ((2, 64), (5, 32), (7, 16))]
    x = torch.rand(2, 3, 128, 128)
    before = network.mu.clone()
    network.eval().loss_terms(network(x, features), x, features)
    assert torch.equal(network.mu, before)
    network.train().loss_terms(network(x, features), x, features)
    assert not torch.equal(network.mu, before)
    lengths, above = network.eval().residuals(x, features)[1]
    assert lengths.shape == above.shape == (2, 1, 16, 16)
    assert above.min() >= 0
