"""The Train tab's form and previews."""

import html
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_training import small_config

from favae_demo.config.presets import PRESETS, make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.config.variants import TEACHERS
from favae_demo.core.errors import ConfigError
from favae_demo.data.transforms.augment import only
from favae_demo.detection.registry import Registry
from favae_demo.ui import text
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.train import form, previews
from favae_demo.ui.tabs.train import tab as train_tab

pytest_plugins = ["trained_widget", "train_tab_runs"]


CUSTOM = text.train.CUSTOM


def form_of(config: TrainConfig, **changes: object) -> list:
    names = [item.name for item in form.FIELDS]
    return [changes.get(name, value) for name, value in zip(names, form.form_values(config), strict=True)]


def test_every_kind_of_model_can_be_chosen_in_the_order_of_the_table() -> None:
    assert tuple(text.train.VARIANTS) == TEACHERS


def test_every_setting_is_in_the_form_once_with_name_range_and_explanation() -> None:
    listed = [item.name for items in form.field_groups().values() for item in items]
    assert sorted(listed) == sorted(TrainConfig().to_dict().keys() - {"preset", "teacher", "seed"})
    for item in form.FIELDS:
        assert item.name in text.settings.FIELDS, f"{item.name} has no name on screen"
        assert item.metadata["help"] in form.field_help(item)
    widths = next(item for item in form.FIELDS if item.name == "width")
    assert form.field_help(widths).endswith("0.05 to 2.")


@pytest.mark.parametrize("preset", list(PRESETS))
def test_the_form_shows_a_recipe_and_reads_it_back(preset: str) -> None:
    teacher = train_tab.preset_teacher(preset, "none")
    config = make_config(preset, "pill", teacher=teacher, seed=3)
    filled = train_tab.preset_values("pill", "none", preset)
    # The form's values are not used.
    assert form.read_config("pill", teacher, preset, 3, [None] * len(filled)) == config
    assert form.read_config("pill", teacher, CUSTOM, 3.0, filled) == replace(config, preset=CUSTOM)
    assert train_tab.preset_values("pill", "none", CUSTOM) == [None] * len(filled)


def test_numbers_are_converted_to_the_type_of_their_field() -> None:
    config = form.read_config("widget", "none", CUSTOM, 1, form_of(small_config(), epochs=7.0, blur=3))
    assert (config.epochs, type(config.epochs)) == (7, int)
    assert (config.blur, type(config.blur)) == (3.0, float)


@pytest.mark.parametrize(
    ("changes", "seed", "words"),
    [
        ({"rotation": 999.0}, 0, "'Rotation \\(degrees\\)' must be between 0 and 180"),
        ({"epochs": 2.5}, 0, "'Most rounds' must be a whole number, not 2.5"),
        ({"batch_size": None}, 0, "Fill in 'Pictures a step'"),
        ({"tap": "fourth"}, 0, "'Where features are read' must be one of"),
        ({}, None, "Fill in 'Seed'"),
        ({}, -1, "'Seed' must be between"),
    ],
)
def test_a_bad_setting_is_named_as_on_screen(changes: dict, seed: float | None, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        form.read_config("widget", "none", CUSTOM, seed, form_of(small_config(), **changes))


def test_augmented_views_are_those_of_the_training(spot: Path) -> None:
    image = previews._load(spot, 128, None)
    config = make_config("quick", "widget", teacher="none")
    original, *copies = previews.augmented_views(image, config, 3)
    assert np.array_equal(original, image)
    assert all(copy.shape == image.shape and not np.array_equal(copy, image) for copy in copies)
    plain = replace(config, rotation=0.0, crop=1.0, hflip_p=0.0, vflip_p=0.0)
    assert all(np.array_equal(copy, image) for copy in previews.augmented_views(image, plain, 3))
    (alone,) = previews.augmented_views(image, replace(config, views=0), 3)
    assert np.array_equal(alone, image)


def test_each_kind_of_augmentation_is_shown_alone_at_its_strongest(spot: Path) -> None:
    image = previews._load(spot, 128, None)
    varied = replace(
        make_config("quick"),
        rotation_p=0.5,
        colour=0.3,
        colour_p=0.2,
        noise=0.1,
        noise_p=0.5,
        elastic=0.03,
        elastic_p=0.5,
    )
    shown = previews.strongest_views(image, varied)
    assert shown.keys() == text.train.KINDS.keys()
    assert np.array_equal(shown["hflip"], image[:, ::-1])
    assert np.array_equal(shown["vflip"], image[::-1])
    assert len({view.tobytes() for view in shown.values()}) == len(shown)
    for kind, view in shown.items():
        alone = previews.augmented_views(image, only(varied, kind), 3)[1:]
        assert change(view, image) >= max(change(one, image) for one in alone)
        assert change(view, image) > 0
    assert previews.strongest_views(image, replace(varied, views=0)) == {}
    assert previews.strongest_views(image, replace(varied, elastic=0.0)).keys() == shown.keys() - {"elastic"}


def change(view: np.ndarray, image: np.ndarray) -> float:
    return np.abs(view.astype(int) - image).mean()


def test_an_augmentation_that_may_hide_a_defect_of_the_category_is_named(services: Services) -> None:
    category = services.category("widget")
    quick = make_config("quick", "widget")
    assert "Careful" not in previews.augmentations_html(category, quick)
    shown = previews.augmentations_html(
        category, replace(quick, colour=0.2, colour_p=0.25, noise=0.05, noise_p=1.0)
    )
    assert text.train.KINDS_HELD.format(kinds="colour") in html.unescape(shown)
    assert "25\u00a0% of copies" in shown
    still = replace(quick, rotation_p=0.0, crop=1.0)
    assert previews.augmentations_html(category, still) == ""


def test_stripes_lie_on_the_background_only() -> None:
    image = np.full((32, 32, 3), 200, np.uint8)
    part = np.zeros((32, 32), bool)
    part[8:24, 8:24] = True
    drawn = previews.stripe_background(image, part)
    assert (drawn[part] == 200).all()
    assert (drawn[~part] != 200).all()
    assert len(np.unique(drawn[~part][:, 0])) == 2


def test_previews_show_good_parts_copies_and_background(services: Services) -> None:
    category, config = services.category("widget"), make_config("quick", "widget", background="light")
    samples, views, mask = previews.previews(category, config, services.settings)
    assert samples.count("<img") == previews.SAMPLE_COUNT
    assert text.train.FEW.format(count=12) in samples
    # Turned and cropped: an unknown part is not mirrored.
    assert views.count("<img") == previews.VIEW_COUNT + 1 + 2
    assert mask.count("<img") == previews.MASK_COUNT
    assert "defect: scratch" in mask  # that the mask spares a defect can be seen
    assert text.train.MASK_USES[False, False] in mask
    masked = replace(config, mask_training=True, mask_score=True)
    assert text.train.MASK_USES[True, True] in previews.previews(category, masked, services.settings)[2]
    unchanged = previews.previews(category, replace(config, views=0), services.settings)[1]
    assert text.train.VIEWS_NONE in unchanged
    assert "<img" not in unchanged
    nothing = previews.previews(category, replace(config, background="none"), services.settings)[2]
    assert text.train.MASK_KIND_NONE in nothing


def test_the_reason_stands_in_place_of_a_preview(services: Services) -> None:
    values = form_of(small_config(), rotation=999.0)
    about, remarks, samples, *rest = train_tab.preview_html(services, "widget", "none", CUSTOM, values)
    assert "Widget" in about
    assert remarks == ""
    assert "Rotation" in samples
    assert rest == ["", ""]
    assert text.train.NO_PICTURES in train_tab.preview_html(services, "gadget", "none", "quick", values)[2]
    assert "No pictures yet" in train_tab.preview_html(services, None, "none", "quick", values)[0]


def test_masks_that_are_left_out_are_named(tmp_path, tiny_mvtec, app_settings) -> None:
    shutil.copytree(tiny_mvtec / "widget", tmp_path / "data/widget")
    settings = replace(app_settings, data_dir=tmp_path / "data")
    services = Services(settings, Registry(settings))
    mask = next(sample.mask_path for sample in services.category("widget").test if sample.mask_path)
    mask.write_bytes(b"damaged")
    services = Services(replace(settings, cache_dir=tmp_path / "cache"), Registry(settings))
    _, remarks, *_ = train_tab.preview_html(services, "widget", "none", "quick", form_of(small_config()))
    assert mask.name in remarks
    assert "cannot be read" in remarks


def test_what_is_looked_at_and_which_changes_are_no_defect_is_shown(services: Services) -> None:
    category, settings = services.category("widget"), services.settings
    samples, views, _ = previews.previews(
        category, make_config("extended", "widget", image_size=512), settings
    )
    assert "The network looks at 512×512 pixels: about 32 ms a picture" in samples
    assert all(f">{label}" in views for label in text.train.CHANGES.values())
    samples, views, _ = previews.previews(category, make_config("quick", "widget"), settings)
    assert "The network looks at 128×128 pixels." in samples
    assert text.train.CHANGES_TITLE not in views
