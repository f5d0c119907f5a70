import math

import pytest

from favae_demo.scoring.likeness import (
    ANY_PART,
    EMPTY,
    FOREIGN,
    OTHER_PART,
    THROUGHOUT,
    TRAITS,
    PropertyRange,
    compare,
    fit_ranges,
    join_ranges,
)


def images(**changed: list[float]) -> list[dict[str, float]]:
    """Properties of images that differ in what is named only."""
    count = len(next(iter(changed.values())))
    return [
        dict.fromkeys(TRAITS, 1.0) | {name: values[i] for name, values in changed.items()}
        for i in range(count)
    ]


def test_another_part_is_far_from_the_memory_nearly_everywhere():
    good = dict.fromkeys(TRAITS, 1.0)
    for ranges in (fit_ranges([good]), {}):
        assert compare(good, ranges, 0.0) == compare(good, ranges, FOREIGN) == ((), ())
        assert compare(good, ranges, math.nextafter(FOREIGN, 1)) == ((OTHER_PART,), ())


def test_a_picture_refused_for_its_light_is_asked_about_too_where_nearly_all_of_it_differs():
    good = dict.fromkeys(TRAITS, 1.0)
    ranges, dark = fit_ranges([good]), good | {"brightness": 0.0, "noise": 9.0}
    assert compare(dark, ranges, 0.9)[0] == (
        "Unlike the good pictures: darker than every good picture; also more noise; nearly all of it differs from them. Is it another part?",
    )
    assert compare(dark, ranges, FOREIGN) == compare(dark, ranges)


@pytest.mark.parametrize("names", [{"sharpness"}, {"noise"}, THROUGHOUT])
def test_blur_and_noise_make_no_other_part(names):
    good = dict.fromkeys(TRAITS, 1.0)
    ranges, seen = fit_ranges([good]), good | dict.fromkeys(names, 9.0)
    assert compare(seen, ranges, 1.0) == compare(seen, ranges)
    assert len(compare(seen, ranges)[0]) == 1


def test_an_empty_picture_is_no_other_part():
    good = dict.fromkeys(TRAITS, 1.0) | {"contrast": math.log(42)}
    assert compare(good | {"contrast": math.log(2)}, fit_ranges([good]), 1.0)[0] == (EMPTY,)


def test_the_range_is_that_of_all_images_but_outliers():
    values = [4.0, 4.1, 4.2, 4.3, 4.4]
    assert fit_ranges(images(brightness=values))["brightness"] == PropertyRange(
        4.2, pytest.approx(0.14826), 4.0, 4.4
    )
    with_one_far = fit_ranges(images(brightness=[*values, 4.2, 9.0]))["brightness"]
    assert (with_one_far.low, with_one_far.high) == (4.0, 4.4)


@pytest.mark.parametrize("name", TRAITS)
def test_what_lies_outside_the_range_is_remarked_on_and_further_out_not_judged(name):
    trait, ranges = TRAITS[name], fit_ranges(images(brightness=[1.0, 1.0, 1.0]))
    for sign, limit in ((-1, trait.below), (1, trait.above)):
        for distance in (0.0, 0.99 * trait.remark):
            assert compare(dict.fromkeys(TRAITS, 1.0) | {name: 1 + sign * distance}, ranges) == ((), ())
        unlike, remarks = compare(dict.fromkeys(TRAITS, 1.0) | {name: 1 + sign * 1.01 * trait.remark}, ranges)
        assert (unlike, len(remarks)) == ((), 1)
        beyond = 1 + sign * (1.01 * limit if limit < math.inf else 5.0)
        unlike, remarks = compare(dict.fromkeys(TRAITS, 1.0) | {name: beyond}, ranges)
        assert (len(unlike), len(remarks)) == ((1, 0) if limit < math.inf else (0, 1))


def test_further_good_images_widen_the_range_and_are_usual_from_then_on():
    known = fit_ranges(images(brightness=[4.0, 4.1, 4.2]))
    joined = join_ranges(known, images(brightness=[3.5, 3.6, 3.7]))
    assert (joined["brightness"].low, joined["brightness"].centre, joined["brightness"].high) == (
        3.5,
        3.6,
        4.2,
    )
    assert joined["colour"] == known["colour"]
    assert join_ranges({}, images(brightness=[3.5])) == {}
    alone = join_ranges(known, images(brightness=[3.5]))["brightness"]
    assert alone.spread == known["brightness"].spread


def test_the_sentence_says_which_property_and_for_shapes_what_was_learned():
    good = dict.fromkeys(TRAITS, 1.0) | {"shape": math.log(4 / 3)}
    ranges = fit_ranges([good])
    (sentence,), _ = compare(good | {"shape": 0.0}, ranges)
    assert sentence == "Unlike the good pictures: other shape: 4:3 learned, 1:1 given."
    (sentence,), _ = compare(good | {"brightness": 0.5}, ranges)
    assert "darker than every good picture" in sentence


def test_several_deviations_are_one_sentence():
    good = dict.fromkeys(TRAITS, 1.0) | {"contrast": math.log(42)}
    ranges = fit_ranges([good])
    dark = good | {"shape": math.log(2), "brightness": 0.5, "noise": 2.0, "colour": 1.6}
    unlike, remarks = compare(dark, ranges)
    assert unlike == (
        "Unlike the good pictures: other shape: 19:7 learned, 2:1 given; also darker, more noise.",
    )
    assert remarks == ("A little more colour than every good picture.",)
    _, remarks = compare(good | {"brightness": 0.9, "size": 2.0}, ranges)
    assert remarks == (
        "The picture is larger than every good picture: 3 pixels learned, 7 given.",
        "A little darker than every good picture.",
    )


def test_an_empty_picture_is_called_empty_and_nothing_else():
    good = dict.fromkeys(TRAITS, 1.0) | {"contrast": math.log(42)}
    black = good | {"brightness": 0.0, "colour": 0.0, "contrast": math.log(2), "background": 2.0}
    assert compare(black, fit_ranges([good])) == ((EMPTY,), ())
    dull = good | {"contrast": math.log(5)}
    assert compare(dull, fit_ranges([good]))[0] != (EMPTY,)


def test_without_known_good_images_only_an_empty_image_is_unlike():
    for deviation, count in ((0.0, 1), (1.9, 1), (2.1, 0), (80.0, 0)):
        properties = dict.fromkeys(TRAITS, 1.0) | {"contrast": math.log(deviation + 2)}
        assert len(compare(properties, ANY_PART)[0]) == count
