"""Ranges of image properties for models from before these were measured: those of a shipped model that learned from the same images.

Light, sharpness and shape are properties of images (`data.image_properties`), measured at one size without any network. So what one model's card says
of its good images holds for each model of these images. Nothing else of a calibration is taken: scores and scales are those of a network.
"""

from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from glob import escape
from pathlib import Path
from typing import Any

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.card_file import card_alone
from favae_demo.checkpoints.model_names import SUFFIX
from favae_demo.core.errors import FavaeError
from favae_demo.core.settings import SHIPPED_CHECKPOINTS
from favae_demo.scoring.likeness import PropertyRange


def with_known_ranges(card: Card) -> Card:
    """Returns a card that has no ranges with those of a shipped model of the same images; as it is where there is none, or it has its own.

    Only shipped models are asked: theirs are published or generated images, which category, source and number identify. Two sets of own images
    may have those in common. A version that was recalibrated before ranges were measured has none: its light may be another one.
    """
    images = _images_of(card)
    if card.calibration.ranges or card.revision or images is None:
        return card
    for path in sorted(SHIPPED_CHECKPOINTS.glob(f"{escape(card.category)}-*{SUFFIX}")):
        other, ranges = _known(path)
        if ranges and other == images:
            calibration = replace(card.calibration, ranges=dict(ranges), ranges_from=path.stem)
            return replace(card, calibration=calibration)
    return card


def _images_of(card: Card) -> tuple[Any, ...] | None:
    """Returns what identifies the good images that a model learned from; None where the card does not say."""
    data = card.data
    counts = [data.get(name) for name in ("train", "held_out")]
    if not data.get("source") or None in counts:
        return None
    return card.category, data["source"], data.get("note", ""), sum(counts), data.get("levels")


@lru_cache(maxsize=256)  # shipped files do not change while the app runs
def _known(path: Path) -> tuple[tuple[Any, ...] | None, dict[str, PropertyRange]]:
    """Returns the images and the ranges of a shipped model; no ranges of one that cannot be read."""
    with suppress(FavaeError, OSError):
        card = card_alone(path)
        return _images_of(card), card.calibration.ranges
    return None, {}
