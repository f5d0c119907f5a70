"""Whether an image as a whole is like the good images that a model learned from.

This module needs the standard library alone: it is copied beside exported models.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

FURTHEST = 6.0  # spreads from the centre; a good image further away is no part of the range
TO_DEVIATION = 1.4826  # of the median absolute deviation of a normal distribution


@dataclass(frozen=True)
class PropertyRange:
    """What the good images have of one property.

    A further good image lies outside their lowest and highest value with a probability of 2 / (n + 1) at most, with n images.

    Attributes:
        centre: Median.
        spread: Median absolute deviation, as a standard deviation.
        low: Lowest value, without outliers.
        high: Highest value, without outliers.
    """

    centre: float
    spread: float
    low: float
    high: float


@dataclass(frozen=True)
class Trait:
    """How far a property may lie outside the range of the good images, and what is said of it.

    Attributes:
        remark: Distance from which it is remarked on.
        below: Distance below the range from which the image is not judged.
        above: Distance above the range from which the image is not judged.
        low: What an image below the range is, a phrase with `{learned}` and `{given}`.
        high: What an image above the range is.
        show: Returns a value for users.
    """

    remark: float
    below: float
    above: float
    low: str
    high: str
    show: Callable[[float], str] = "{:.2f}".format


def _ratio(value: float) -> str:
    ratio = Fraction(math.exp(value)).limit_denominator(16)
    return f"{ratio.numerator}:{ratio.denominator}"


def _pixels(value: float) -> str:
    return f"{math.exp(value):.0f}"


THAN = " than every good picture"
SHAPE = "other shape: {learned} learned, {given} given"
# Wide enough for defects, JPEG, a blur of 1 pixel in 256, noise of 3 grey levels and 10 % of light: tests/evaluation/measure_likeness.py.
TRAITS = {
    "shape": Trait(0.03, 0.12, 0.12, SHAPE, SHAPE, _ratio),
    "size": Trait(
        0.7,
        math.inf,
        math.inf,
        "smaller than every good picture: {learned} pixels learned, {given} given",
        "larger than every good picture: {learned} pixels learned, {given} given",
        _pixels,
    ),
    "brightness": Trait(
        0.06, 0.18, 0.18, "darker than every good picture", "brighter than every good picture"
    ),
    "contrast": Trait(
        0.15, 0.7, 0.7, "less contrast than every good picture", "more contrast than every good picture"
    ),
    "colour": Trait(
        0.5, 1.3, 1.5, "less colour than every good picture", "more colour than every good picture"
    ),
    "sharpness": Trait(
        0.25, 0.6, 1.2, "more blurred than every good picture", "sharper than every good picture"
    ),
    "noise": Trait(
        0.3, math.inf, 0.7, "less noise than every good picture", "more noise than every good picture"
    ),
    "background": Trait(
        0.1, 0.25, 0.25, "less background than every good picture", "more background than every good picture"
    ),
}
GREY = math.log(
    1.5
)  # colour below which an image is grey: half a level between its channels, as JPEG may leave
EVEN = math.log(4)  # contrast of an image that is all but even
ANY_PART = {"contrast": PropertyRange(math.log(42), 0.0, EVEN + TRAITS["contrast"].below, math.inf)}
"""Of models whose good images are not known: grey levels that deviate by less than 2 show nothing."""
UNLIKE, REMARK = "Unlike the good pictures: {phrase}.", "A little {phrase}."
OTHER_SIZE = "The picture is {phrase}."  # by however much: a picture of another size is judged
EMPTY = "Unlike the good pictures: it shows nothing, all of it has nearly the same brightness."
FOREIGN = 0.7  # share of an image that is unlike any place of the good ones; of defects .6 at most: tests/evaluation/measure_other_parts.py
WHICH_PART = " Is it another part?"
OTHER_PART = (
    "Unlike the good pictures: nearly all of it differs more from them than any place of a good picture."
    + WHICH_PART
)
UNLIKE_THROUGHOUT = "Unlike the good pictures: {phrase}; nearly all of it differs from them." + WHICH_PART
THROUGHOUT = {"sharpness", "noise"}  # a blurred or noisy picture of the same part differs everywhere, too
LOW_SCORE = "Unlike the good pictures: the score lies far below that of every good picture."


def fit_ranges(images: Sequence[Mapping[str, float]]) -> dict[str, PropertyRange]:
    """Returns the ranges of the properties of good images, by property.

    Args:
        images: Properties of each good image, at least one, see `image_properties`.
    """
    return {name: _fit_range([one[name] for one in images], TRAITS[name].remark) for name in TRAITS}


def join_ranges(
    known: Mapping[str, PropertyRange], images: Sequence[Mapping[str, float]]
) -> dict[str, PropertyRange]:
    """Returns ranges that hold further good images too; what is usual from now on, their centre, is that of the further ones.

    Args:
        known: From `fit_ranges`; none of a model whose good images are not known, which still compares nothing.
        images: Properties of the further images, at least one.
    """
    further = fit_ranges(images)
    return {name: _joined(one, further[name]) for name, one in known.items()}


def brings_colour(known: Mapping[str, PropertyRange], images: Sequence[Mapping[str, float]]) -> bool:
    """Returns whether further good images have colours, though those learned from have none.

    Args:
        known: From `fit_ranges`.
        images: Properties of the further images, at least one.
    """
    colours = [one["colour"] for one in images]
    return "colour" in known and known["colour"].high < GREY and max(colours) >= GREY


def _joined(known: PropertyRange, further: PropertyRange) -> PropertyRange:
    spread = max(known.spread, further.spread)  # of a few images it may be small by chance
    return PropertyRange(further.centre, spread, min(known.low, further.low), max(known.high, further.high))


def _fit_range(values: Sequence[float], least: float) -> PropertyRange:
    centre = median(values)
    spread = TO_DEVIATION * median(abs(value - centre) for value in values)
    reach = max(FURTHEST * spread, least)  # values that are all but equal have no outliers
    inside = [value for value in values if abs(value - centre) <= reach]
    return PropertyRange(centre, spread, min(inside), max(inside))


def compare(
    properties: Mapping[str, float], ranges: Mapping[str, PropertyRange], far: float = 0.0
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Compares an image with the good images.

    Args:
        properties: Properties of the image, see `image_properties`.
        ranges: From `fit_ranges`; a property without a range is not compared.
        far: Share of the image that is further from the memory than every place of every good image, 0 to 1; above `FOREIGN` it is taken
            for another part.

    Returns:
        Why the image cannot be judged, one sentence, usually none; and remarks on its size and on smaller deviations, likewise.
    """
    wrong: dict[str, str] = {}
    near: list[str] = []
    size: list[str] = []
    for name, trait in TRAITS.items():
        if name not in ranges:
            continue
        known, value = ranges[name], properties[name]
        below, above = known.low - value, value - known.high
        phrase = (trait.low if below > 0 else trait.high).format(
            learned=trait.show(known.centre), given=trait.show(value)
        )
        if below > trait.below or above > trait.above:
            if name == "contrast" and value < EVEN:
                return (EMPTY,), ()
            wrong[name] = phrase
        elif name == "size" and max(below, above) > trait.remark:
            size.append(OTHER_SIZE.format(phrase=phrase))
        elif max(below, above) > trait.remark:
            near.append(phrase)
    return _refusal(wrong, far > FOREIGN), (*size, *_sentence(REMARK, near))


def _refusal(wrong: Mapping[str, str], is_foreign: bool) -> tuple[str, ...]:
    """Returns why an image cannot be judged, one sentence, from what is wrong by property and whether it may be another part."""
    if is_foreign and not wrong:
        return (OTHER_PART,)
    is_asked = is_foreign and not wrong.keys() <= THROUGHOUT
    return _sentence(UNLIKE_THROUGHOUT if is_asked else UNLIKE, [*wrong.values()])


def _sentence(form: str, phrases: Sequence[str]) -> tuple[str, ...]:
    """Returns one sentence with the first phrase whole and what further ones say in short; none without phrases."""
    if not phrases:
        return ()
    first, *further = phrases
    also = ", ".join(phrase.partition(THAN)[0] for phrase in further)
    return (form.format(phrase=f"{first}; also {also}" if also else first),)
