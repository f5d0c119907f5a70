"""Finds suspicious good images before a training: copies, images unlike the others as a whole, and what few others show."""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from favae_demo.core.device import images_per_pass
from favae_demo.data.image_properties import image_properties
from favae_demo.data.io.images import resize
from favae_demo.model.memory import patch_features
from favae_demo.model.rarity import rarity
from favae_demo.scoring.likeness import compare, fit_ranges
from favae_demo.scoring.suspects import CRITERIA, LEAST_IMAGES, Suspect, merged, suspects_by, worth_a_look
from favae_demo.teacher.teacher import Teacher

SIDE = 256  # largest shorter side of the inspected images, in pixels
STRIDE = 32  # sides that the teacher takes are multiples of it


def inspect_good_images(
    images: np.ndarray,
    sizes: Sequence[tuple[int, int]],
    names: Sequence[str],
    teacher: Teacher | None,
    posed: np.ndarray | None = None,
) -> tuple[Suspect, ...]:
    """Returns the suspicious images; none if there are too few to say what is usual.

    Args:
        images: Good images N×H×W×3 uint8.
        sizes: Width and height of the original images in pixels.
        names: Their names.
        teacher: A network that describes patches; None leaves that part out.
        posed: The images in the pose in which their patches are compared; None for as they are.
    """
    suspects = list(_copies(images, names))
    if len(images) < LEAST_IMAGES:
        return merged(suspects)
    suspects += _unlike(images, sizes, names)
    if teacher is not None:
        suspects += suspects_by(
            "patches", names, rarity(_patches(images if posed is None else posed, teacher)).numpy()
        )
    return worth_a_look(merged(suspects), len(images))


def _copies(images: np.ndarray, names: Sequence[str]) -> Iterator[Suspect]:
    first: dict[str, str] = {}
    for image, name in zip(images, names, strict=True):
        other = first.setdefault(hashlib.sha256(image.tobytes()).hexdigest(), name)
        if other != name:
            yield Suspect(name, (CRITERIA["copy"].reason.format(other=other),))


def _unlike(images: np.ndarray, sizes: Sequence[tuple[int, int]], names: Sequence[str]) -> Iterator[Suspect]:
    properties = [image_properties(*one) for one in zip(images, sizes, strict=True)]
    ranges = fit_ranges(properties)
    for name, own in zip(names, properties, strict=True):
        if unlike := compare(own, ranges)[0]:
            yield Suspect(name, unlike, left_out=True)


@torch.inference_mode()
def _patches(images: np.ndarray, teacher: Teacher) -> Tensor:
    """Returns patch features N×P×C in half precision, each layer's channels brought to one scale over all images."""
    shape = _shape(images.shape[1:3])
    layers: list[list[Tensor]] = []
    size = images_per_pass(*shape)
    for start in range(0, len(images), size):
        batch = np.stack([resize(image, shape) for image in images[start : start + size]])
        pixels = torch.from_numpy(np.ascontiguousarray(batch.transpose(0, 3, 1, 2))).float() / 255
        layers.append([value.half() for value in teacher.features(pixels)[-2:]])
    deviations = [
        torch.cat(parts).float().std((0, 2, 3), keepdim=True).clamp(min=1e-6)
        for parts in zip(*layers, strict=True)
    ]
    scaled = (
        [value.float() / deviation for value, deviation in zip(values, deviations, strict=True)]
        for values in layers
    )
    return torch.cat([patch_features(values).flatten(2).transpose(1, 2).half() for values in scaled])


def _shape(shape: tuple[int, int]) -> tuple[int, int]:
    """Returns the height and width at which images are inspected."""
    factor = min(SIDE / min(shape), 1.0)
    height, width = (max(round(side * factor / STRIDE), 1) * STRIDE for side in shape)
    return height, width
