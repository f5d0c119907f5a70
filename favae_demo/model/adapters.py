"""Adapters: what turns the decoder's feature maps into guesses of the teacher's."""

from torch import nn


def adapter(tap_channels: int, teacher_channels: int) -> nn.Sequential:
    """Two 1×1 convolutions with a ReLU between; N×tap_channels×H×W → N×teacher_channels×H×W."""
    return nn.Sequential(
        nn.Conv2d(tap_channels, teacher_channels, 1),
        nn.ReLU(inplace=True),
        nn.Conv2d(teacher_channels, teacher_channels, 1),
    )
