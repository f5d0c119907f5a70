"""torchvision's other networks as teachers: their features, and a whole training and detection with one of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from small_training import small_config
from teacher_fixtures import BACKBONES

from favae_demo.core.settings import Settings
from favae_demo.core.torchvision_compat import v2
from favae_demo.data.io.images import load_images
from favae_demo.data.mvtec import load_category
from favae_demo.detection.detector import Detector
from favae_demo.detection.engines import conversion
from favae_demo.runs.pipeline import run_training
from favae_demo.teacher.teacher import load_teacher
from favae_demo.training.run_folder import RunFolder

RESNET = ("layer1", "layer2", "layer3")
NODES = {
    "efficientnet-b0": ("features.2", "features.3", "features.5"),
    "resnet18": RESNET,
    "wide-resnet50-2": RESNET,
}
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@pytest.fixture
def by_hand(
    cache: Settings, torchvision_file: Callable[[str], Path], official: Callable[[str, bytes], None]
) -> Callable[[str], Settings]:
    """Settings in which a teacher's file lies where its user put it."""

    def put(teacher: str) -> Settings:
        content = torchvision_file(teacher).read_bytes()
        official(teacher, content)
        (cache.teacher_dir / torchvision_file(teacher).name).write_bytes(content)
        return cache

    return put


@pytest.mark.parametrize("teacher", BACKBONES)
def test_features_are_those_of_torchvisions_own_network(
    teacher: str, by_hand: Callable[[str], Settings], torchvision_file: Callable[[str], Path]
):
    from torchvision.models.feature_extraction import create_feature_extractor  # after torchvision_compat

    whole = BACKBONES[teacher]().eval()
    found = whole.load_state_dict(torch.load(torchvision_file(teacher), weights_only=True), strict=False)
    assert all(name.endswith("num_batches_tracked") for name in found.missing_keys)
    assert found.unexpected_keys == []
    cut = create_feature_extractor(whole, list(NODES[teacher]))
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    larger = F.interpolate(images, scale_factor=2, mode="bilinear", align_corners=False)
    with torch.no_grad():
        expected = cut(v2.functional.normalize(larger, MEAN, STD)).values()

    settings = by_hand(teacher)
    features = load_teacher(teacher, settings.cache_dir, settings.teacher_dir).raw_features(images)

    for ours, theirs in zip(features, expected, strict=True):
        assert theirs.std() > 0
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4 * float(theirs.abs().max()))


@pytest.mark.parametrize("teacher", ["efficientnet-b0", "resnet18"])
def test_a_model_is_trained_detects_and_is_converted(
    teacher: str, by_hand: Callable[[str], Settings], tiny_mvtec: Path, tmp_path: Path
):
    settings, folder = by_hand(teacher), RunFolder(tmp_path / "run")
    folder.create(small_config(teacher=teacher, epochs=1), "widget", tiny_mvtec)
    for _ in run_training(folder, settings):
        pass
    detector = Detector.load(folder.model, settings)
    images = load_images([one.path for one in load_category(tiny_mvtec, "widget").test], 128)

    found = detector.detect(list(images))

    assert detector.config.teacher == teacher
    assert list(found[0].maps) == ["combined", "pixels", "layer1", "layer2", "layer3"]
    assert all(np.isfinite(one.map).all() and one.map.std() > 0 for one in found)
    maps, _ = detector.engine.run(images[:2])
    for engine in ("ncnn", "onnx"):
        other = detector.convert(engine, tmp_path / engine)
        assert conversion.relative_error(other.engine.run(images[:2])[0], maps) < conversion.TOLERANCE
