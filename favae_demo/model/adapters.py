"""Adapters: what turns the decoder's feature maps into guesses of the teacher's."""

import torch
from torch import Tensor, nn

REDUCTION = 8
SPATIAL = 7


class Attention(nn.Module):
    """Weighs channels, then places, by what the whole map shows (CBAM: Woo et al. 2018, arXiv 1807.06521).

    Args:
        channels: Of the map.
    """

    def __init__(self, channels: int):
        super().__init__()
        hidden = max(4, channels // REDUCTION)
        self.channels = nn.Sequential(
            nn.Conv2d(channels, hidden, 1), nn.ReLU(inplace=True), nn.Conv2d(hidden, channels, 1)
        )
        self.places = nn.Conv2d(2, 1, SPATIAL, padding=SPATIAL // 2)

    def forward(self, x: Tensor) -> Tensor:
        """N×C×H×W, weighed."""
        pooled = x.mean((2, 3), keepdim=True), x.amax((2, 3), keepdim=True)
        x = x * torch.sigmoid(sum(self.channels(one) for one in pooled))
        seen = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)
        return x * torch.sigmoid(self.places(seen))


def adapter(
    tap_channels: int, teacher_channels: int, *, narrow: bool = False, attention: bool = False
) -> nn.Sequential:
    """Two 1×1 convolutions with a ReLU between; N×tap_channels×H×W → N×teacher_channels×H×W.

    Args:
        tap_channels: Channels of the decoder's layer.
        teacher_channels: Channels of the teacher's layer.
        narrow: Whether the hidden layer has the decoder's channels instead of the teacher's. At width 1 these are the same; in
            a compact network it makes a training step faster, because most of its work is in the adapters.
    """
    hidden = tap_channels if narrow else teacher_channels
    return nn.Sequential(
        nn.Conv2d(tap_channels, hidden, 1),
        nn.ReLU(inplace=True),
        *([Attention(hidden)] if attention else []),
        nn.Conv2d(hidden, teacher_channels, 1),
    )
