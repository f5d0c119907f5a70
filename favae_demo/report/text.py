"""Texts of the report that depend on the results; fixed texts are in `report.html`."""

from favae_demo.evaluation.operating_point import Confusion
from favae_demo.scoring.calibration import Calibration

FIGURES = {  # by name: title, unit (`pixel` or `picture`), meaning
    "image_auroc": (
        "Image AUROC",
        "picture",
        "Chance that a defective part scores higher than a good one. 0.5 is guessing, 1 is perfect.",
    ),
    "pixel_auroc": (
        "Pixel AUROC",
        "pixel",
        "The same for single points of the pictures: whether the right place lights up.",
    ),
    "aupro": (
        "AUPRO",
        "pixel",
        "How much of each defect is covered at few false alarms (to 30 %); small defects count as much as large ones.",
    ),
    "pixel_ap": (
        "Pixel AP",
        "pixel",
        "Whether little else than the defect is marked; hard to make high where defects are small.",
    ),
    "f1_max": (
        "F1-max",
        "picture",
        "Best balance of finds and false alarms over all limits. It uses the test labels: a bound, not a setting.",
    ),
}
VERDICTS = {  # words and icon
    "defect": ("called defect", "⚠"),
    "good": ("called good", "✓"),
    "not judged": ("not judged", "?"),
}
GROUPS = {  # by name: heading, description of the images
    "missed": ("Missed defects", "Called good although they have a defect; the most wrong first."),
    "alarms": ("False alarms", "Good parts called defect; the most wrong first."),
    "found": ("Defects found most surely", "The highest scores for their limit."),
    "barely": ("Defects found with the least margin", "The first to be missed if the limit were higher."),
    "passed": ("Good parts passed most surely", "What a normal picture looks like."),
}
LOADING = "Loading the model …"
MEASURING = "Measuring: {done} of {total} pictures"
FIGURING = "Working out the figures …"
LOOKING = "Looking at the most telling pictures …"
WRITING = "Drawing the charts and writing the file …"

NO_DATA = (
    "The pictures of {category!r} are not on this machine, so nothing could be measured now. "
    "Put them back into the data folder and make the report again for charts and examples."
)
NO_TESTS = (
    "There are no test pictures, so nothing could be measured now. "
    "Add test pictures of good and of defective parts and make the report again for charts and examples."
)
NOT_MEASURED = "The model could not be measured now. {reason}"
NO_EXAMPLES = (
    "The figures are those kept from an earlier measurement; examples cannot be shown, "
    "because the model does not run here. {reason}"
)
NO_EXAMPLE = "The example {key} is left out. {reason}"
NEVER_MEASURED = "the model was never measured"
OTHER_CATEGORY = "This model was trained on {trained!r}; here it is measured on pictures of {shown!r}."
FROM_CARD = "These are the figures written into the model's file when it was made; nothing was measured now."
PRINT = "Print, or save as PDF"
PRINT_INFO = "Two pages of A4. To get a PDF, choose “Save as PDF” as the printer."
WILSON = "In brackets: the range in which the true share lies with 95 % certainty, judging by this number of pictures (Wilson)."
MODEL = "{variant}, recipe {preset}, trained on {train} good pictures ({source}). It has never seen a defect: it knows what good parts look like."
JUDGES = "Each picture, seen at {side}×{side} points, gets a score for how far it deviates from good parts, and a map that shows where."
LIMIT = "A score above {limit} means defect. This limit is set by the scores of {images} good pictures for a false-alarm rate of {rate}; no test picture had a part in it."
UNSUPPORTED = "Those pictures are too few for this rate. At least {missing} more good pictures are needed."
RANGES = (
    "A picture whose light, colour, sharpness or shape lies far outside that of the good ones is not judged."
)
RANGES_FROM = (
    RANGES[:-1] + "; what these are like is known from {name}, which learned from the same pictures."
)
NO_RANGES = "What the good pictures are like as a whole was not measured for this model: only empty pictures are not judged."
OTHER_KINDS = "{count} other kinds"
MORE_REMARKS = "{count} more remarks are in the report."
SAME_PARTS = "The model answers for parts that are seen as in its training: the same kind of part, camera place and light."
ONE_TRAINING = "This is one training with seed {seed}; another seed gives somewhat other figures."
NON_COMMERCIAL = "The licence of the pictures allows non-commercial use only; this holds for the model trained on them too."
OUTCOMES = {  # of an example, by its group: sign, heading, whether the verdict is right or wrong
    "found": ("✓", "Defect found", "right"),
    "missed": ("✗", "Missed defect", "wrong"),
    "alarms": ("✗", "False alarm", "wrong"),
    "barely": ("✓", "Defect found with the least margin", "right"),
    "passed": ("✓", "Good part passed", "right"),
}
SHOWN = "Each test picture with its overlay: the clearest of each sort at this limit."
NO_PICTURES = "There are no pictures to show: see “What to keep in mind” for what is missing."
NONE_OF = {  # by cell of the confusion matrix
    "found": "No defect was found.",
    "missed": "No defect was missed.",
    "alarms": "There was no false alarm.",
}
NO_ANSWER = "This model could not be measured here, so there is no answer yet: see below for what is missing."


def ranges_note(calibration: Calibration) -> str:
    """Returns which pictures are not judged because they are unlike the good ones, a sentence."""
    known = RANGES_FROM if calibration.ranges_from else RANGES
    return known.format(name=calibration.ranges_from) if calibration.ranges else NO_RANGES


def answer(counts: Confusion | None) -> str:
    """Returns a summary in one sentence: defects found and false alarms."""
    if counts is None:
        return NO_ANSWER
    defects, goods = counts.defects, counts.goods
    parts = [f"{counts.found} of {_images(defects, 'defect')} found" if defects else "no defects to find"]
    if goods:
        parts.append(f"false alarms: {counts.alarms or 'none'} of {_images(goods, 'good part')}")
    else:
        parts.append("there were no good test parts, so false alarms are not known")
    sentence = ", ".join(parts) if goods else "; ".join(parts)
    aside = f" {_images(counts.not_judged, 'picture')} not judged." if counts.not_judged else ""
    return f"{sentence[0].upper()}{sentence[1:]}.{aside}"


def share(part: int, whole: int) -> str:
    """Returns a share with its 95 % confidence interval (Wilson), as in `97 % (89–99 %)`; a remark if `whole` is 0."""
    from scipy.stats import binomtest

    if not whole:
        return "there were none to test"
    low, high = binomtest(part, whole).proportion_ci(method="wilson")
    return f"{100 * part / whole:.0f} % ({100 * low:.0f}–{100 * high:.0f} %)"


def kind(name: str) -> str:
    """Returns the name of a kind of test image for display."""
    return "Good parts" if name == "good" else name.replace("_", " ").capitalize()


def percent(rate: float) -> str:
    """Returns a rate as a percentage with up to three significant digits."""
    return f"{100 * rate:.3g} %"


def number(value: float) -> str:
    """Returns a score with up to four significant digits, without powers of ten."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _images(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
