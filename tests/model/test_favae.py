import pytest
import torch

from favae_demo.config.term_names import layer_names
from favae_demo.config.train_config import TrainConfig
from favae_demo.model.favae import Favae, to_map_size
from favae_demo.model.vae import scaled

VGG_CHANNELS = (128, 256, 512)


@pytest.fixture(scope="module")
def full_size() -> Favae:
    return Favae(VGG_CHANNELS).eval()


def test_the_full_network_has_the_reports_number_of_parameters(full_size):
    assert sum(parameter.numel() for parameter in full_size.parameters()) == 20_303_499


@torch.inference_mode()
def test_shapes_are_the_reports(full_size):
    x = torch.rand(2, 3, 128, 128)
    output = full_size(x)
    assert output.image.shape == x.shape
    assert output.mean.shape == output.log_variance.shape == (2, 100, 1, 1)
    shapes = [(2, 128, 64, 64), (2, 256, 32, 32), (2, 512, 16, 16)]
    assert [tuple(taps.shape) for taps in full_size.decoder(output.mean)[1]] == shapes
    assert [tuple(features.shape) for features in output.features] == shapes
    assert 0 <= output.image.min() <= output.image.max() <= 1


@torch.inference_mode()
def test_taps_lie_before_normalisation_and_activation():
    model = Favae(VGG_CHANNELS, latent=4, width=0.05).eval()
    seen = []
    convolution = model.decoder.blocks[-1][0]
    convolution.register_forward_hook(lambda module, inputs, result: seen.append(result.clone()))
    _, taps = model.decoder(torch.randn(1, 4, 1, 1))
    torch.testing.assert_close(taps[0], seen[0], rtol=0, atol=0)


@torch.inference_mode()
def test_noise_moves_the_latent_by_the_deviation_and_none_decodes_the_mean():
    model = Favae(latent=4, width=0.05).eval()
    model.encoder.head.bias[4:] = (
        2.0  # log variance: at 0, where a new network lies, variance and deviation are the same
    )
    x, noise = torch.rand(2, 3, 128, 128), torch.randn(2, 4, 1, 1)
    mean, log_variance = model.encoder(x)
    expected = model.decoder(mean + noise * torch.exp(log_variance / 2))[0]
    torch.testing.assert_close(model(x, noise=noise).image, expected)
    torch.testing.assert_close(model(x).image, model.decoder(mean)[0])
    assert not torch.equal(model(x, noise=noise).image, model(x).image)


@torch.inference_mode()
def test_without_a_teacher_it_is_a_plain_vae():
    model = Favae(latent=4, width=0.05).eval()
    assert len(model.adapters) == 0
    assert model(torch.rand(1, 3, 128, 128)).features == []


def test_a_teacher_with_another_number_of_layers_is_refused():
    with pytest.raises(ValueError, match="3 taps, the teacher 2"):
        Favae((8, 8), latent=4, width=0.05)


def test_a_config_describes_the_network():
    config = TrainConfig(latent=4, width=0.05, narrow_adapters=True)
    model = Favae.from_config(config, VGG_CHANNELS)
    assert [adapter[0].out_channels for adapter in model.adapters] == list(model.decoder.tap_channels)
    assert [adapter[2].out_channels for adapter in model.adapters] == list(VGG_CHANNELS)
    report = Favae.from_config(TrainConfig(latent=4, width=0.05), VGG_CHANNELS)
    assert [adapter[0].out_channels for adapter in report.adapters] == list(VGG_CHANNELS)


def test_names_and_widths():
    assert layer_names(3) == ["layer1", "layer2", "layer3"]
    assert [scaled(128, width) for width in (1.0, 0.25, 0.05, 0.01)] == [128, 32, 6, 4]


@torch.inference_mode()
def test_a_code_with_places_looks_at_features_and_keeps_the_decoder():
    model = Favae((5, 6, 7), latent=4, width=0.05, latent_side=8, from_features=True).eval()
    features = [torch.rand(2, c, side, side) for c, side in ((5, 64), (6, 32), (7, 16))]
    images = torch.rand(2, 3, 128, 128)
    output = model(images, features)
    assert output.image.shape == images.shape
    assert output.mean.shape == output.log_variance.shape == (2, *model.code_shape) == (2, 4, 8, 8)
    assert [tuple(one.shape) for one in output.features] == [tuple(one.shape) for one in features]
    torch.testing.assert_close(model(torch.zeros_like(images), features).image, output.image)
    for level in range(3):  # every level is looked at
        changed = [one + (i == level) for i, one in enumerate(features)]
        assert not torch.allclose(model(images, changed).mean, output.mean)
    assert torch.equal(model(images, features, torch.zeros(2, 4, 8, 8)).image, output.image)


@torch.inference_mode()
def test_what_is_rebuilt_of_a_larger_image_is_its_area_average():
    image = torch.rand(1, 3, 256, 256)
    small = to_map_size(image)
    torch.testing.assert_close(small[0, 1, 3, 5], image[0, 1, 6:8, 10:12].mean())
    assert to_map_size(small) is small
