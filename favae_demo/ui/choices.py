"""Values of the controls, which are the same in every language, and their titles."""

from collections.abc import Mapping

RATES = tuple(step / 2 for step in range(1, 41))
"""False-alarm rates that can be chosen, in percent."""
RECOMMENDED_RATE = 5.0  # percent
MASKS = {"trained": None, "yes": True, "no": False}
"""Whether the background is masked out; None takes the model's own setting."""


def titled(titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Returns the choices of a list as (title, value), from the titles by value."""
    return [(title, value) for value, title in titles.items()]


def share(rate: float) -> float:
    """Returns a false-alarm rate in (0, 1); one between two of `RATES`, as it can be typed, becomes the next of them."""
    return min(RATES, key=lambda known: abs(known - rate)) / 100
