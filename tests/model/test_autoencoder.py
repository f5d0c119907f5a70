"""The autoencoders: SSIM as scikit-image computes it, and reconstruction patch by patch."""

import numpy as np
import pytest
import torch

from favae_demo.model.autoencoder import WINDOW, AutoEncoder, SsimAutoEncoder, patchwise, ssim_map

skimage = pytest.importorskip("skimage.metrics")


def images(seed: int) -> torch.Tensor:
    return torch.rand(2, 3, 40, 48, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_similarity_is_that_of_scikit_image():
    x, y = images(0), (images(0) + 0.3 * images(1)).clamp(0, 1)
    found = ssim_map(x, y).numpy()
    inner = slice(WINDOW // 2, -(WINDOW // 2))  # at the border it reflects the image
    for n in range(2):
        for channel in range(3):
            pair = (x[n, channel].numpy(), y[n, channel].numpy())
            _, expected = skimage.structural_similarity(
                *pair, win_size=WINDOW, data_range=1.0, full=True, use_sample_covariance=False
            )
            np.testing.assert_allclose(
                found[n, channel][inner, inner], expected[inner, inner], rtol=1e-6, atol=1e-9
            )


def test_equal_images_are_wholly_similar_and_opposite_ones_are_not():
    x = images(0)
    torch.testing.assert_close(ssim_map(x, x), torch.ones_like(x))
    assert ssim_map(x, 1 - x).mean() < 0


def test_patches_overlap_and_cover_an_image_once():
    x = torch.rand(1, 3, 256, 320)
    torch.testing.assert_close(patchwise(lambda part: part, x), x)
    seen = []
    patchwise(lambda part: seen.append(part.shape) or part, torch.rand(1, 3, 200, 128))
    assert seen == [(1, 3, 128, 128)] * 3  # at 0, 64 and 72


@pytest.mark.parametrize("network", [AutoEncoder(8, 0.05), SsimAutoEncoder(8, 0.05)], ids=["mse", "ssim"])
def test_the_residuals_squares_are_the_loss(network):
    network.eval()
    x = torch.rand(2, 3, 128, 128, generator=torch.Generator().manual_seed(0))
    loss = network.loss_terms(network(x), x, [])["pixels"]
    _, (residual,) = network.residuals(x, [])
    torch.testing.assert_close(residual.square().sum(), loss, rtol=1e-4, atol=1e-4)
    half = torch.zeros(2, 1, 128, 128)
    half[..., :64] = 1
    masked = network.loss_terms(network(x), x, [], half)["pixels"]
    torch.testing.assert_close(residual[..., :64].square().sum(), masked, rtol=1e-4, atol=1e-4)
