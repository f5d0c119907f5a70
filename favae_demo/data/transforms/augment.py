"""Random views of a good part: as it might lie and be photographed another time (report, sections on augmentation and 7.2.3)."""

import math
from dataclasses import replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.torchvision_compat import v2

# Each kind of variation and the strength that switches it off; its share of the views is the field with `_p` after the name.
# Flips have no strength.
KINDS = {
    "rotation": 0.0,
    "crop": 1.0,
    "hflip": None,
    "vflip": None,
    "elastic": 0.0,
    "colour": 0.0,
    "noise": 0.0,
}
POINTS = 5  # along each side, moved by an elastic deformation: a quarter of the image apart
REACH = 3.0  # standard deviations by which a point moves at most
HUE = 0.1  # turn of the hue as a share of the change of colour: more is another paint, not another light


def kinds(config: TrainConfig) -> tuple[str, ...]:
    """The kinds of variation that a config switches on, as named in `KINDS`."""
    return tuple(
        kind
        for kind, off in KINDS.items()
        if getattr(config, f"{kind}_p") and (off is None or getattr(config, kind) != off)
    )


def only(config: TrainConfig, kind: str) -> TrainConfig:
    """The config with one kind of variation, in every view, and none of the others."""
    probabilities: dict[str, Any] = {f"{other}_p": float(other == kind) for other in KINDS}
    return replace(config, **probabilities)


@lru_cache(maxsize=16)
def build_augmentation(config: TrainConfig) -> v2.Transform:
    """The chain of random transforms that a config describes.

    It takes uint8 images of 3×S×S with S = `config.image_size`, alone or together with `tv_tensors.Mask`, and keeps size and type;
    a mask moves with its image and takes no part in changes of colour and noise.
    All randomness comes from torch's default generator. Stages whose strength or share is 0 are left out, so a config without
    augmentation returns the image unchanged.
    """
    flips = [v2.RandomHorizontalFlip(config.hflip_p), v2.RandomVerticalFlip(config.vflip_p)]
    return v2.Compose([*_chosen(_PLACE, config), *flips, *_chosen(_LIGHT, config)])


def augmented_view(image: Tensor, config: TrainConfig, seed: int) -> Tensor:
    """One random view of an image, the same for the same seed; the process's random numbers are left as they were.

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


class CoarseElastic(v2.ElasticTransform):
    """Elastic deformation by random shifts on a coarse grid, enlarged bicubically (Ronneberger et al. 2015, arXiv 1505.04597).

    torchvision's own field is white noise under a two-dimensional Gaussian: one as smooth as this takes 75 times as long, and
    thereby longer than the training itself.

    Args:
        deviation: Standard deviation of the shifts in pixels; none is greater than `REACH` times that.
        points: The grid's points along each side.
    """

    def __init__(self, deviation: float, points: int = POINTS):
        super().__init__(interpolation=v2.InterpolationMode.BILINEAR)
        self.deviation, self.points = deviation, points

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """The displacement, 1×H×W×2 in halves of the image's width and height, as `elastic` takes it."""
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
    return _within(_rotation_margin(config.image_size, config.rotation), turn, config.rotation_p, config)


def _within(margin: int, stage: v2.Transform, share: float, config: TrainConfig) -> list[v2.Transform]:
    """A stage on an image that is mirrored outwards: black corners would be learnt as part of a good image."""
    pad = v2.Pad(margin, padding_mode="reflect")
    return [pad, v2.RandomApply([stage], p=share), v2.CenterCrop(config.image_size)]


def _crop(config: TrainConfig) -> list[v2.Transform]:
    crop = v2.RandomResizedCrop(
        config.image_size, scale=(config.crop**2, 1.0), ratio=(1.0, 1.0), antialias=True
    )
    return [v2.RandomApply([crop], p=config.crop_p)]


def _colour(config: TrainConfig) -> list[v2.Transform]:
    strength = config.colour
    return [v2.RandomApply([v2.ColorJitter(strength, strength, strength, HUE * strength)], p=config.colour_p)]


def _noise(config: TrainConfig) -> list[v2.Transform]:
    return [v2.RandomApply([v2.GaussianNoise(sigma=config.noise)], p=config.noise_p)]


# Where the part lies comes before the light, and the camera's noise last: it must not be smoothed by interpolation.
_PLACE = {"elastic": _elastic, "rotation": _rotation, "crop": _crop}
_LIGHT = {"colour": _colour, "noise": _noise}


def _chosen(table: dict, config: TrainConfig) -> list[v2.Transform]:
    on = kinds(config)
    return [stage for kind, make in table.items() if kind in on for stage in make(config)]


def _rotation_margin(size: int, degrees: float) -> int:
    """Pixels around a square so that, rotated by up to `degrees`, it still covers the unrotated square."""
    angle = math.radians(min(degrees, 45.0))  # a square's reach is greatest at 45°
    return math.ceil(size / 2 * (math.cos(angle) + math.sin(angle) - 1)) + 1  # + 1 for the interpolation
