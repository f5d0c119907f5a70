"""What a finished training gives: its figures, example verdicts, and the model as a file to keep."""

import shutil
from functools import lru_cache
from pathlib import Path

from favae_demo.checkpoints.checkpoint import SUFFIX, read_card
from favae_demo.core.errors import FavaeError
from favae_demo.core.files import atomic_path
from favae_demo.data.io.images import decode_mask
from favae_demo.data.mvtec import Category, Sample
from favae_demo.scoring.calibration import DEFAULT_FALSE_ALARM_RATE
from favae_demo.scoring.detection import Detection
from favae_demo.training.events import Finished
from favae_demo.ui import text
from favae_demo.ui.errors import sentence
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.train.html import Figure, figures_html, image_source, strip_html
from favae_demo.ui.tabs.train.previews import spread
from favae_demo.viz.overlay import overlay

GOOD_EXAMPLES, MOST_EXAMPLES = 2, 8
SIDE = 256


def metrics_html(done: Finished) -> str:
    """The measured figures in words; one that the data cannot give says why."""
    metrics = done.metrics
    if not metrics:
        return figures_html(text.train.FIGURES, [], text.train.NO_FIGURES)
    reasons = metrics.get("reasons", {})
    rows = [
        (
            words,
            reasons.get(key, term),
            text.train.UNKNOWN if metrics.get(key) is None else f"{metrics[key]:.3f}",
        )
        for key, (words, term) in text.train.METRICS.items()
    ]
    return figures_html(text.train.FIGURES, rows, text.train.FIGURES_ON.format(**metrics))


def examples_html(services: Services, model: Path, name: str) -> str:
    """A few test pictures as the finished model judges them; a model that cannot be used says why."""
    try:
        return _examples(services, model, model.stat().st_mtime_ns, name)
    except FavaeError as error:
        return strip_html(text.train.EXAMPLES, [], [sentence(error)])


def example_samples(category: Category) -> list[Sample]:
    """Good test pictures and one of each defect, at most `MOST_EXAMPLES` in all."""
    good = spread(tuple(sample for sample in category.test if sample.is_good), GOOD_EXAMPLES)
    firsts = {sample.defect: sample for sample in reversed(category.test) if not sample.is_good}
    return (good + [firsts[defect] for defect in category.defects])[:MOST_EXAMPLES]


def download(folder: Path, model: Path) -> Path:
    """A copy of the model under a name that tells what it is, beside the run and deleted with it."""
    target = folder / "download" / f"{read_card(model).name}{SUFFIX}"
    if not target.exists() or target.stat().st_mtime_ns != model.stat().st_mtime_ns:
        with atomic_path(target) as temporary:
            shutil.copy2(model, temporary)  # keeps the time, by which a newer model is told apart
    return target


@lru_cache(maxsize=8)
def _examples(services: Services, model: Path, _changed: int, name: str) -> str:
    category = services.category(name)
    samples = example_samples(category) if category else []
    if not samples:
        return strip_html(text.train.EXAMPLES, [], [text.train.NO_FIGURES])
    detector = services.registry.detector(model)
    found = detector.detect(
        [services.image(sample.path) for sample in samples], rate=DEFAULT_FALSE_ALARM_RATE
    )
    figures = [_figure(sample, one) for sample, one in zip(samples, found, strict=True)]
    note = text.train.EXAMPLES_NOTE.format(rate=DEFAULT_FALSE_ALARM_RATE)
    return strip_html(text.train.EXAMPLES, figures, [note], "wide")


def _figure(sample: Sample, found: Detection) -> Figure:
    truth = decode_mask(sample.mask_path) if sample.mask_path else None
    right = found.is_defect != sample.is_good
    defect = text.train.KIND_DEFECT.format(kind=sample.defect.replace("_", " "))
    kind = text.train.KIND_GOOD if sample.is_good else defect
    note = (text.train.RIGHT if right else text.train.WRONG).format(kind=kind)
    source = image_source(overlay(found, truth, max_side=SIDE))
    return Figure(source, text.train.VERDICTS[found.verdict], note, f"verdict-{found.verdict}")
