"""A baseline without a network: the squared distance of each pixel from the mean of the good training images."""

from collections.abc import Callable, Iterable

import numpy as np

from favae_demo.data.io.images import load_images
from favae_demo.data.library.category_levels import category_levels
from favae_demo.data.mvtec import Category, require_training
from favae_demo.evaluation.protocol import Evaluation, evaluate_with
from favae_demo.scoring.score_maps import image_score, smooth

SIZE, SIGMA = 128, 4.0  # as for the models


def evaluate_mean_image(category: Category, progress: Callable[[int, int], None] | None = None) -> Evaluation:
    """Evaluates the baseline on all test images; the metrics are comparable with those of `protocol.evaluate`.

    Args:
        category: Index of the category.
        progress: Called with the images done and in all.

    Raises:
        DataError: The category has no good training images, or no test images.
    """
    require_training(category)
    levels = category_levels(category)
    mean = load_images([sample.path for sample in category.train], SIZE, levels).mean(0, dtype=np.float32)

    def judge(images: np.ndarray) -> Iterable[tuple[float, np.ndarray]]:
        maps = smooth(np.square((images - mean) / 255).sum(-1), SIGMA)
        return ((image_score(one, "top"), one) for one in maps)

    return evaluate_with(judge, SIZE, category, progress, levels=levels)
