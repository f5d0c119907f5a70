"""Black and white level of images with more than 8 bits, which do not say themselves which value is white.

A 12-bit camera writes 0 to 4,095 into files of 16 bits. The levels are decided once for a data set, from all of its training images, and
every later image is converted with the same ones: an image's own peak says nothing about its brightness.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from favae_demo.core.errors import ConfigError

WHOLE_SCALES = tuple(float(2**bits - 1) for bits in (8, 10, 12, 14, 16, 24, 31, 32))
REAL_SCALES = (1.0, *WHOLE_SCALES[:5])
_OLD_SCALES = (1.0, 255.0, 65_535.0, 2.0**31 - 1)
OUTLIERS = 1e-4  # share of an image's values that may lie beyond its levels: hot and dead pixels of a camera
_MOST_VALUES = 1_000_000  # that the range of an image is taken from


@dataclass(frozen=True)
class Levels:
    """The values that become 0 and 255.

    Attributes:
        black: Value of black.
        white: Value of white; None stands for the full scale of the file's type, which is 65,535 for 16 bits, and for others the smallest
            of 1, 255, 65,535 and 2³¹ − 1 that holds the file's peak. Models without levels on their card use it.
    """

    black: float = 0.0
    white: float | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.black) or not (self.white is None or self.black < self.white < math.inf):
            raise ValueError("White lies above black, and both are finite.")

    @classmethod
    def chosen(cls, black: float, white: float) -> "Levels":
        """Levels that a user gives.

        Raises:
            ConfigError: White does not lie above black.
        """
        try:
            return cls(black, white)
        except ValueError:
            raise ConfigError(
                f"White must lie above black, and {white:,.6g} is not above {black:,.6g}."
            ) from None

    def to_dict(self) -> dict[str, float | None]:
        """For JSON."""
        return {"black": self.black, "white": self.white}

    @classmethod
    def from_dict(cls, record: Any) -> "Levels":
        """From JSON.

        Raises:
            ValueError: It holds no levels.
        """
        if not isinstance(record, dict):
            raise ValueError("levels are a JSON object")
        black, white = record.get("black"), record.get("white")
        if not all(
            isinstance(value, int | float) and not isinstance(value, bool) for value in (black, white)
        ):
            raise ValueError("levels are two numbers")
        return cls(float(record["black"]), float(record["white"]))

    def __str__(self) -> str:
        return (
            f"{self.black:,.6g} to {self.white:,.6g}" if self.white is not None else "full scale of the file"
        )


TYPE_LEVELS = Levels()


@dataclass(frozen=True)
class Extent:
    """The range of an image's values without its outliers.

    Attributes:
        low: All but `OUTLIERS` of the values are at least this.
        high: All but `OUTLIERS` of the values are at most this.
        whole: Whether they are whole numbers.
    """

    low: float
    high: float
    whole: bool


def extent(pixels: np.ndarray) -> Extent:
    """The range of an image's finite values without outliers; (0, 0) where there are none."""
    whole = pixels.dtype.kind in "iu"
    values = pixels.reshape(-1)[:: max(1, pixels.size // _MOST_VALUES)]
    if not whole:
        values = values[np.isfinite(values)]
    if not values.size:
        return Extent(0.0, 0.0, whole)
    spare = int(values.size * OUTLIERS)
    values = np.partition(values, [spare, values.size - 1 - spare])
    return Extent(float(values[spare]), float(values[-1 - spare]), whole)


def decide(extents: Iterable[Extent]) -> Levels | None:
    """The levels that hold a set of images; None where there is no image.

    White is the smallest full scale of 8, 10, 12, 14, 16… bits (of floating-point values also 1.0) that holds every image, black is 0. Where
    values are negative, or floating-point values fill less than a quarter of any full scale, the levels are the range itself.
    """
    known = list(extents)
    if not known:
        return None
    low, high = min(one.low for one in known), max(one.high for one in known)
    whole = all(one.whole for one in known)
    black = min(low, 0.0)
    scale = next((scale for scale in (WHOLE_SCALES if whole else REAL_SCALES) if high <= scale), high)
    if black < 0 or (not whole and 0 < high < scale / 4):
        scale = high
    return Levels(black, scale if scale > black else black + 1.0)


def type_levels(pixels: np.ndarray) -> Levels:
    """What `TYPE_LEVELS` stands for in an image; unlike those of a data set they depend on the file's own peak, 16 bits excepted."""
    if pixels.dtype == np.uint16:
        return Levels(0.0, 65_535.0)
    finite = pixels[np.isfinite(pixels)] if pixels.dtype.kind == "f" else pixels
    peak = max(float(finite.max(initial=0)), 0.0)
    return Levels(0.0, next((scale for scale in _OLD_SCALES if peak <= scale), peak))
