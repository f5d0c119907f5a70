import numpy as np
import pytest

from favae_demo.data.io.levels import TYPE_LEVELS, Extent, Levels, decide, extent, type_levels


def whole(high: float, low: float = 0) -> Extent:
    return Extent(low, high, True)


@pytest.mark.parametrize(
    ("highs", "white"),
    [
        ([200], 255),
        ([900, 1023], 1023),
        ([90, 3000], 4095),
        ([4096], 16_383),
        ([65_535], 65_535),
        ([70_000], 2**24 - 1),
    ],
)
def test_white_is_the_smallest_full_scale_that_holds_every_image(highs, white):
    assert decide([whole(high) for high in highs]) == Levels(0, white)


@pytest.mark.parametrize(
    ("low", "high", "levels"),
    [
        (0, 1, Levels(0, 1)),
        (0, 0.4, Levels(0, 1)),
        (0, 0.01, Levels(0, 0.01)),
        (0, 200, Levels(0, 255)),
        (0, 10, Levels(0, 10)),
        (-1, 1, Levels(-1, 1)),
        (0, 1e6, Levels(0, 1e6)),
    ],
)
def test_floats_take_a_usual_scale_that_they_fill_or_their_range(low, high, levels):
    assert decide([Extent(low, high, False)]) == levels


def test_no_image_gives_no_levels_and_black_images_give_some():
    assert decide([]) is None
    assert decide([whole(0)]).white > 0
    assert decide([Extent(0, 0, False)]) == Levels(0, 1)


def test_hot_pixels_and_nothing_else_count_as_outliers():
    image = np.full((200, 200), 900, np.uint16)
    image[0, :4] = 60_000
    assert extent(image) == Extent(900, 900, True)
    image[0, :5] = 60_000
    assert extent(image).high == 60_000
    real = np.full((30, 30), 0.5, np.float32)
    real[0] = np.nan
    assert extent(real) == Extent(0.5, 0.5, False)
    assert extent(real * np.nan) == Extent(0, 0, False)


def test_older_models_take_the_full_scale_of_the_type():
    assert type_levels(np.zeros((2, 2), np.uint16)) == Levels(0, 65_535)
    assert type_levels(np.array([[0.0, 0.7]])) == Levels(0, 1)
    assert type_levels(np.array([[300]], np.int32)) == Levels(0, 65_535)


def test_levels_survive_json_and_refuse_nonsense():
    assert Levels.from_dict(Levels(3, 4095).to_dict()) == Levels(3, 4095)
    for record in (
        None,
        {},
        {"black": 0},
        {"black": True, "white": 4},
        {"black": 5, "white": 5},
        {"black": 0, "white": float("inf")},
    ):
        with pytest.raises(ValueError, match=r"levels|White"):
            Levels.from_dict(record)
    with pytest.raises(ValueError, match="White"):
        Levels(float("nan"), 1)
    assert TYPE_LEVELS.white is None
