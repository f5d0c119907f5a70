"""What makes a trained network a model: its calibration on the good images, and what its card says of the data."""

from dataclasses import replace
from typing import Any

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.device import default_device
from favae_demo.data.image_properties import image_properties
from favae_demo.data.io.images import image_size
from favae_demo.data.io.levels import TYPE_LEVELS, Levels
from favae_demo.data.library.store import partial_data_note, terms_of
from favae_demo.data.mvtec import Category
from favae_demo.detection.detector import Detector
from favae_demo.model.network import MethodNetwork
from favae_demo.runs.robust_calibration import calibrate_robustly
from favae_demo.scoring.likeness import PropertyRange, fit_ranges
from favae_demo.scoring.suspects import Suspect
from favae_demo.teacher.teacher import Teacher
from favae_demo.training.views import Split


def calibrated_detector(
    model: MethodNetwork,
    teacher: Teacher | None,
    split: Split,
    config: TrainConfig,
    category: Category,
    levels: Levels | None,
    suspects: tuple[Suspect, ...],
) -> Detector:
    """Returns the detector of a network, calibrated on a category's good images, of which the suspicious ones do not count."""
    device, names = default_device(), [sample.name for sample in category.train]
    calibration = calibrate_robustly(model, teacher, split, config, names, suspects, device)
    calibration = replace(calibration, ranges=_ranges(category, split))
    return Detector.from_model(
        model, teacher, config, calibration, category.name, device, levels or TYPE_LEVELS
    )


def data_note(category: Category, split: Split, levels: Levels | None) -> dict[str, Any]:
    """Returns what a card says of the training data."""
    terms = terms_of(category.name, category.root.parent)
    return {
        "source": terms.source,
        "licence": terms.licence,
        "note": partial_data_note(category),
        "train": len(split.train),
        "held_out": len(split.held_out),
        "held_out_keys": [category.train[place].key for place in split.held_out_index],
    } | ({"levels": levels.to_dict()} if levels else {})


def _ranges(category: Category, split: Split) -> dict[str, PropertyRange]:
    """Returns the ranges of the properties of all good images."""
    sizes = [image_size(sample.path) for sample in category.train]
    return fit_ranges([image_properties(*one) for one in zip(split.in_order(), sizes, strict=True)])
