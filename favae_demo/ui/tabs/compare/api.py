"""What the named endpoint `compare` does, without the page."""

from typing import Any

import numpy as np

from favae_demo.core.errors import CheckpointError
from favae_demo.ui import text
from favae_demo.ui.model_list import newest_variants
from favae_demo.ui.services import Services


def compare_variants(
    services: Services, category: str, image: np.ndarray | str, rate: float
) -> dict[str, dict[str, Any]]:
    """Judges an image with the newest model of each variant of a category.

    Args:
        services: The core.
        category: Kind of part.
        image: H×W×3 uint8 RGB, or the path of an image file.
        rate: False-alarm rate, in (0, 1).

    Returns:
        Score, also as a multiple of the threshold, threshold, whether enough good images support it, verdict and milliseconds, by teacher.

    Raises:
        CheckpointError: There is no model of this category.
        WeightsPendingError: A teacher's weights are not here yet.
    """
    answers = {}
    for teacher, model in newest_variants(services.registry, category).items():
        detection = services.detect(
            model.path, image if isinstance(image, np.ndarray) else services.read(image, model.path), rate
        )
        answers[teacher] = {
            "multiple": detection.multiple,
            "score": detection.score,
            "threshold": detection.threshold,
            "limit_supported": detection.support.is_enough,
            "verdict": detection.verdict,
            "reasons": list(detection.reasons),
            "milliseconds": detection.timings["total"],
        }
    if not answers:
        raise CheckpointError(text.page.NO_MODEL)
    return answers
