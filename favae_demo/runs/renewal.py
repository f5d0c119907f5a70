"""Models of earlier versions, calibrated anew by today's recipe: the network stays, what judges its residuals is learned again."""

from dataclasses import replace
from pathlib import Path

from favae_demo import __version__
from favae_demo.checkpoints.checkpoint import Checkpoint, load_checkpoint, save_checkpoint, write_metrics
from favae_demo.config.presets import PRESETS, make_config
from favae_demo.config.train_config import SCORING_SETTINGS, TrainConfig
from favae_demo.core.errors import CheckpointError, DataError
from favae_demo.core.settings import Settings
from favae_demo.data.catalog import open_category
from favae_demo.detection.detector import Detector
from favae_demo.evaluation.protocol import evaluate
from favae_demo.runs.finishing import calibrated_detector, data_note
from favae_demo.runs.inspection import find_suspects, good_images
from favae_demo.training.views import split_images

# Which settings the recipe decides today; the others of `SCORING_SETTINGS` follow from the pictures or from the file.
RENEWED = tuple({*SCORING_SETTINGS, "register"} - {"centre", "mask_score", "weight_bits"})


def renewed_config(config: TrainConfig) -> TrainConfig:
    """Returns the settings of a model with those of its preset today that do not affect the training of the network.

    Raises:
        CheckpointError: It was trained with a preset that is not known.
    """
    if config.preset not in PRESETS:
        raise CheckpointError(f"There is no preset called {config.preset!r} any more; train the model again.")
    today = make_config(config.preset, teacher=config.teacher)
    return replace(config, **{name: getattr(today, name) for name in RENEWED})


def renewed(model: Path | str, settings: Settings) -> tuple[Checkpoint, Detector]:
    """Returns a model, calibrated anew on its category's good images, and its detector.

    Args:
        model: File of a model as it was trained, or a name that `load_checkpoint` knows.
        settings: Folders of pictures, weights and caches.

    Raises:
        CheckpointError: The model cannot be read, or it is a recalibrated version.
        DataError: The category's good images are not those of the training.
        WeightsError: The teacher's weights cannot be had.
    """
    checkpoint = load_checkpoint(model)
    card, cache = checkpoint.card, settings.cache_dir
    if card.revision:
        raise CheckpointError(
            "This is a recalibrated version. Renew the model that it came from, then recalibrate that."
        )
    category = open_category(card.category, settings)
    here, learned = len(category.train), card.data["train"] + card.data["held_out"]
    if here != learned:
        raise DataError(
            f"This model learned from {learned} good pictures of {card.category}, and {here} are here; train it again."
        )
    config = renewed_config(card.config)
    images = good_images(category, config, cache, card.levels)
    split = split_images(images, config)
    teacher = checkpoint.build_teacher(cache, settings.teacher_dir)
    suspects = find_suspects(category, images, config, settings)
    detector = calibrated_detector(
        checkpoint.build_model(), teacher, split, config, category, card.levels, suspects
    )
    note = card.data | data_note(category, split, None)
    card = replace(card, config=config, calibration=detector.calibration, data=note, version=__version__)
    return replace(checkpoint, card=card), detector


def renew(model: Path | str, target: Path, settings: Settings) -> dict[str, float | None]:
    """Writes a renewed model and measures it on the category's test images; returns the figures.

    Args:
        model: As for `renewed`.
        target: File to write.
        settings: Folders of pictures, weights and caches.

    Raises:
        FavaeError: As for `renewed`; or the file cannot be written.
    """
    checkpoint, detector = renewed(model, settings)
    save_checkpoint(target, checkpoint)
    category = open_category(checkpoint.card.category, settings)
    if not category.test:
        return {}
    measured = evaluate(detector, category, cache_dir=settings.cache_dir)
    training = checkpoint.card.training | {"milliseconds": measured.milliseconds}
    write_metrics(target, measured.to_dict() | {"data": checkpoint.card.data["source"]}, training)
    return measured.figures
