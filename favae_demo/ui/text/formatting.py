"""Formatting of values for the page: times, kinds of defect, positions, numbers."""

from datetime import datetime
from typing import Any

from favae_demo.config.categories import CATEGORIES, category_info
from favae_demo.config.variants import TITLES
from favae_demo.data.library.feedback import MARKED
from favae_demo.scoring import explanation
from favae_demo.scoring.multiples import format_multiple
from favae_demo.ui import text
from favae_demo.ui.text.sentences import translate

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
    return grouped(value) if value >= 100 else f"{value:.3g}"


def kind(defect: str) -> str:
    """Returns an image's kind: `good`, or the name of its defect."""
    return text.values.GOOD if defect == "good" else text.values.DEFECT.format(kind=defect_name(defect))


def defect_name(defect: str) -> str:
    """Returns the name of a kind of defect: that of its folder, unless the page itself made the folder."""
    return text.values.MARKED if defect == MARKED else defect.replace("_", " ")


def picture_name(defect: str, stem: str) -> str:
    """Returns the name of a test image on screen: `broken small 004`."""
    return f"{text.values.GOOD_FOLDER if defect == 'good' else defect_name(defect)} {stem}"


def listed(names: list[str]) -> str:
    """Joins names: `A, B and C`."""
    return text.values.AND.join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def all_kinds(count: int, held_out: bool = False) -> str:
    """Returns the label of all test images together, or of the good ones held out of a training that stand in for them."""
    label = text.values.ALL_HELD_OUT if held_out else text.values.ALL_KINDS
    return label.format(count=count) if count else text.values.NO_KINDS


def truth(defect: str, has_ground_truth: bool = True, held_out: bool = False) -> str:
    """Returns a sentence on the ground truth of an image of a category.

    Args:
        defect: Its kind, `good` for a good part.
        has_ground_truth: Whether it is known where the defect is.
        held_out: Whether it is a good part that was held out of a training.
    """
    if held_out:
        return text.values.KNOWN_HELD_OUT
    if defect == "good":
        return text.values.KNOWN_GOOD
    known = text.values.KNOWN_DEFECT.format(kind=defect_name(defect))
    return known if has_ground_truth else f"{known} {text.values.NOT_MARKED}"


def number(value: float) -> str:
    """Returns a loss to four digits, without an exponent from 1,000 on."""
    return grouped(value) if abs(value) >= 1000 else f"{value:.4g}"


def grouped(value: float) -> str:
    """Returns a whole number with its thousands grouped, as `1,200`."""
    return f"{value:,.0f}".replace(",", text.values.GROUP)


def bound(value: float) -> str:
    """Returns an end of a range, without an exponent as far as that can be read."""
    return f"{value:,.10g}".replace(",", text.values.GROUP)


def pictures(count: int) -> str:
    """Returns a number of images, as `1 picture` or `1,200 pictures`."""
    return (text.values.PICTURE if count == 1 else text.values.PICTURES).format(count=grouped(count))


def multiple(value: float) -> str:
    """Returns a score as a multiple of its limit, in words."""
    return translate(format_multiple(value))


def place(x: float, y: float) -> str:
    """Returns the position of a point in an image in words, see `explanation.place`."""
    return translate(explanation.place(x, y))


def category(name: str) -> str:
    """Returns a category's name on screen."""
    title = category_info(name).title
    return translate(title) if name in CATEGORIES else title


def preset(name: str) -> str:
    """Returns a preset's name within that of a model or a training; one that is not known stays as it is."""
    return text.page.PRESET_NAMES.get(name, name)


def area(share: float) -> str:
    """Returns a region's share of the picture in words."""
    if not share:
        return text.values.NO_REGION
    return text.values.SMALL_REGION if share < 0.0005 else percent(share, 1)


def percent(share: float, digits: int = 0) -> str:
    """Returns a share as a percentage, in one way everywhere: `5 %`, which is never broken."""
    return f"{100 * share:.{digits}f}\u00a0%"


def share(defects: int, judged: int) -> str:
    """Returns a share of defects in per cent; of no images a dash."""
    return percent(defects / judged, 2) if judged else text.values.NOTHING


def day(moment: datetime) -> str:
    """Returns a day without its year, as `7 Mar`."""
    return text.values.DAY.format(day=moment.day, month=text.values.MONTHS[moment.month - 1])


def time(moment: datetime) -> str:
    """Returns a day without its year, with the time."""
    month = text.values.MONTHS[moment.month - 1]
    return text.values.TIME.format(day=moment.day, month=month, clock=f"{moment:%H:%M}")


def fetching(fetch: Any) -> str:
    """Returns the state of a download of teacher weights, a sentence.

    Args:
        fetch: A `teacher.weight_fetcher.Fetch`.
    """
    name = TITLES.get(fetch.teacher, fetch.teacher).removeprefix("VAE + ")
    if fetch.problem:
        return str(fetch.problem)
    if not fetch.running:
        return text.values.WEIGHTS_HERE.format(name=name)
    if not fetch.done:
        return text.values.WEIGHTS_BEGIN.format(name=name)
    done, total = (f"{count / 1e6:.0f}" for count in (fetch.done, fetch.total))
    size = text.values.OF_SIZE.format(done=done, total=total) if fetch.total else f"{done} MB"
    return text.values.WEIGHTS_COMING.format(name=name, source=fetch.source, size=size)
