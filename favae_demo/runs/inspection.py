"""Finds suspicious images among a category's good ones before a training, at the size that the training sees."""

import contextlib
import hashlib
from pathlib import Path

import numpy as np

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import WeightsError
from favae_demo.core.settings import Settings
from favae_demo.data.io.image_cache import cached_images
from favae_demo.data.io.images import image_size
from favae_demo.data.io.levels import Levels
from favae_demo.data.library.category_levels import category_levels
from favae_demo.data.mvtec import Category
from favae_demo.detection.inspection import inspect_good_images
from favae_demo.runs.adapted import adapted
from favae_demo.scoring.suspects import LEAST_IMAGES, Suspect
from favae_demo.teacher.teacher import load_teacher
from favae_demo.training.views import pose_reference, prepare_images

INSPECTION_TEACHER = "efficientnet-lite0"  # its weights come with the app's packages
MOST_INSPECTED = 500  # good images, spread over all
_known: dict[bytes, tuple[Suspect, ...]] = {}  # by a hash of the inspected images


def inspect_category(category: Category, config: TrainConfig, settings: Settings) -> tuple[Suspect, ...]:
    """Returns the suspicious images among a category's good ones, as far as they are recognised without a model of it.

    Args:
        category: The category.
        config: Settings of the training that is planned.
        settings: Folders of weights and caches.

    Raises:
        ImageError: An image cannot be read.
    """
    levels = category_levels(category, settings.cache_dir)
    config = adapted(config, category, settings.cache_dir, levels)
    images = good_images(category, config, settings.cache_dir, levels)
    return find_suspects(category, images, config, settings)


def find_suspects(
    category: Category, images: np.ndarray, config: TrainConfig, settings: Settings
) -> tuple[Suspect, ...]:
    """As `inspect_category`, for good images N×H×W×3 uint8 that are loaded already; a process inspects the same ones once.

    Parts are compared in the pose in which the network gets them: a screw at any angle has few patches in common with others.
    """
    chosen = np.unique(np.linspace(0, len(images) - 1, MOST_INSPECTED).round().astype(int))
    samples = [category.train[place] for place in chosen]
    names, sizes = [sample.name for sample in samples], [image_size(sample.path) for sample in samples]
    teacher = None
    if len(samples) >= LEAST_IMAGES:
        with contextlib.suppress(WeightsError):  # the other checks need none
            teacher = load_teacher(INSPECTION_TEACHER, settings.cache_dir, settings.teacher_dir)
    images = np.ascontiguousarray(images[chosen])
    key = hashlib.sha256(
        repr((names, sizes, images.shape, config.align, config.register, teacher is None)).encode()
    )
    key.update(images.data)
    if key.digest() not in _known:
        posed = prepare_images(images, config, pose_reference(images, config))
        _known[key.digest()] = inspect_good_images(images, sizes, names, teacher, posed)
    return _known[key.digest()]


def good_images(category: Category, config: TrainConfig, cache: Path, levels: Levels | None) -> np.ndarray:
    """Returns a category's good images at the size of a training, N×H×W×3 uint8."""
    paths = [sample.path for sample in category.train]
    return cached_images(paths, config.shape, category.name, cache, levels)
