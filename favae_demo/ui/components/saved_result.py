"""The picture of a whole result that visitors save."""

from pathlib import Path
from typing import Any

import numpy as np

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.config.categories import category_info
from favae_demo.config.methods import METHODS
from favae_demo.scoring.detection import Detection
from favae_demo.viz.panel import panel


def saved_result(
    detection: Detection, model: str, title: str, truth: np.ndarray | None = None, **drawing: Any
) -> np.ndarray:
    """Returns the whole result as one image, H×W×3 uint8 RGB, in English as all saved files are.

    Args:
        detection: The detection.
        model: Path of the model.
        title: The model's name on screen.
        truth: Known defects as H×W bool, or None.
        drawing: Passed on to `panel`.
    """
    card = read_card(Path(model))
    subject = f"{category_info(card.category).title} · {title}"
    return panel(detection, truth, subject, rebuilt=METHODS[card.config.method].rebuilds, **drawing)
