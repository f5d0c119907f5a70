"""Storage format of weights: half precision, or 8 bits with one scale for each row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # checkpoints are imported before torch
    from torch import Tensor

SCALE = ".scale"
SMALL = 1024  # values: a smaller tensor, such as the covariances of a mixture, would save nothing by 8 bits, and may not bear them


def pack(weights: dict[str, Tensor], bits: int = 16) -> dict[str, Tensor]:
    """Converts weights to their storage format.

    Args:
        weights: Tensors by name, in full precision.
        bits: Bits for each value of a matrix or kernel: 16 for half precision, 8 for integers with one scale for each row, where it is not
            `SMALL`. Vectors (biases, normalisation) stay as they are.
    """
    packed = {}
    for name, value in weights.items():
        if value.ndim < 2:
            packed[name] = value
        elif bits == 16 or value.numel() < SMALL:
            packed[name] = value.half()
        else:
            scale = value.abs().amax(dim=tuple(range(1, value.ndim)), keepdim=True).clamp_min(1e-12) / 127
            packed |= {name: (value / scale).round().char(), name + SCALE: scale}
    return packed


def pack_memory(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Converts a memory of patches to its storage format: the patches in 8 bits, the rest as `pack` does."""
    bank = {name: value for name, value in tensors.items() if name == "bank"}
    return pack({name: value for name, value in tensors.items() if name not in bank}) | pack(bank, 8)


def unpack(packed: dict[str, Tensor]) -> dict[str, Tensor]:
    """Restores weights from their storage format, in full precision, rounded by `pack`."""
    return {
        name: value.float() * packed[name + SCALE] if name + SCALE in packed else value.float()
        for name, value in packed.items()
        if not name.endswith(SCALE)
    }


def require_shapes(packed: Mapping[str, Tensor], plan: Mapping[str, Tensor]) -> None:
    """Raises ValueError unless the stored weights have the names and shapes of the network's, and each scale one value for each row."""
    shapes = {name: value.shape for name, value in plan.items()}
    rows = {
        name + SCALE: (shape[0], *[1] * (len(shape) - 1)) for name, shape in shapes.items() if len(shape) > 1
    }
    given = {name: tuple(value.shape) for name, value in packed.items()}
    expected = {name: shape for name, shape in (shapes | rows).items() if name not in rows or name in given}
    if given != expected:
        raise ValueError("other weights than the settings say")


def is_finite(tensors: Mapping[str, Tensor]) -> bool:
    """Returns whether all values are numbers, and none is infinite."""
    return all(bool(value.float().isfinite().all()) for value in tensors.values())
