"""What the tabs ask of the core, without a page."""

import os
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from favae_demo.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from favae_demo.core.errors import CheckpointError, ConfigError, ImageError
from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings
from favae_demo.detection import registry
from favae_demo.detection.registry import Registry
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui import text
from favae_demo.ui.api import default_teacher
from favae_demo.ui.model_list import model_label, newest_variants
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare.api import compare_variants

pytest_plugins = ["trained_widget"]


@pytest.fixture
def model(services: Services) -> str:
    return services.model_choices("widget")[0][1]


def test_the_category_with_images_and_model_comes_first(services: Services) -> None:
    assert services.first_category() == services.categories()[0] == "widget"
    assert "widget" in services.describe("widget").lower()


def test_an_installed_package_compares_and_answers_with_the_models_that_it_ships(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert default_teacher(services) == "efficientnet-lite0"
    for teacher, preset in (("efficientnet-lite0", "extended"), ("vgg16", "quick")):
        shipped = tmp_path / teacher
        shipped.mkdir()
        name = f"sample_bottle-{teacher}-{preset}.safetensors"
        (shipped / name).symlink_to(SHIPPED_CHECKPOINTS / name)
        monkeypatch.setattr(registry, "SHIPPED_CHECKPOINTS", shipped)
        installed = replace(services.settings, checkpoint_dir=tmp_path)
        package = Services(installed, Registry(installed))
        assert default_teacher(package) == teacher
        assert list(newest_variants(package.registry, "sample_bottle")) == [teacher]


def test_a_category_without_images_is_described_not_refused(services: Services) -> None:
    assert services.category("gadget") is None
    assert services.gallery("gadget") == []
    assert "no pictures" in services.describe("gadget")


def test_the_gallery_shows_small_images_in_the_order_of_the_category(services: Services) -> None:
    gallery = services.gallery("widget")
    assert [kind for _, kind in gallery] == ["good"] * 4 + ["defect: scratch"] * 4 + ["defect: spot"] * 4
    with Image.open(gallery[0][0]) as image:
        assert image.format == "WEBP"
        assert image.size == (96, 96)
    stamps = [Path(path).stat().st_mtime_ns for path, _ in gallery]
    assert [Path(path).stat().st_mtime_ns for path, _ in services.gallery("widget")] == stamps


@pytest.mark.parametrize("index", [-1, 12])
def test_a_place_outside_the_gallery_is_refused(index: int, services: Services) -> None:
    assert services.sample("widget", 11).defect == "spot"
    with pytest.raises(ImageError):
        services.sample("widget", index)


def test_a_model_is_named_by_variant_and_measured_figures(services: Services) -> None:
    (model,) = services.registry.models("widget")
    label = model_label(model, services.settings)
    assert label.startswith("VAE · pixel ")
    assert f"image {model.card.metrics['image_auroc']:.3f}" in label


def test_a_model_of_a_training_is_named_by_it_and_says_where_it_was_stopped(
    services: Services, tmp_path: Path
) -> None:
    settings = replace(services.settings, runs_dir=tmp_path)
    own = Services(settings, Registry(settings))
    (model,) = own.registry.models("widget")
    folder = RunFolder(tmp_path / "mine")
    folder.create(model.card.config, "widget", settings.data_dir)
    checkpoint = load_checkpoint(model.path)
    card = replace(model.card, training={"stopped_because": "stopped", "steps": 1028})
    save_checkpoint(folder.path / "model.safetensors", replace(checkpoint, card=card))
    whole, stopped = (label for label, _ in own.model_choices("widget"))
    assert whole == model_label(model, settings)
    assert re.match(r"VAE \(stopped after 1,028 steps\) · \d+ \w+ [\d:]+ · pixel ", stopped)
    folder.set_label("night shift")
    named = own.model_choices("widget")[1][0]
    assert named.startswith("night shift · VAE (stopped after 1,028 steps) · pixel ")


def test_only_images_with_a_mask_have_a_truth(services: Services) -> None:
    assert services.truth(None) is None
    assert services.truth(services.sample("widget", 0)) is None
    truth = services.truth(services.sample("widget", 11))
    assert truth.shape == (96, 96)
    assert 0 < truth.mean() < 0.1


def test_a_blot_is_a_defect_and_no_model_is_a_sentence(services: Services, model: str, blot: Path) -> None:
    found = services.detect(model, services.image(blot), 0.05)
    assert found.verdict == "defect"
    assert found.score > found.threshold
    with pytest.raises(CheckpointError, match="Train tab"):
        services.detect(None, services.image(blot), 0.05)


def test_too_large_a_image_is_refused(services: Services, blot: Path) -> None:
    small = Services(Settings(*[services.settings.data_dir] * 4, max_pixels=96 * 96 - 1), services.registry)
    with pytest.raises(ImageError, match="too large"):
        small.image(blot)


def test_programs_compare_the_models_that_are_there(services: Services, spot: Path) -> None:
    image = services.image(spot)
    assert compare_variants(services, "widget", image, 0.05).keys() == {"none"}
    with pytest.raises(CheckpointError):
        compare_variants(services, "gadget", image, 0.05)


def test_a_image_that_cannot_be_read_does_not_hide_the_others(services: Services, no_image: Path) -> None:
    good, bad = services.sample("widget", 0), replace(services.sample("widget", 0), path=no_image)
    shown = services.thumbnails([bad, good])
    with Image.open(shown[0][0]) as crossed, Image.open(shown[1][0]) as image:
        assert (crossed.size, image.size) == ((160, 160), (96, 96))
    with pytest.raises(ImageError):
        services.image(no_image)


@pytest.mark.parametrize(
    ("value", "words"), [(0.12345, "0.1235"), (12.5, "12.5"), (26912.3, "26,912"), (-1234.6, "-1,235")]
)
def test_scores_are_written_without_powers_of_ten(value: float, words: str) -> None:
    assert text.formatting.number(value) == words


@pytest.fixture
def own(app_settings: Settings, tmp_path: Path) -> Services:
    """Services with a cache folder of their own."""
    settings = replace(app_settings, cache_dir=tmp_path / "cache")
    return Services(settings, Registry(settings))


def test_download_folders_are_kept_for_a_day(own: Services) -> None:
    old, young = own.new_download_folder(), own.new_download_folder()
    other = old.with_name("batch-1")
    other.mkdir()
    for folder, hours in ((old, 25), (young, 23), (other, 25)):
        (folder / "file").write_text("")
        os.utime(folder, (time.time() - 3600 * hours,) * 2)
    own.new_download_folder()
    assert not old.exists()
    assert young.exists()
    assert other.exists()


def test_a_download_folder_that_cannot_be_created_is_an_error(own: Services) -> None:
    own.settings.cache_dir.write_text("")
    with pytest.raises(ConfigError, match="can be saved"):
        own.new_download_folder()
