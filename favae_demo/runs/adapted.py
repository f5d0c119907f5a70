"""The settings of a training as its pictures decide them, see `config.adaptation`."""

import math
from pathlib import Path

from favae_demo.config.adaptation import fit_content, fit_shape
from favae_demo.config.categories import CATEGORIES
from favae_demo.config.train_config import TrainConfig
from favae_demo.data.io.image_cache import cached_images
from favae_demo.data.io.images import image_size
from favae_demo.data.io.levels import Levels
from favae_demo.data.mvtec import Category
from favae_demo.data.transforms.alignment import lie_at_any_angle
from favae_demo.data.transforms.registration import is_texture

MOST_SEEN = 100  # pictures, spread over all, that are examined


def adapted(config: TrainConfig, category: Category, cache_dir: Path, levels: Levels | None) -> TrainConfig:
    """Returns the settings with what the category's good pictures decide; unchanged without `TrainConfig.adapt`.

    Pictures are only examined where nobody has described the category, see `config.categories`.

    Raises:
        ImageError: A picture cannot be read.
    """
    if not config.adapt:
        return config
    paths = [sample.path for sample in category.train[:: math.ceil(len(category.train) / MOST_SEEN)]]
    config = fit_shape(config, [image_size(path) for path in paths])
    if category.name in CATEGORIES:
        return config
    images = cached_images(paths, config.shape, category.name, cache_dir, levels)
    return fit_content(config, any_angle=lie_at_any_angle(images), texture=is_texture(images))
