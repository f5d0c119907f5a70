"""The table of sources: digests, official addresses and their mirrors."""

import pytest

from favae_demo.core.torchvision_compat import models
from favae_demo.teacher import weight_sources


def test_every_source_has_a_digest():
    for recipe in weight_sources.RECIPES.values():
        for source in recipe.sources:
            algorithm, _, digest = source.digest.partition(":")
            assert algorithm in ("md5", "sha256")
            assert len(digest) >= 8


def test_keras_address_can_be_a_mirror(monkeypatch: pytest.MonkeyPatch):
    official = weight_sources.RECIPES["vgg19"].sources[0]
    monkeypatch.delenv("FAVAE_KERAS_URL", raising=False)
    name = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
    assert official.url() == f"https://storage.googleapis.com/tensorflow/keras-applications/vgg19/{name}"
    monkeypatch.setenv("FAVAE_KERAS_URL", "http://mirror.local/keras")
    assert official.url() == f"http://mirror.local/keras/vgg19/{name}"


@pytest.mark.parametrize(
    ("teacher", "weights"),
    [
        ("vgg16-torchvision", models.VGG16_Weights.IMAGENET1K_V1),
        ("efficientnet-b0", models.EfficientNet_B0_Weights.IMAGENET1K_V1),
        ("resnet18", models.ResNet18_Weights.IMAGENET1K_V1),
        ("wide-resnet50-2", models.Wide_ResNet50_2_Weights.IMAGENET1K_V1),
    ],
)
def test_torchvision_files_are_the_published_ones_or_a_mirrors(
    monkeypatch: pytest.MonkeyPatch, teacher: str, weights: models.WeightsEnum
):
    official = weight_sources.RECIPES[teacher].sources[0]
    monkeypatch.delenv("FAVAE_TORCHVISION_URL", raising=False)
    assert official.url() == weights.url
    assert official.digest == f"sha256:{weights.url[-12:-4]}"
    monkeypatch.setenv("FAVAE_TORCHVISION_URL", "http://mirror.local/models")
    assert official.url() == f"http://mirror.local/models/{official.file_name}"
