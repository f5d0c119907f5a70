"""Everything that a report says, gathered in one pass; what cannot be had leaves a remark and the rest is done."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.config.categories import category_info, partial_note
from favae_demo.config.train_config import TITLES
from favae_demo.core.errors import ConfigError, DataError, FavaeError
from favae_demo.core.settings import Settings
from favae_demo.data.catalog import open_category
from favae_demo.data.io.images import decode, decode_mask
from favae_demo.data.library.store import origin_of
from favae_demo.data.mvtec import Category, Sample
from favae_demo.detection.detector import Detector
from favae_demo.evaluation import operating_point, results_cache
from favae_demo.evaluation.protocol import FIGURES
from favae_demo.evaluation.results_cache import Measured
from favae_demo.report import text as report_text
from favae_demo.scoring.calibration import DEFAULT_FALSE_ALARM_RATE, Threshold
from favae_demo.scoring.detection import Detection

EXAMPLES = 3  # images of each group
MISSED = 6  # of missed defects there are more: they are what a reader asks for
ShareCallback = Callable[[float, str], None]
Load = Callable[[Path], Detector]


@dataclass(frozen=True)
class Example:
    """A test image that is shown.

    Attributes:
        group: A key of `words.GROUPS`.
        key: The image's key.
        kind: Its defect, or `good`.
        found: What the model says of it.
        truth: Where the defect is, bool, or None.
    """

    group: str
    key: str
    kind: str
    found: Detection
    truth: np.ndarray | None

    @property
    def name(self) -> str:
        """Its name in words: `broken small 004`."""
        return f"{self.kind.replace('_', ' ')} {Path(self.key).stem}"


@dataclass(frozen=True)
class ReportData:
    """What a report says.

    Attributes:
        model: File name of the model.
        model_sha256: Of its file.
        card: Its card.
        made: When.
        name: The category's name.
        source: Where the images come from.
        licence: Under which terms; empty where none is known.
        category: The data, or None where they are gone.
        rate: Wanted false-alarm rate.
        threshold: Of the image score at that rate.
        measured: The results; None where they cannot be had.
        figures: Exact figures by name; those of the card where nothing could be measured.
        reasons: Why a figure is missing, by name.
        n_good: Good test images behind the figures; None where not known.
        n_defect: Test images with a defect behind them; None where not known.
        examples: Images to show, group by group.
        remarks: What could not be done, a sentence each.
        seconds: Time it took to gather.
        partial: What is partial about the data, or an empty string.
    """

    model: str
    model_sha256: str
    card: Card
    made: datetime
    name: str
    source: str
    licence: str
    category: Category | None
    rate: float
    threshold: Threshold
    measured: Measured | None
    figures: dict[str, float | None]
    reasons: dict[str, str]
    n_good: int | None
    n_defect: int | None
    examples: tuple[Example, ...] = ()
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0
    partial: str = ""

    @property
    def title(self) -> str:
        """The category's name on screen."""
        return category_info(self.name).title

    @property
    def variant(self) -> str:
        """The model's kind in words."""
        return TITLES.get(self.card.config.teacher, self.card.config.teacher)

    @property
    def counts(self) -> operating_point.Confusion | None:
        """Images by what they are and what they are called."""
        return operating_point.confusion(self.measured, self.threshold.value) if self.measured else None

    @property
    def is_fresh(self) -> bool:
        """Whether the figures come from these test images, and not from the model's card."""
        return self.measured is not None


def open_data(model: Path, settings: Settings, name: str | None = None) -> tuple[Category | None, str]:
    """The test images for a model, or None and a sentence where they are gone.

    Args:
        model: The checkpoint's file.
        settings: Where the data are.
        name: A category that the user named; None takes the one of the training.

    Raises:
        CheckpointError: The model's file is gone or damaged.
        DataError: The category that the user named is not there.
    """
    card = read_card(model)
    try:
        return open_category(name or card.category, settings.data_dir, settings.cache_dir), ""
    except DataError:
        if name:
            raise
        return None, report_text.NO_DATA.format(category=card.category)


def gather(
    model: Path,
    settings: Settings,
    category: Category | None,
    load: Load,
    *,
    rate: float = DEFAULT_FALSE_ALARM_RATE,
    missing: str = "",
    progress: ShareCallback | None = None,
) -> ReportData:
    """Measures a model, or takes what is kept of it, and picks what is worth showing.

    Args:
        model: The checkpoint's file.
        settings: Where results are kept.
        category: The data; None where they are gone.
        load: Gives the detector of a file; called only where one is needed.
        rate: Wanted false-alarm rate, in (0, 1).
        missing: Why there is no category, a sentence.
        progress: Called with the share that is done and what is under way.

    Raises:
        CheckpointError: The model's file is gone or damaged.
        ConfigError: The rate is not between 0 and 1.
    """
    if not 0 < rate < 1:
        raise ConfigError("The false-alarm rate must be between 0 and 1, as in 0.05.")
    start, progress = time.perf_counter(), progress or (lambda share, text: None)
    card, remarks = read_card(model), [missing] if missing else []
    if category is not None and category.name != card.category:
        remarks.append(report_text.OTHER_CATEGORY.format(trained=card.category, shown=category.name))
    threshold = card.good_scores.threshold(rate)
    measured = None
    if category is not None:
        measured = _measured(model, settings, category, load, progress, remarks)
    shown: list[Example] = []
    if measured is not None:
        shown = _examples(
            measured, threshold.value, rate, category, settings, lambda: load(model), progress, remarks
        )
    name = card.category if category is None else category.name
    figures, reasons, n_good, n_defect = _figures(measured, card)
    source, licence, partial = _origin(name, card, category, settings)
    return ReportData(
        model=model.name,
        model_sha256=hashlib.sha256(model.read_bytes()).hexdigest(),
        card=card,
        made=datetime.now(),
        name=name,
        source=source,
        licence=licence,
        category=category,
        rate=rate,
        threshold=threshold,
        measured=measured,
        figures=figures,
        reasons=reasons,
        n_good=n_good,
        n_defect=n_defect,
        examples=tuple(shown),
        remarks=tuple(dict.fromkeys(remarks)),
        seconds=time.perf_counter() - start,
        partial=partial,
    )


def _measured(
    model: Path,
    settings: Settings,
    category: Category,
    load: Load,
    progress: ShareCallback,
    remarks: list[str],
) -> Measured | None:
    def measuring(done: int, total: int) -> None:
        text = report_text.MEASURING if done < total else report_text.FIGURING
        progress(0.05 + 0.7 * done / total, text.format(done=done, total=total))

    if not category.test:
        remarks.append(report_text.NO_TESTS)
        return None
    try:
        kept = results_cache.lookup(model, category, settings.cache_dir)
        if kept is None:
            progress(0.0, report_text.LOADING)
            kept = results_cache.measure(load(model), model, category, settings.cache_dir, measuring)
        return kept
    except FavaeError as error:
        remarks.append(report_text.NOT_MEASURED.format(reason=error))
        return None


def _examples(
    measured: Measured,
    threshold: float,
    rate: float,
    category: Category,
    settings: Settings,
    load: Callable[[], Detector],
    progress: ShareCallback,
    remarks: list[str],
) -> list[Example]:
    progress(0.8, report_text.LOOKING)
    picked = _picked(measured, threshold)
    try:
        detector = load() if picked else None
    except FavaeError as error:
        remarks.append(report_text.NO_EXAMPLES.format(reason=error))
        return []
    scores = dict(zip(measured.keys, measured.scores.tolist(), strict=True))
    shown = []
    for place, (group, key) in enumerate(picked):
        progress(0.8 + 0.15 * place / len(picked), report_text.LOOKING)
        try:
            sample = category.find(key)
            image = decode(sample.path, max_pixels=settings.max_pixels)
            found = detector.detect([image], rate=rate, names=[sample.path.name])[0]
            # The very score that was measured: a batch of another size may differ in the last digits.
            found = replace(found, score=scores[key])
            shown.append(Example(group, key, sample.defect, found, _truth(sample)))
        except FavaeError as error:
            remarks.append(report_text.NO_EXAMPLE.format(key=key, reason=error))
    return shown


def _picked(measured: Measured, threshold: float) -> list[tuple[str, str]]:
    """Groups and keys of the images to show: the surest of each right kind, and all kinds of mistakes."""
    kinds = operating_point.examples(measured, threshold, len(measured.keys))
    defective = dict(zip(measured.keys, measured.labels, strict=True))
    groups = {
        "missed": kinds.missed[:MISSED],
        "alarms": kinds.alarms[:EXAMPLES],
        "found": [key for key in kinds.best if defective[key]][:EXAMPLES],
        "barely": [key for key in reversed(kinds.best) if defective[key]][:EXAMPLES],
        "passed": [key for key in kinds.best if not defective[key]][:EXAMPLES],
    }
    groups["barely"] = [key for key in groups["barely"] if key not in groups["found"]]
    return [(group, key) for group, keys in groups.items() for key in keys]


def _truth(sample: Sample) -> np.ndarray | None:
    return None if sample.mask_path is None else decode_mask(sample.mask_path)


def _figures(
    measured: Measured | None, card: Card
) -> tuple[dict[str, float | None], dict[str, str], int | None, int | None]:
    if measured is not None:
        return measured.figures, measured.reasons, measured.n_good, measured.n_defect
    known = card.metrics
    figures = {name: known.get(name) for name in FIGURES}
    reasons = known.get("reasons", {}) if known else dict.fromkeys(FIGURES, report_text.NEVER_MEASURED)
    return figures, reasons, known.get("n_good"), known.get("n_defect")


def _origin(name: str, card: Card, category: Category | None, settings: Settings) -> tuple[str, str, str]:
    """Source, licence, and what is partial about the data."""
    if category is None:
        data = card.data
        return data.get("source", ""), data.get("licence", ""), data.get("note", "")
    known = origin_of(name, settings.data_dir) or category_info(name)
    return known.source, known.licence, partial_note(name, len(category.train), len(category.test))
