"""Adapters: what turns the decoder's feature maps into guesses of the teacher's."""

from torch import nn


def adapter(tap_channels: int, teacher_channels: int, *, narrow: bool = False) -> nn.Sequential:
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
        nn.Conv2d(hidden, teacher_channels, 1),
    )
