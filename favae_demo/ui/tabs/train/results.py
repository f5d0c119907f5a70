"""Results of a finished run: its metrics, example verdicts, and the model as a file to download."""

import shutil
from functools import lru_cache
from pathlib import Path

from favae_demo.checkpoints.checkpoint import SUFFIX, read_card
from favae_demo.core.errors import FavaeError
from favae_demo.core.files import atomic_path
from favae_demo.data.io.images import decode_mask
from favae_demo.data.mvtec import Category, Sample
from favae_demo.scoring.detection import DEFECT, GOOD, Detection
from favae_demo.scoring.thresholds import DEFAULT_FALSE_ALARM_RATE
from favae_demo.training.events import Finished
from favae_demo.ui import language, text
from favae_demo.ui.components.html import css_class
from favae_demo.ui.components.strip import CaptionedImage, image_data_url, strip_html
from favae_demo.ui.errors import user_message
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.train.html import metrics_table_html
from favae_demo.ui.tabs.train.previews import evenly_spaced
from favae_demo.viz.overlay import overlay

GOOD_EXAMPLES, MAX_EXAMPLES = 2, 8
SIDE = 256  # pixels of an example


def metrics_html(finished: Finished, category: Category | None) -> str:
    """Returns the table of metrics; for one that the data cannot give, the reason stands in place of its technical name.

    Args:
        finished: The end of the run.
        category: Its category; None where that is not here any more.
    """
    metrics = finished.metrics
    if not metrics:
        has_tests = category is not None and bool(category.test)
        reason = text.train.NOT_MEASURED if has_tests else text.train.NO_FIGURES
        return metrics_table_html(text.train.FIGURES, [], reason)
    reasons = metrics.get("reasons", {})
    rows = [
        (
            meaning,
            text.sentences.translate(reasons.get(key, term)),
            text.train.UNKNOWN if metrics.get(key) is None else f"{metrics[key]:.3f}",
        )
        for key, (meaning, term) in text.train.METRICS.items()
    ]
    return metrics_table_html(text.train.FIGURES, rows, text.train.FIGURES_ON.format(**metrics))


def examples_html(services: Services, model: Path, category: str) -> str:
    """Returns a strip of test images with the model's verdicts, or the reason why the model cannot be used.

    Args:
        services: The core.
        model: Path of the checkpoint.
        category: Name of the category it was trained on.
    """
    try:
        return _examples(services, model, model.stat().st_mtime_ns, category, language.current())
    except FavaeError as error:
        return strip_html(text.train.EXAMPLES, [], [user_message(error)])


def example_samples(category: Category) -> list[Sample]:
    """Returns good test images and one of each defect, at most `MAX_EXAMPLES` in all."""
    good = evenly_spaced([sample for sample in category.test if sample.is_good], GOOD_EXAMPLES)
    first_of_defect = {sample.defect: sample for sample in reversed(category.test) if not sample.is_good}
    return (good + [first_of_defect[defect] for defect in category.defects])[:MAX_EXAMPLES]


def copy_for_download(folder: Path, model: Path) -> Path:
    """Copies the model under a descriptive name into its run folder, unless the copy there is up to date.

    Args:
        folder: The run folder; the copy is deleted with it.
        model: Path of the checkpoint.

    Returns:
        Path of the copy.

    Raises:
        FavaeError: The model cannot be read.
        OSError: The copy cannot be written.
    """
    target = folder / "download" / f"{read_card(model).name}{SUFFIX}"
    if not target.exists() or target.stat().st_mtime_ns != model.stat().st_mtime_ns:
        with atomic_path(target) as temporary:
            shutil.copy2(model, temporary)  # copies the time too, by which an outdated copy is recognised
    return target


@lru_cache(maxsize=8)
def _examples(services: Services, model: Path, _modified: int, category_name: str, _language: str) -> str:
    """Returns the HTML of `examples_html`, cached; the time of the model's last change and the language are parts of the key."""
    category = services.category(category_name)
    samples = example_samples(category) if category else []
    if not samples:
        return strip_html(text.train.EXAMPLES, [], [text.train.NO_FIGURES])
    detector = services.registry.detector(model)
    detections = detector.detect([sample.path for sample in samples], rate=DEFAULT_FALSE_ALARM_RATE)
    images = [_example(sample, detection) for sample, detection in zip(samples, detections, strict=True)]
    note = text.train.EXAMPLES_NOTE.format(rate=text.formatting.percent(DEFAULT_FALSE_ALARM_RATE))
    return strip_html(text.train.EXAMPLES, images, [note], "wide")


def _example(sample: Sample, detection: Detection) -> CaptionedImage:
    truth = decode_mask(sample.mask_path) if sample.mask_path and not sample.mask_problem else None
    is_right = detection.verdict == (GOOD if sample.is_good else DEFECT)
    defect = text.train.KIND_DEFECT.format(kind=text.formatting.defect_name(sample.defect))
    kind = text.train.KIND_GOOD if sample.is_good else defect
    note = (text.train.RIGHT if is_right else text.train.WRONG).format(kind=kind)
    source = image_data_url(overlay(detection, truth, max_side=SIDE))
    return CaptionedImage(
        source, text.train.VERDICTS[detection.verdict], note, f"verdict-{css_class(detection)}"
    )
