"""The images of a training: the split into training and held-out ones, and the augmented views of each."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from favae_demo.config.train_config import TrainConfig, reduction
from favae_demo.core.device import one_thread
from favae_demo.data.transforms.masking import foreground
from favae_demo.data.transforms.pose import to_pose
from favae_demo.data.transforms.registration import fit_reference
from favae_demo.model.favae import to_map_size


@dataclass(frozen=True)
class Split:
    """Good images of one category, split before any augmentation, so that no view of a held-out image is trained on.

    Attributes:
        train: N×H×W×3 uint8.
        held_out: M×H×W×3 uint8, for validation and calibration; as photographed, never augmented here.
        held_out_index: Positions of the held-out images in the category's training list.
        reference: Mean image by which all are registered, see `registration.fit_reference`; None if they are not.
    """

    train: np.ndarray
    held_out: np.ndarray
    held_out_index: tuple[int, ...]
    reference: np.ndarray | None = None

    @property
    def train_index(self) -> tuple[int, ...]:
        """Positions of the training's images in the category's training list."""
        count, held_out = len(self.train) + len(self.held_out), set(self.held_out_index)
        return tuple(place for place in range(count) if place not in held_out)

    def in_order(self) -> Iterator[np.ndarray]:
        """Yields all images in the order of the category's training list."""
        held_out, train = iter(self.held_out), iter(self.train)
        for index in range(len(self.train) + len(self.held_out)):
            yield next(held_out if index in self.held_out_index else train)


def split_images(images: np.ndarray, config: TrainConfig) -> Split:
    """Splits N×H×W×3 images by the config's validation ratio and seed; each side gets at least one."""
    count = len(images)
    held_out = min(count - 1, max(1, round(count * config.validation_ratio)))
    order = np.random.default_rng(config.seed).permutation(count)
    chosen = np.sort(order[:held_out])
    train = np.delete(images, chosen, axis=0)
    return Split(train, images[chosen], tuple(int(i) for i in chosen), pose_reference(train, config))


def pose_reference(images: np.ndarray, config: TrainConfig) -> np.ndarray | None:
    """Returns the mean image by which good images N×H×W×3 uint8 are registered; None if they are not, or do not lie still enough."""
    return fit_reference(images) if config.register and not config.align else None


def to_tensor(images: np.ndarray) -> Tensor:
    """Converts an N×H×W×3 uint8 array to an N×3×H×W uint8 tensor."""
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))


def to_float(images: Tensor, device: torch.device | str = "cpu") -> Tensor:
    """Converts a uint8 tensor to float32 in [0, 1] on the device."""
    return images.to(device).float().div_(255)


def prepare_images(
    images: np.ndarray, config: TrainConfig, reference: np.ndarray | None = None
) -> np.ndarray:
    """Returns images N×H×W×3 uint8 in the pose in which the network gets them; see `pose.to_pose`."""
    return to_pose(images, upright=config.align, reference=reference)[0]


def shrink_images(images: Tensor) -> Tensor:
    """Shrinks uint8 images n×3×H×W to the size of the reconstruction, n×3×h×w uint8."""
    if reduction(min(images.shape[-2:])) == 1:
        return images
    return torch.cat([to_map_size(part.float()).round().byte() for part in images.split(64)])


def training_views(split: Split, config: TrainConfig) -> Tensor:
    """Returns the training views, n×3×H×W uint8: the originals first, then augmented ones of each in turn.

    `config.views` counts training and validation views together, as the report augments to 10,000 images before it splits them.
    """
    count = round(config.views * (1 - config.validation_ratio))
    return _views(split.train, split.reference, max(count, len(split.train)), config, config.seed * 2)


def validation_views(split: Split, config: TrainConfig) -> Tensor:
    """Returns the held-out views, m×3×H×W uint8, augmented as the training ones if `config.augment_validation`."""
    count = round(config.views * config.validation_ratio) if config.augment_validation else 0
    return _views(
        split.held_out, split.reference, max(count, len(split.held_out)), config, config.seed * 2 + 1
    )


def foreground_masks(images: Tensor, config: TrainConfig) -> Tensor:
    """Returns the foreground of n×3×H×W uint8 images as n×1×H×W bool."""
    masks = [foreground(image.permute(1, 2, 0).numpy(), config.background) for image in images.cpu()]
    return torch.from_numpy(np.stack(masks))[:, None]


def _views(
    images: np.ndarray, reference: np.ndarray | None, count: int, config: TrainConfig, stream: int
) -> Tensor:
    originals = to_tensor(prepare_images(images, config, reference))
    views = originals.new_empty((count, *originals.shape[1:]))
    if count <= len(originals):
        return views.copy_(originals[:count])
    from favae_demo.data.transforms.augment import augmented_view  # torchvision takes longer than all else

    with one_thread():
        for i in range(count):
            original = originals[i % len(originals)]
            seed = stream * 1_000_003 + i
            views[i] = original if i < len(originals) else augmented_view(original, config, seed)
    return views
