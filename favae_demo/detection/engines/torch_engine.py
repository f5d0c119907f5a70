"""PyTorch, on CPU or GPU: always installed, needs no conversion."""

import numpy as np
import torch
from torch import Tensor

from favae_demo.core.device import device_name
from favae_demo.detection.engines import to_bytes
from favae_demo.detection.graph import Graph


class TorchEngine:
    """Runs a graph with PyTorch.

    Args:
        graph: The graph; it is moved to the device.
        device: Device on which the graph runs.
    """

    name = "torch"

    def __init__(self, graph: Graph, device: torch.device | str = "cpu"):
        # In channels-last memory format, convolutions of one image are about 10 % faster on a CPU.
        self.graph = graph.to(device).eval()
        self.graph.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # PyTorch's stub lacks this argument
        self.device, self.where = device, device_name(device)

    @torch.inference_mode()
    def run(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Engine.run`."""
        maps, rebuilt, _ = self.graph(self._tensor(images))
        return maps.contiguous().cpu().numpy(), to_bytes(rebuilt.contiguous().cpu().numpy())

    @torch.inference_mode()
    def residuals(self, images: np.ndarray) -> tuple[list[Tensor], list[Tensor]]:
        """Returns residuals and features of images N×H×W×3 uint8: a tensor N×C×H×W for each term, and for each layer."""
        batch = self._tensor(images)
        features = self.graph.features(batch)
        return self.graph.residuals(batch, features)[1], features

    def _tensor(self, images: np.ndarray) -> Tensor:
        # Permuted from N×H×W×3, the tensor N×3×H×W is in channels-last memory format already.
        return torch.from_numpy(images).to(self.device).permute(0, 3, 1, 2).float().div_(255)
