import numpy as np
import pytest
import torch

from favae_demo.config.term_names import term_names
from favae_demo.model.favae import Output, residuals
from favae_demo.scoring.residuals import channel_variances
from favae_demo.scoring.score_maps import combine, image_score, smooth, top_count


def test_terms_are_named_pixels_first():
    assert term_names(0) == ["pixels"]
    assert term_names(3) == ["pixels", "layer1", "layer2", "layer3"]


def test_a_shift_of_the_whole_image_is_taken_out_when_centred():
    latent = torch.zeros(1, 4)
    truth = torch.randn(1, 5, 4, 4, generator=torch.Generator().manual_seed(0))
    shifted = truth + torch.arange(5.0).view(1, 5, 1, 1)
    output = Output(torch.zeros(1, 3, 8, 8), [shifted], latent, latent)
    plain = residuals(output, torch.zeros(1, 3, 8, 8), [truth])
    torch.testing.assert_close(plain[1].mean((0, 2, 3)), torch.arange(5.0))
    centred = residuals(output, torch.zeros(1, 3, 8, 8), [truth], centre=True)
    torch.testing.assert_close(centred[1], torch.zeros(1, 5, 4, 4), atol=1e-6, rtol=0)


def test_each_channel_is_measured_by_its_own_errors_on_good_images():
    generator = torch.Generator().manual_seed(0)
    spread = torch.tensor([0.1, 1.0, 10.0, 0.0])
    batches = [
        [torch.randn(count, 4, 16, 16, generator=generator) * spread.view(1, -1, 1, 1)] for count in (3, 5)
    ]
    (variances,) = channel_variances(batches)
    expected = torch.cat([batch[0] for batch in batches]).square().mean((0, 2, 3))
    floor = expected.mean() / 100
    torch.testing.assert_close(variances, expected.clamp(min=floor))


def test_smoothing_spreads_by_sigma_and_keeps_the_sum():
    impulse = np.zeros((1, 2, 64, 64), np.float32)
    impulse[0, 0, 32, 32] = 1
    blurred = smooth(impulse, 4.0)
    assert blurred.shape == impulse.shape
    assert blurred[0, 0].sum() == pytest.approx(1, abs=1e-5)
    assert not blurred[0, 1].any()
    offsets = np.arange(64) - 32
    assert np.sqrt((blurred[0, 0].sum(axis=0) * offsets**2).sum()) == pytest.approx(4, rel=0.02)


def test_smoothing_reflects_at_the_border_and_zero_leaves_the_map():
    maps = np.full((1, 1, 32, 32), 3, np.float32)
    np.testing.assert_allclose(smooth(maps, 4.0), maps, rtol=1e-5)
    np.testing.assert_array_equal(smooth(maps, 0), maps)


def test_terms_are_multiplied_by_their_factor_and_added():
    maps = np.stack([np.full((2, 4, 4), 6.0), np.full((2, 4, 4), 10.0)], axis=1).astype(np.float32)
    np.testing.assert_allclose(combine(maps, [1 / 2, 1 / 5]), np.full((2, 4, 4), 5.0))


def test_image_scores():
    score_map = np.arange(400, dtype=np.float32).reshape(20, 20)
    assert image_score(score_map, "max") == 399
    assert image_score(score_map, "top") == (399 + 398 + 397 + 396) / 4  # 1 % of 400 pixels


def test_the_highest_share_is_rounded_to_whole_pixels():
    assert top_count(128 * 128, "top") == 164  # 163.84
    assert top_count(10 * 10, "top", 0.001) == 1
    assert top_count(128 * 128, "max") == 1
