"""A category's images as a torch dataset, for training loops of one's own."""

from collections.abc import Sequence
from typing import Any

import torch
from torch.utils.data import Dataset

from favae_demo.data.io.images import decode, resize
from favae_demo.data.mvtec import Sample, load_mask


class MvtecDataset(Dataset):
    """Samples as tensors, for a `DataLoader`.

    Each item is a dict: `image` uint8 3×size×size, `mask` bool size×size, `label` 0 good or 1 defect, `defect`, `path`.

    Args:
        samples: What to read.
        size: Side of the square tensors in pixels.
    """

    def __init__(self, samples: Sequence[Sample], size: int):
        self.samples, self.size = tuple(samples), size

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> dict[str, Any]:
        sample = self.samples[index]
        image = resize(decode(sample.path), self.size)
        return {
            "image": torch.from_numpy(image).permute(2, 0, 1).contiguous(),
            "mask": torch.from_numpy(load_mask(sample, self.size)),
            "label": int(not sample.is_good),
            "defect": sample.defect,
            "path": str(sample.path),
        }
