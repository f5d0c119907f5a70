"""What is known about categories, and what follows from it for a training."""

from dataclasses import replace

import pytest

from favae_demo.config.categories import CATEGORIES, category_defaults, category_info, partial_note
from favae_demo.config.presets import QUICK
from favae_demo.data.synthetic.catalogue import SAMPLE_CATEGORIES
from favae_demo.data.transforms.augment import kinds

VARIED = replace(QUICK, colour=0.2, colour_p=0.5, noise=0.03, noise_p=0.5, elastic=0.02, elastic_p=0.5)
# Kinds of defect, MVTec AD's and the generated parts', that are seen by their colour or by a shape out of place.
COLOURED = {"color", "cable_swap", "oil", "gray_stroke", "rust", "discoloured", "stain"}
BENT = {
    "bent",
    "bent_wire",
    "bent_lead",
    "squeeze",
    "squeezed_teeth",
    "broken_large",
    "thread_side",
    "bent_tip",
    "bent_bristles",
    "broken_lip",
    "chip",
}
MVTEC = {
    "bottle": {"broken_large"}, "pill": {"color"}, "screw": {"thread_side"}, "grid": {"bent"},
    "cable": {"cable_swap", "bent_wire"}, "capsule": {"squeeze"}, "carpet": {"color"}, "leather": {"color"},
    "metal_nut": {"bent", "color"}, "tile": {"oil", "gray_stroke"}, "transistor": {"bent_lead"}, "wood": {"color"},
    "zipper": {"squeezed_teeth"},
}  # fmt: skip
DEFECTS = MVTEC | {name: set(part.defects) for name, part in SAMPLE_CATEGORIES.items()}


def test_partial_data_are_said_with_their_numbers() -> None:
    assert partial_note("bottle", 209, 83) == ""
    assert partial_note("bottle", 210, 82) == ""  # one was marked good
    assert partial_note("bottle", 209, 82) == "Partial data: 209 of 209 training and 82 of 83 test pictures."
    assert partial_note("grid", 25, 14) == "Partial data: 25 of 264 training and 14 of 78 test pictures."
    assert partial_note("toothbrush", 60, 31) == "Partial data: 60 of 60 training and 31 of 42 test pictures."
    assert partial_note("my_parts", 5, 0) == ""


def test_a_texture_is_scored_without_what_the_whole_image_shares() -> None:
    assert category_defaults("grid").items() >= {"centre": True, "crop": 1.0, "rotation": 0.0}.items()
    assert "centre" not in category_defaults("bottle")


def test_an_unknown_category_gets_careful_defaults() -> None:
    assert category_info("my_gear_wheels").title == "My gear wheels"
    assert category_defaults("my_gear_wheels") == {
        "background": "auto", "rotation": 15.0, "hflip_p": 0.0, "vflip_p": 0.0, "colour": 0.0, "elastic": 0.0,
        "align": False,
    }  # fmt: skip


@pytest.mark.parametrize("category", DEFECTS)
def test_no_category_is_varied_as_its_defects_vary(category: str) -> None:
    varied = kinds(replace(VARIED, **category_defaults(category)))
    assert not (DEFECTS[category] & COLOURED and "colour" in varied)
    assert not (DEFECTS[category] & BENT and "elastic" in varied)
    assert "noise" in varied


def test_a_category_keeps_what_cannot_hide_a_defect_as_strong_as_the_preset_has_it() -> None:
    assert category_defaults("bottle").keys().isdisjoint({"colour", "colour_p", "noise", "noise_p"})
    assert "elastic" not in category_defaults("hazelnut")
    assert {"colour", "elastic"} <= category_defaults("pill").keys()


@pytest.mark.parametrize("category", [*CATEGORIES, "my_gear_wheels"])
def test_a_category_adds_no_variation_to_a_preset_without(category: str) -> None:
    still = replace(VARIED, colour=0.0, noise=0.0, elastic=0.0)
    assert {"colour", "noise", "elastic"}.isdisjoint(kinds(replace(still, **category_defaults(category))))
