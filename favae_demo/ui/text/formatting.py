"""Formatting of values for the page: times, kinds of defect, positions, numbers."""

from typing import Any

from favae_demo.config.variants import TITLES

COST_DIGITS = {"seconds": 0, "milliseconds": 1, "megabytes": 1}


def cost(name: str, value: float | None, unknown: str) -> str:
    """Returns a cost of a model as text, as `services.model_costs` names them."""
    return unknown if value is None else f"{value:.{COST_DIGITS[name]}f}"


def duration(seconds: float) -> str:
    """Returns a duration in seconds, minutes or hours."""
    steps = ((120, 1, "s"), (7200, 60, "min"))
    size, unit = next(((size, unit) for top, size, unit in steps if seconds < top), (3600, "h"))
    return f"{seconds / size:.0f} {unit}"


def amount(value: float) -> str:
    """Returns a number of any size without an exponent, to three digits below 100."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def kind(defect: str) -> str:
    """Returns an image's kind: `good`, or the name of its defect."""
    return "good" if defect == "good" else f"defect: {defect.replace('_', ' ')}"


def picture_name(defect: str, stem: str) -> str:
    """Returns the name of a test image on screen: `broken small 004`."""
    return f"{defect.replace('_', ' ')} {stem}"


def listed(names: list[str]) -> str:
    """Joins names: `A, B and C`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def all_kinds(count: int) -> str:
    """Returns the label of all test images together."""
    return f"All {count} test pictures" if count else "No test pictures"


def truth(defect: str, has_ground_truth: bool = True) -> str:
    """Returns a sentence on the ground truth of a test image.

    Args:
        defect: Its kind, `good` for a good part.
        has_ground_truth: Whether it is known where the defect is.
    """
    if defect == "good":
        return "Known: this is a good part."
    where = "" if has_ground_truth else " Where it is, is not marked."
    return f"Known: this part has a defect ({defect.replace('_', ' ')}).{where}"


def number(value: float) -> str:
    """Returns a score to four digits, without an exponent from 1,000 on."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def fetching(fetch: Any) -> str:
    """Returns the state of a download of teacher weights, a sentence.

    Args:
        fetch: A `teacher.weight_fetcher.Fetch`.
    """
    name = TITLES.get(fetch.teacher, fetch.teacher).removeprefix("VAE + ")
    if fetch.problem:
        return fetch.problem
    if not fetch.running:
        return f"The weights of {name} are here."
    if not fetch.done:
        return f"This model needs the ImageNet weights of {name}: fetching them, which is done only once …"
    size = (
        f"{fetch.done / 1e6:.0f} of {fetch.total / 1e6:.0f} MB"
        if fetch.total
        else f"{fetch.done / 1e6:.0f} MB"
    )
    return f"Fetching the ImageNet weights of {name} from {fetch.source}: {size}. This is done only once."
