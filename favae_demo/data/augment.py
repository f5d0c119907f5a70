"""Random views of a good part: slightly rotated, cropped and mirrored (report, section on augmentation)."""

import math
from functools import lru_cache

import torch
from torch import Tensor

from favae_demo.presets import TrainConfig
from favae_demo.torchvision_compat import v2


@lru_cache(maxsize=16)
def build_augmentation(config: TrainConfig) -> v2.Transform:
    """The chain of random transforms that a config describes.

    It takes uint8 images of 3×S×S with S = `config.image_size`, alone or together with `tv_tensors.Mask`, and keeps size and type.
    All randomness comes from torch's default generator. Stages whose strength or share is 0 are left out, so a config without
    augmentation returns the picture unchanged.
    """
    size = config.image_size
    stages: list[v2.Transform] = []
    if config.rotation and config.rotation_p:
        # The border is mirrored outwards far enough that the corners of the rotated square stay filled:
        # black corners would be learnt as part of a good picture.
        stages += [
            v2.Pad(_rotation_margin(size, config.rotation), padding_mode="reflect"),
            v2.RandomApply(
                [v2.RandomRotation(config.rotation, v2.InterpolationMode.BILINEAR)], p=config.rotation_p
            ),
            v2.CenterCrop(size),
        ]
    if config.crop < 1 and config.crop_p:
        crop = v2.RandomResizedCrop(size, scale=(config.crop**2, 1.0), ratio=(1.0, 1.0), antialias=True)
        stages.append(v2.RandomApply([crop], p=config.crop_p))
    stages += [v2.RandomHorizontalFlip(config.hflip_p), v2.RandomVerticalFlip(config.vflip_p)]
    return v2.Compose(stages)


def augmented_view(image: Tensor, config: TrainConfig, seed: int) -> Tensor:
    """One random view of a picture, the same for the same seed; the process's random numbers are left as they were.

    Args:
        image: 3×S×S uint8, S = `config.image_size`.
        config: Strengths and shares of the transforms.
        seed: Any whole number ≥ 0.

    Returns:
        3×S×S uint8.
    """
    # Only the CPU generator is drawn from; `torch.manual_seed` would reset those of all accelerators too.
    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(seed)
        return build_augmentation(config)(image)


def _rotation_margin(size: int, degrees: float) -> int:
    """Pixels around a square so that, rotated by up to `degrees`, it still covers the unrotated square."""
    angle = math.radians(min(degrees, 45.0))  # a square's reach is greatest at 45°
    return math.ceil(size / 2 * (math.cos(angle) + math.sin(angle) - 1)) + 1  # + 1 for the interpolation
