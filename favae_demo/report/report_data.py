"""The data of a report. What is not available is left out with a remark."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.config.categories import category_info
from favae_demo.core.errors import DataError, FavaeError
from favae_demo.core.settings import Settings
from favae_demo.data.catalog import open_category
from favae_demo.data.library.feedback import with_marked
from favae_demo.data.library.store import partial_data_note, terms_of
from favae_demo.data.mask_checks import mask_remarks, with_checked_masks
from favae_demo.data.mvtec import Category
from favae_demo.detection.detector import Detector
from favae_demo.evaluation import operating_point, results_cache
from favae_demo.evaluation.protocol import FIGURES
from favae_demo.evaluation.results_cache import EvaluationSummary
from favae_demo.report import text
from favae_demo.report.example_selection import Example, ShareCallback, select_examples
from favae_demo.scoring.thresholds import DEFAULT_FALSE_ALARM_RATE, Threshold, check_rate

DetectorLoader = Callable[[Path], Detector]


@dataclass(frozen=True)
class ReportData:
    """The data of a report.

    Attributes:
        model: File name of the model.
        model_sha256: SHA-256 digest of the model's file.
        card: Card of the model.
        created: Time of creation.
        name: Name of the category.
        source: Origin of the images.
        licence: Licence of the images; empty if unknown.
        category: The images; None if they are missing.
        rate: Wanted false-alarm rate, in (0, 1).
        threshold: Threshold of the image score at that rate.
        measured: The results; None if the model could not be measured.
        figures: Exact figures by name; those of the card if the model could not be measured.
        reasons: Why a figure is missing, by name.
        n_good: Number of good test images; None if unknown.
        n_defect: Number of test images with a defect; None if unknown.
        examples: Example images, by group.
        remarks: What is missing and why, one sentence each.
        seconds: Duration of gathering the data.
        partial: Note that the data are incomplete, or an empty string.
    """

    model: str
    model_sha256: str
    card: Card
    created: datetime
    name: str
    source: str
    licence: str
    category: Category | None
    rate: float
    threshold: Threshold
    measured: EvaluationSummary | None
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
        """Name of the category for display."""
        return category_info(self.name).title

    @property
    def variant(self) -> str:
        """Kind of model for display."""
        return self.card.config.title

    @property
    def counts(self) -> operating_point.Confusion | None:
        """Confusion matrix of the test images; None if the model could not be measured."""
        return operating_point.confusion(self.measured, self.threshold.value) if self.measured else None

    @property
    def is_fresh(self) -> bool:
        """Whether the figures were measured on these test images, and not taken from the model's card."""
        return self.measured is not None


def open_data(model: Path, settings: Settings, name: str | None = None) -> tuple[Category | None, str]:
    """Returns the test images for a model, or None and a sentence if they are missing.

    Args:
        model: File of the checkpoint.
        settings: Folders.
        name: Name of the category; None takes the one of the training.

    Raises:
        CheckpointError: The checkpoint is missing or damaged.
        DataError: The named category does not exist.
    """
    card = read_card(model)
    try:
        category = with_marked(open_category(name or card.category, settings), settings.marks_dir)
        return with_checked_masks(category, settings.cache_dir), ""
    except DataError:
        if name:
            raise
        return None, text.NO_DATA.format(category=card.category)


def gather(
    model: Path,
    settings: Settings,
    category: Category | None,
    load: DetectorLoader,
    *,
    rate: float = DEFAULT_FALSE_ALARM_RATE,
    missing: str = "",
    progress: ShareCallback | None = None,
) -> ReportData:
    """Measures a model, or reads the cached results, and selects the examples.

    Args:
        model: File of the checkpoint.
        settings: Folders and limits.
        category: The images; None if they are missing.
        load: Returns the detector of a checkpoint; called only if one is needed.
        rate: Wanted false-alarm rate, in (0, 1).
        missing: Why there is no category, as a sentence.
        progress: Called during the work.

    Raises:
        CheckpointError: The checkpoint is missing or damaged.
        ConfigError: The rate is not between 0 and 1.
    """
    check_rate(rate)
    start, progress = time.perf_counter(), progress or (lambda share, sentence: None)
    card, remarks = read_card(model), [missing] if missing else []
    if category is not None and category.name != card.category:
        remarks.append(text.OTHER_CATEGORY.format(trained=card.category, shown=category.name))
    remarks += mask_remarks(category) if category is not None else ()
    threshold = card.good_scores.threshold(rate)
    measured = None
    if category is not None:
        measured = _measured(model, settings, category, load, progress, remarks)
    examples: list[Example] = []
    if category is not None and measured is not None:
        examples = select_examples(
            measured, threshold.value, rate, category, settings, lambda: load(model), progress, remarks
        )
    name = card.category if category is None else category.name
    figures, reasons, n_good, n_defect = _figures(measured, card)
    source, licence, partial = _origin(name, card, category, settings)
    return ReportData(
        model=model.name,
        model_sha256=hashlib.sha256(model.read_bytes()).hexdigest(),
        card=card,
        created=datetime.now(),
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
        examples=tuple(examples),
        remarks=tuple(dict.fromkeys(remarks)),
        seconds=time.perf_counter() - start,
        partial=partial,
    )


def _measured(
    model: Path,
    settings: Settings,
    category: Category,
    load: DetectorLoader,
    progress: ShareCallback,
    remarks: list[str],
) -> EvaluationSummary | None:
    def measuring(done: int, total: int) -> None:
        sentence = text.MEASURING if done < total else text.FIGURING
        progress(0.05 + 0.7 * done / total, sentence.format(done=done, total=total))

    if not category.test:
        remarks.append(text.NO_TESTS)
        return None
    try:
        measured = results_cache.lookup(model, category, settings.cache_dir)
        if measured is None:
            progress(0.0, text.LOADING)
            measured = results_cache.measure(load(model), model, category, settings.cache_dir, measuring)
        return measured
    except FavaeError as error:
        remarks.append(text.NOT_MEASURED.format(reason=error))
        return None


def _figures(
    measured: EvaluationSummary | None, card: Card
) -> tuple[dict[str, float | None], dict[str, str], int | None, int | None]:
    if measured is not None:
        return measured.figures, measured.reasons, measured.n_good, measured.n_defect
    known = card.metrics
    figures = {name: known.get(name) for name in FIGURES}
    reasons = known.get("reasons", {}) if known else dict.fromkeys(FIGURES, text.NEVER_MEASURED)
    return figures, reasons, known.get("n_good"), known.get("n_defect")


def _origin(name: str, card: Card, category: Category | None, settings: Settings) -> tuple[str, str, str]:
    """Returns source and licence of the data, and a note if they are incomplete."""
    if category is None:
        data = card.data
        return data.get("source", ""), data.get("licence", ""), data.get("note", "")
    terms = terms_of(name, category.root.parent)
    return terms.source, terms.licence, partial_data_note(category)
