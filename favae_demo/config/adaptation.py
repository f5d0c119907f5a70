"""Settings that the training's pictures decide: the shape of the network's input, whether parts are turned upright, and whether a texture is seen.

A kind of part that nobody has described gets the settings that it needs, see `TrainConfig.adapt`.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from favae_demo.config.train_config import TrainConfig

SQUARE = 1.2  # ratio of the longer to the shorter side up to which pictures are taken as square
LONGEST = 8.0  # largest such ratio that is kept
DEFECT_PIXELS = 4  # of the network's input, along the smallest defect
SIZES = (256, 384, 512, 768, 1024)


def fit_shape(config: TrainConfig, sizes: Sequence[tuple[int, int]]) -> TrainConfig:
    """Returns the settings with the shape that pictures have, large enough for the smallest defect, but not larger than the pictures.

    Args:
        config: The settings; those without `adapt`, and those of a network with one code for the whole picture, stay as they are.
        sizes: Width and height of good pictures in pixels, at least one.
    """
    if not config.adapt or config.latent_side == 1 or config.image_size < SIZES[0]:
        return config
    aspect = median(width / height for width, height in sizes)
    aspect = min(max(aspect, 1 / LONGEST), LONGEST)
    if 1 / SQUARE <= aspect <= SQUARE:
        aspect = 1.0
    shorter = median(min(size) for size in sizes)
    needed = DEFECT_PIXELS / (config.smallest_defect * max(aspect, 1 / aspect))
    fitting = [size for size in SIZES if size >= min(needed, shorter)] or [SIZES[-1]]
    return replace(config, aspect=round(aspect, 3), image_size=max(config.image_size, fitting[0]))


def fit_content(config: TrainConfig, *, any_angle: bool, texture: bool) -> TrainConfig:
    """Returns the settings for what the pictures show.

    Args:
        config: The settings; those without `adapt` stay as they are.
        any_angle: Whether parts lie at any angle on a plain background, see `alignment.lie_at_any_angle`.
        texture: Whether no part is seen, but a texture, see `registration.is_texture`.
    """
    if not config.adapt:
        return config
    changes: dict[str, Any] = {"align": any_angle, "centre": texture and not any_angle}
    if changes["centre"]:
        changes |= {"crop": 1.0} | texture_training(config)  # a mesh at another scale is a defect
    return replace(config, **changes)


def texture_training(config: TrainConfig) -> dict[str, Any]:
    """Returns how a texture is learned instead of by Muon: by Adam, at half the rate, in three times as many steps.

    A network that learned by Muon also rebuilds defects of a texture a little better, so that they stand out less.
    """
    if config.optimiser != "muon":
        return {}
    slower = {"learning_rate": config.learning_rate / 2, "max_steps": config.max_steps * 3}
    return {"optimiser": "adam"} | slower
