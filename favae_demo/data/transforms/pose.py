"""The pose in which the network gets an image: as it lies, turned upright, or shifted to where the training's parts lie."""

import numpy as np

from favae_demo.data.io.images import resize
from favae_demo.data.transforms.alignment import align, put_back
from favae_demo.data.transforms.registration import known_area, register


def to_pose(
    images: np.ndarray, *, upright: bool = False, reference: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Moves images into the pose of the training.

    Args:
        images: N×H×W×3 uint8 RGB.
        upright: Whether parts are turned upright and centred, see `alignment`.
        reference: Mean image of parts that lie still, by which the images are registered, see `registration`; not used if `upright`.

    Returns:
        The moved images, N×H×W×3, and their motions, N×2×3; None if they were not moved.
    """
    if upright:
        return align(list(images))
    return (images, None) if reference is None else register(list(images), reference)


def maps_from_pose(maps: np.ndarray, motions: np.ndarray, shape: tuple[int, ...], *, upright: bool) -> None:
    """Moves maps back, in place. Where a moved image shows nothing of the original, they become 0.

    Args:
        maps: N×T×h×w, of the moved images.
        motions: From `to_pose`.
        shape: Height and width of the images; more numbers are ignored.
        upright: As for `to_pose`.
    """
    for i, motion in enumerate(motions):
        maps[i] = [put_back(term_map, motion, shape) for term_map in maps[i]]
        if not upright:
            maps[i] *= known_area(motion, shape, maps.shape[-2:])


def images_from_pose(rebuilt: np.ndarray, motions: np.ndarray, images: np.ndarray) -> None:
    """Moves reconstructions back, in place. Where a moved image shows nothing of the original, that one is shown.

    Args:
        rebuilt: N×h×w×3 uint8, of the moved images.
        motions: From `to_pose`.
        images: The original images, N×H×W×3 uint8.
    """
    for i, motion in enumerate(motions):
        around = resize(images[i], rebuilt.shape[1:3])
        rebuilt[i] = put_back(rebuilt[i], motion, images.shape[1:3], around)
