"""Versions of a model: recalibrated to the pictures that people marked good, without training; each is a file of its own and can be undone.

Every version starts from the model as it was trained, with all pictures that are marked good by then. The versions lie in the user's folder of
models, so shipped models and the folders of trainings stay as they are.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.checkpoint import (
    SUFFIX,
    Checkpoint,
    list_checkpoints,
    load_checkpoint,
    read_card,
    save_checkpoint,
)
from favae_demo.core.device import default_device
from favae_demo.core.errors import CheckpointError, DataError
from favae_demo.core.settings import Settings
from favae_demo.data.catalog import open_category
from favae_demo.data.io.image_cache import cached_images
from favae_demo.data.io.images import image_size
from favae_demo.data.library.feedback import GOOD, MARKED, Feedback, Verdict, with_marked
from favae_demo.data.mvtec import Category, Sample
from favae_demo.detection.calibration.passes import Network
from favae_demo.detection.recalibration import GoodImages, recalibrate
from favae_demo.detection.registry import Registry
from favae_demo.evaluation.outcomes import Outcome, verdicts
from favae_demo.scoring.calibration import Calibration
from favae_demo.scoring.detection import Detection
from favae_demo.scoring.thresholds import DEFAULT_FALSE_ALARM_RATE
from favae_demo.teacher.teacher import Teacher

Progress = Callable[[int, int], None]
LOCK = ".versions.lock"


@dataclass(frozen=True)
class Revision:
    """How a version came about; stored in its card.

    Attributes:
        number: 2 for the first recalibration.
        root: Fingerprint of the model as it was trained.
        parent: Name of the version before.
        pictures: Number of good pictures that it was adapted to.
        who: Who asked for it.
        time: When, ISO 8601 in UTC.
        seconds: Duration of the recalibration, from the reading of the model to the written file.
        before: What the version before says of pictures, by group: `marked_good`, `marked_defects`, and the category's test pictures
            `good` and `defects`; groups without pictures are missing.
        after: What this version says of them. Pictures marked good are judged with what was learned from the others.
    """

    number: int
    root: str
    parent: str
    pictures: int
    who: str
    time: str
    seconds: float
    before: dict[str, Outcome] = field(default_factory=dict)
    after: dict[str, Outcome] = field(default_factory=dict)


def revise(
    model: Path,
    settings: Settings,
    *,
    who: str,
    pictures: Sequence[Path] | None = None,
    on_written: Callable[[Path, Revision], None] = lambda path, revision: None,
    progress: Progress | None = None,
) -> tuple[Path, Revision]:
    """Recalibrates a model, writes it as its next version, then judges known pictures with the version before and with this one.

    Args:
        model: File of the model, or of one of its versions.
        settings: Folders of models, marks, pictures and weights.
        who: Who asks for it.
        pictures: Good pictures; None takes those marked good in the model's category.
        on_written: Called once the version can be used; the figures follow.
        progress: Called with the pictures judged and in all.

    Returns:
        The file of the version, and how it came about.

    Raises:
        CheckpointError: The model is gone, or the one that it came from.
        DataError: There are too few pictures.
        ImageError: A picture cannot be read.
        WeightsError: The teacher's weights cannot be had.
    """
    began = time.perf_counter()
    before = read_card(model)
    root = root_of(model, settings)
    if root is None:
        raise CheckpointError(
            "The model that this version came from is gone; choose another one, or train it again."
        )
    checkpoint = load_checkpoint(root)
    card = checkpoint.card
    teacher = checkpoint.build_teacher(settings.cache_dir, settings.teacher_dir)
    paths = Feedback(settings.marks_dir, card.category).paths(GOOD) if pictures is None else list(pictures)
    good = _loaded(paths, card)
    calibration = recalibrate(checkpoint, teacher, good, default_device())
    if not calibration.is_finite:
        raise DataError("These pictures give no finite scores; the model stays as it is.")
    settings.checkpoint_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.checkpoint_dir / LOCK):
        mark = fingerprint(root)
        number = 1 + max((one.version_number for one in versions_of(mark, settings).values()), default=1)
        used = len(calibration.plain.images) - len(card.calibration.plain.images)
        revision = Revision(number, mark, _name(model, before), used, who, _now(), 0.0)
        target = _file(card, revision, settings)
        while target.exists():  # a version of another model with the same name
            revision = replace(revision, number=revision.number + 1)
            target = _file(card, revision, settings)
        _write(target, checkpoint, calibration, revision)
    revision = replace(revision, seconds=round(time.perf_counter() - began, 2))
    on_written(target, revision)
    earlier = load_checkpoint(model).card.calibration
    outcomes = _outcomes(checkpoint, teacher, (earlier, calibration), good, settings, progress)
    revision = replace(revision, before=outcomes[0], after=outcomes[1])
    _write(target, checkpoint, calibration, revision)
    return target, revision


def undo(model: Path, settings: Settings) -> Path | None:
    """Deletes a version, and returns the file of the one before it; None if that is gone.

    Raises:
        CheckpointError: It is a model as it was trained, or no file of the user's folder of models.
    """
    card = read_card(model)
    if not card.revision or model.resolve().parent != settings.checkpoint_dir.resolve():
        raise CheckpointError(f"{_name(model, card)} was not recalibrated here, so there is nothing to undo.")
    root = root_of(model, settings)
    with FileLock(settings.checkpoint_dir / LOCK):
        model.unlink(missing_ok=True)
        left = versions_of(card.revision["root"], settings)
    earlier = [path for path, one in left.items() if one.version_number < card.version_number]
    return earlier[-1] if earlier else root


def root_of(model: Path, settings: Settings) -> Path | None:
    """Returns the file of the model as it was trained that a version came from, None if it is gone; the file itself if it is no version."""
    card = read_card(model)
    if not card.revision:
        return model
    trained = (one.path for one in Registry(settings).models() if _is_root(one.card, card))
    return next((path for path in trained if fingerprint(path) == card.revision["root"]), None)


def _is_root(card: Card, version: Card) -> bool:
    return not card.revision and card.category == version.category


def versions_of(root: str, settings: Settings) -> dict[Path, Card]:
    """Returns the versions of a model, named by its fingerprint, by file, the oldest first."""
    cards = list_checkpoints(settings.checkpoint_dir)
    versions = ((path, card) for path, card in cards.items() if card.revision.get("root") == root)
    return dict(sorted(versions, key=lambda version: version[1].version_number))


def spoken(detection: Detection, model: Path) -> Verdict:
    """Returns what is kept of a verdict when somebody says that it was right or wrong."""
    multiple = detection.multiple if detection.threshold > 0 else None
    return Verdict(detection.verdict, multiple, _name(model, read_card(model)), fingerprint(model))


def fingerprint(model: Path) -> str:
    """Returns the SHA-256 of a model's file.

    Raises:
        CheckpointError: It is gone.
    """
    try:
        with model.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError("This model has been deleted meanwhile; choose another.") from error


def _loaded(paths: Sequence[Path], card: Card, cache_dir: Path | None = None) -> GoodImages:
    height, width = card.config.shape
    if not paths:
        return GoodImages(np.empty((0, height, width, 3), np.uint8), [])
    images = cached_images(paths, card.config.shape, card.category, cache_dir, card.levels)
    return GoodImages(images, [image_size(path) for path in paths])


def _outcomes(
    checkpoint: Checkpoint,
    teacher: Teacher | None,
    calibrations: tuple[Calibration, Calibration],
    good: GoodImages,
    settings: Settings,
    progress: Progress | None,
) -> tuple[dict[str, Outcome], dict[str, Outcome]]:
    """Returns what the version before and the new one say of known pictures, by group."""
    card, device = checkpoint.card, default_device()
    reference = card.calibration.reference
    network = Network(checkpoint.build_model().to(device), teacher, card.config, reference, device)
    (said,) = verdicts(network, calibrations[:1], good)
    known = calibrations[1].good(card.config.mask_score)
    threshold = known.threshold(DEFAULT_FALSE_ALARM_RATE).value
    # Those of the further pictures come first; each was judged with what was learned from the others.
    new = known.images[: len(known.images) - len(card.calibration.plain.images)]
    before = {"marked_good": Outcome.of(said)}
    after = {"marked_good": Outcome(len(new), sum(score > threshold for score in new))}
    test = _test_samples(card.category, settings)
    judged = verdicts(
        network,
        calibrations,
        _loaded([sample.path for sample in test], card, settings.cache_dir),
        progress=progress,
    )
    for group, is_in in GROUPS.items():
        chosen = [number for number, sample in enumerate(test) if is_in(sample)]
        for outcomes, one in zip((before, after), judged, strict=True):
            outcomes |= {group: Outcome.of([one[number] for number in chosen])} if chosen else {}
    return before, after


# Groups of test pictures: those marked as a defect, and those of the category itself.
GROUPS: dict[str, Callable[[Sample], bool]] = {
    "marked_defects": lambda sample: sample.defect == MARKED,
    "good": lambda sample: sample.is_good,
    "defects": lambda sample: not sample.is_good and sample.defect != MARKED,
}


def _test_samples(category: str, settings: Settings) -> Sequence[Sample]:
    try:
        index = open_category(category, settings)
    except DataError:  # a model whose pictures are not here
        index = Category(category, settings.data_dir / category, ())
    return with_marked(index, settings.marks_dir).test


def _write(target: Path, checkpoint: Checkpoint, calibration: Calibration, revision: Revision) -> None:
    # What was measured with the calibration before holds no longer.
    card = replace(checkpoint.card, calibration=calibration, metrics={}, revision=asdict(revision))
    save_checkpoint(target, replace(checkpoint, card=card))


def _file(card: Card, revision: Revision, settings: Settings) -> Path:
    return settings.checkpoint_dir / f"{replace(card, revision=asdict(revision)).name}{SUFFIX}"


def _name(model: Path, card: Card) -> str:
    """Returns a model's name; the files of trainings are all called alike."""
    return card.name if model.stem == "model" else model.stem


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
