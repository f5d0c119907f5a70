"""What is known about categories, and what follows from it for a training."""

from favae_demo.categories import category_defaults, category_info, partial_note


def test_partial_data_are_said_with_their_numbers() -> None:
    assert partial_note("bottle", 209, 83) == ""
    assert partial_note("grid", 25, 14) == "Partial data: 25 of 264 training and 14 of 78 test pictures."
    assert partial_note("toothbrush", 60, 31) == "Partial data: 60 of 60 training and 31 of 42 test pictures."
    assert partial_note("my_parts", 5, 0) == ""


def test_a_texture_is_scored_without_what_the_whole_picture_shares() -> None:
    assert category_defaults("grid").items() >= {"centre": True, "crop": 1.0, "rotation": 0.0}.items()
    assert "centre" not in category_defaults("bottle")


def test_an_unknown_category_gets_careful_defaults() -> None:
    assert category_info("my_gear_wheels").title == "My gear wheels"
    assert category_defaults("my_gear_wheels") == {
        "background": "auto", "rotation": 15.0, "hflip_p": 0.0, "vflip_p": 0.0,
    }  # fmt: skip
