"""Texts of the report that depend on the results; fixed texts are in `report.html`."""

from favae_demo.checkpoints.card import Card
from favae_demo.config.methods import METHODS
from favae_demo.config.train_config import TrainConfig
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
        "The same for single pixels: whether the right place is marked.",
    ),
    "aupro": (
        "AUPRO",
        "pixel",
        "How much of each defect is covered at few false alarms (to 30 %); small defects count as much as large ones.",
    ),
    "pixel_ap": (
        "Pixel AP",
        "pixel",
        "Whether little besides the defect is marked; lower for small defects.",
    ),
    "f1_max": (
        "F1-max",
        "picture",
        "Best balance of found defects and false alarms over all limits. It uses the test labels: an upper bound, not a setting.",
    ),
}
GROUPS = {  # by name: heading, description of the images
    "missed": ("Missed defects", "Defects called good, worst mistakes first."),
    "alarms": ("False alarms", "Good parts called defect, worst mistakes first."),
    "found": ("Clearest defects found", "The highest scores."),
    "barely": ("Defects found by the smallest margin", "The first to be missed with a higher limit."),
    "passed": ("Clearest good parts", "What a normal picture looks like."),
}
LOADING = "Loading the model …"
MEASURING = "Measuring: {done} of {total} pictures"
FIGURING = "Computing the figures …"
LOOKING = "Selecting the examples …"
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
NO_EXAMPLES = "The figures are those kept from an earlier measurement. The model does not run here, and examples cannot be shown. {reason}"
NO_EXAMPLE = "The example {key} is left out. {reason}"
NEVER_MEASURED = "the model was never measured"
OTHER_CATEGORY = "This model was trained on {trained!r}; here it is measured on pictures of {shown!r}."
FROM_CARD = "These are the figures written into the model's file when it was made; nothing was measured now."
PRINT = "Print, or save as PDF"
PRINT_INFO = "Two pages of A4. To get a PDF, choose “Save as PDF” as the printer."
WILSON = "In brackets: the 95 % confidence interval of the share (Wilson)."
MODEL = "{variant}, recipe {preset}, trained on {train} ({source}). It learned from good parts only, never from a defect."
JUDGES = "Each picture, seen at {side}×{side} pixels, gets a score for how far it deviates from good parts, and an error map that shows where."
LIMIT = "Scores are multiples of the limit: above 1.0 means defect. The limit comes from the scores of {images} for a false-alarm rate of {rate}; test pictures are not used for it."
UNSUPPORTED = "These pictures are too few for this rate; still needed: at least {missing}."
RANGES = (
    "A picture whose light, colour, sharpness or shape lies far outside that of the good ones is not judged."
)
RANGES_FROM = RANGES[:-1] + "; their ranges come from {name}, which was trained on the same pictures."
NO_RANGES = "Light, colour, sharpness and shape of the good pictures were not measured for this model: only empty pictures are not judged."
OTHER_KINDS = "{count} other kinds"
MORE_REMARKS = "{count} more remarks are in the report."
SAME_PARTS = (
    "The model works for parts seen as in its training: same kind of part, camera position and light."
)
ONE_TRAINING = "This is one training with seed {seed}; another seed gives slightly different figures."
NON_COMMERCIAL = "The licence of the pictures allows non-commercial use only. This applies to the model trained on them too."
HEADINGS = {  # of an example, by its group
    "found": "Defect found",
    "missed": "Missed defect",
    "alarms": "False alarm",
    "barely": "Defect found by the smallest margin",
    "passed": "Good part passed",
}
STOPPED = "The training was stopped early, after {steps}: a finished training may give better figures."
HELD_OUT = "The model learned from {train}; {held_out} held out of the training show how pictures score that it has not seen."
STEPS = {  # by method: how a picture comes to its error map
    "favae": {
        "learns": "A small network (a variational autoencoder) learns to rebuild pictures of good parts from a short code. It never sees a defect.",
        "teacher": "A second, ready-made network ({teacher}, trained on everyday photos and left unchanged) describes each picture by its shapes and "
        "textures; the first network learns to rebuild that description too.",
        "compares": "A new picture is rebuilt in the same way. Where it differs from the rebuilt picture, or its description from the rebuilt one, "
        "the error map lights up.",
        "memory": "The model also remembers patches of good parts. A patch that is unlike all of them counts as a difference too.",
    }
}
OTHER_STEPS = {
    "learns": "The method is {title} ({paper}). It learns from pictures of good parts only and never sees a defect.",
    "teacher": "A ready-made network ({teacher}, trained on everyday photos and left unchanged) describes each picture by its shapes and textures.",
    "compares": "The error map of a new picture shows how far each place is from good parts.",
}
SHOWN = "Test pictures with their results: the clearest of each kind at this limit."
NO_PICTURES = "No pictures to show: “What to keep in mind” lists what is missing."
NONE_OF = {  # by cell of the confusion matrix
    "found": "No defect was found.",
    "missed": "No defect was missed.",
    "alarms": "There was no false alarm.",
}
NO_ANSWER = "This model could not be measured here. What is missing is listed below."


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
        parts.append("false alarms not known: no good test parts")
    sentence = ", ".join(parts) if goods else "; ".join(parts)
    aside = f" {_images(counts.not_judged, 'picture')} not judged." if counts.not_judged else ""
    return f"{sentence[0].upper()}{sentence[1:]}.{aside}"


def share(part: int, whole: int) -> str:
    """Returns a share with its 95 % confidence interval (Wilson), as in `97 % (89–99 %)`; a remark if `whole` is 0."""
    from scipy.stats import binomtest

    if not whole:
        return "none to test"
    low, high = binomtest(part, whole).proportion_ci(method="wilson")
    return f"{100 * part / whole:.0f} % ({100 * low:.0f}–{100 * high:.0f} %)"


def kind(name: str) -> str:
    """Returns the name of a kind of test image for display."""
    return "Good parts" if name == "good" else name.replace("_", " ").capitalize()


def percent(rate: float) -> str:
    """Returns a rate as a percentage with up to three significant digits."""
    return f"{100 * rate:.3g} %"


def pictures(count: int | None, kind: str = "") -> str:
    """Returns a number of images in words, as `1 good picture`.

    Args:
        count: The number; None if it is not known.
        kind: Adjectives, with a space at the end.
    """
    return _images("an unknown number of" if count is None else count, f"{kind}picture")


def false_alarms(count: int) -> str:
    """Returns `false alarm` in the form that follows a number."""
    return "false alarm" if count == 1 else "false alarms"


def unsupported(missing: int) -> str:
    """Returns that too few good images support a threshold, a sentence."""
    return UNSUPPORTED.format(missing=pictures(missing, "more good "))


def steps(card: Card) -> str:
    """Returns the number of steps of a model's training: `560 steps`, or `28 of 560 steps` if it was stopped early."""
    training = card.training
    done, total = training["steps"], training.get("total_steps")
    return f"{done:,} of {_images(total, 'step')}" if card.is_stopped and total else _images(done, "step")


def epochs(card: Card) -> str:
    """Returns the number of epochs of a model's training in words."""
    return _images(card.training["epochs"], "epoch")


def stopped(card: Card) -> str:
    """Returns that a model's training was stopped early, a sentence; empty if it was not."""
    return STOPPED.format(steps=steps(card)) if card.is_stopped else ""


def held_out(card: Card, scores: int) -> str:
    """Returns on how many images a model was trained, and how many were held out, a sentence.

    Args:
        card: The model's card.
        scores: Number of good scores, for a card that names no number of held-out images.
    """
    there = card.data
    return HELD_OUT.format(
        train=pictures(there.get("train"), "good "),
        held_out=pictures(there.get("held_out", scores), "further good "),
    )


def method_steps(config: TrainConfig, teacher: str) -> list[str]:
    """Returns how a model comes to its error map, one sentence or two for each step.

    Args:
        config: Settings of its training.
        teacher: Display name of its teacher; empty without one.
    """
    row = METHODS[config.method]
    steps = STEPS.get(config.method, OTHER_STEPS)
    told = dict.fromkeys(steps, True) | {"teacher": bool(teacher), "memory": bool(config.memory)}
    values = {"title": config.title, "paper": row.paper, "teacher": teacher}
    return [step.format(**values) for name, step in steps.items() if told[name]]


def _images(count: int | str, noun: str) -> str:
    number = f"{count:,}" if isinstance(count, int) else count
    return f"{number} {noun}{'' if count == 1 else 's'}"
