"""Scores as multiples of the threshold: 1 is the threshold, above it lies a defect, whatever the model's own scale."""

import math

TINY = 1e-12  # a threshold of 0 has no multiples
SPAN = 10.0  # the scale reaches from a tenth of the threshold to ten times it
TICKS = (0.1, 0.5, 1.0, 2.0, 10.0)
LARGEST = 1000.0  # no larger multiple is shown: it says nothing more
FEWEST_DECIMALS, MOST_DECIMALS = 1, 3


def multiple(score: float, threshold: float) -> float:
    """Returns a score divided by its threshold, at least 0."""
    return max(score, 0.0) / max(threshold, TINY)


def format_number(value: float) -> str:
    """Returns a multiple as digits: two that count, and more where it would read as 1 but is not.

    Examples:
        >>> [format_number(value) for value in (0.742, 1.31, 12.6, 0.9987, 1.00002, 1.0)]
        ['0.74', '1.3', '13', '0.999', '1.001', '1.0']
    """
    if value >= LARGEST:
        return f"over {LARGEST:,.0f}"
    if value >= 9.95:
        return f"{value:.0f}"
    first = FEWEST_DECIMALS + (value < 1)
    written = (f"{value:.{decimals}f}" for decimals in range(first, MOST_DECIMALS + 1))
    beside = {True: "1.001", False: "0.999"}[value > 1]
    return next((one for one in written if value == 1 or float(one) != 1), beside)


def format_multiple(value: float) -> str:
    """Returns a multiple in words, as `1.3 × the limit`."""
    return f"{format_number(value)} × the limit"


def scale_share(value: float) -> float:
    """Returns the place of a multiple on a logarithmic scale from 0.1 to 10, in [0, 1]: the threshold is in the middle."""
    logarithm = math.log(max(value, TINY), SPAN)
    return min(max(0.5 + logarithm / 2, 0.0), 1.0)
