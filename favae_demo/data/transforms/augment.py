"""Augmentation: random views of a good part, with small changes of its pose and of the light (report, sections on augmentation and 7.2.3)."""

import math
from dataclasses import replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.torchvision_compat import v2

# Each kind of variation and the strength at which it has no effect; flips have no strength. The field `<kind>_p` of the config is
# the share of the views that are varied.
KINDS = {
    "rotation": 0.0,
    "crop": 1.0,
    "hflip": None,
    "vflip": None,
    "elastic": 0.0,
    "colour": 0.0,
    "noise": 0.0,
}
POINTS = 5  # control points of an elastic deformation along each side
REACH = 3.0  # largest shift of a control point, in standard deviations
HUE = 0.1  # change of hue as a share of the change of colour; more would look like other paint instead of other light


def kinds(config: TrainConfig) -> tuple[str, ...]:
    """Returns the kinds of variation that a config switches on, by their names in `KINDS`."""
    return tuple(
        kind
        for kind, off in KINDS.items()
        if getattr(config, f"{kind}_p") and (off is None or getattr(config, kind) != off)
    )


def only(config: TrainConfig, kind: str) -> TrainConfig:
    """Returns the config with one kind of variation applied to every view, and the others switched off."""
    probabilities: dict[str, Any] = {f"{other}_p": float(other == kind) for other in KINDS}
    return replace(config, **probabilities)


@lru_cache(maxsize=16)
def build_augmentation(config: TrainConfig) -> v2.Transform:
    """Returns the random transforms that a config describes.

    The result takes uint8 images 3×H×W of `config.shape`, alone or together with a `tv_tensors.Mask`, and preserves shape and
    type. A mask is deformed like its image, and not affected by changes of colour and noise.
    All random numbers come from torch's default generator. Transforms whose strength or share is 0 are left out, so without augmentation
    the image is returned unchanged.
    """
    flips = [v2.RandomHorizontalFlip(config.hflip_p), v2.RandomVerticalFlip(config.vflip_p)]
    return v2.Compose([*_chosen(_PLACE, config), *flips, *_chosen(_LIGHT, config)])


def augmented_view(image: Tensor, config: TrainConfig, seed: int) -> Tensor:
    """Returns one random view of an image, determined by the seed; the state of torch's default generator does not change.

    Args:
        image: 3×H×W uint8, of `config.shape`.
        config: Strengths and shares of the transforms.
        seed: Seed, an integer ≥ 0.

    Returns:
        3×H×W uint8.
    """
    # Only the CPU generator is used; `torch.manual_seed` would reset those of all accelerators too.
    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(seed)
        return build_augmentation(config)(image)


class CoarseElastic(v2.ElasticTransform):
    """Elastic deformation by random shifts of a coarse grid, with bicubic interpolation (Ronneberger et al. 2015, arXiv 1505.04597).

    torchvision's version smooths white noise with a two-dimensional Gaussian filter: for an equally smooth deformation it takes 75 times
    as long, which is longer than the training itself.

    Args:
        deviation: Standard deviation of the shifts in pixels; no shift is larger than `REACH` times that.
        points: Number of grid points along each side.
    """

    def __init__(self, deviation: float, points: int = POINTS):
        super().__init__(interpolation=v2.InterpolationMode.BILINEAR)
        self.deviation, self.points = deviation, points

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """Returns a random displacement field, 1×H×W×2 as shares of half the image's width and height, as `elastic` expects it."""
        height, width = v2.query_size(flat_inputs)
        coarse = torch.randn(1, 2, self.points, self.points)
        shifts = interpolate(coarse, (height, width), mode="bicubic", align_corners=True)
        pixels = self.deviation * shifts.clamp(-REACH, REACH).permute(0, 2, 3, 1)
        return {"displacement": pixels * 2 / torch.tensor([width, height])}


def _elastic(config: TrainConfig) -> list[v2.Transform]:
    deviation = config.elastic * config.image_size
    return _within(math.ceil(REACH * deviation) + 1, CoarseElastic(deviation), config.elastic_p, config)


def _rotation(config: TrainConfig) -> list[v2.Transform]:
    turn = v2.RandomRotation(config.rotation, v2.InterpolationMode.BILINEAR)
    return _within(_rotation_margin(max(config.shape), config.rotation), turn, config.rotation_p, config)


def _within(margin: int, stage: v2.Transform, share: float, config: TrainConfig) -> list[v2.Transform]:
    """Applies a transform to an image with reflected padding; otherwise the model would learn the black corners as part of good images."""
    pad = v2.Pad(margin, padding_mode="reflect")
    return [pad, v2.RandomApply([stage], p=share), v2.CenterCrop(config.shape)]


def _crop(config: TrainConfig) -> list[v2.Transform]:
    height, width = config.shape
    crop = v2.RandomResizedCrop(
        config.shape, scale=(config.crop**2, 1.0), ratio=(width / height,) * 2, antialias=True
    )
    return [v2.RandomApply([crop], p=config.crop_p)]


def _colour(config: TrainConfig) -> list[v2.Transform]:
    strength = config.colour
    return [v2.RandomApply([v2.ColorJitter(strength, strength, strength, HUE * strength)], p=config.colour_p)]


def _noise(config: TrainConfig) -> list[v2.Transform]:
    return [v2.RandomApply([v2.GaussianNoise(sigma=config.noise)], p=config.noise_p)]


# Geometric transforms first, then the light. The camera's noise comes last, since interpolation would smooth it.
_PLACE = {"elastic": _elastic, "rotation": _rotation, "crop": _crop}
_LIGHT = {"colour": _colour, "noise": _noise}


def _chosen(table: dict, config: TrainConfig) -> list[v2.Transform]:
    on = kinds(config)
    return [stage for kind, make in table.items() if kind in on for stage in make(config)]


def _rotation_margin(size: int, degrees: float) -> int:
    """Returns the padding in pixels with which a square, rotated by up to `degrees`, still covers the unrotated square."""
    angle = math.radians(min(degrees, 45.0))  # the corners reach furthest at 45°
    return math.ceil(size / 2 * (math.cos(angle) + math.sin(angle) - 1)) + 1  # + 1 for the interpolation
