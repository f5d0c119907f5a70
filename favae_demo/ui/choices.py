"""Values of the controls, which are the same in every language, and their titles."""

from collections.abc import Mapping

from favae_demo.ui import text

RATES = {"0.5 %": 0.005, "1 %": 0.01, "2 %": 0.02, "5 %": 0.05, "10 %": 0.1, "20 %": 0.2}
DEFAULT_RATE = "5 %"
RECOMMENDED_RATE = 5  # percent
MASKS = {"trained": None, "yes": True, "no": False}
"""Whether the background is masked out; None takes the model's own setting."""


def titled(titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Returns the choices of a list as (title, value), from the titles by value."""
    return [(title, value) for value, title in titles.items()]


def rate_title(rate: str) -> str:
    """Returns a key of `RATES` on screen: the recommended one is named."""
    return text.page.RECOMMENDED.format(rate=rate) if rate == DEFAULT_RATE else rate
