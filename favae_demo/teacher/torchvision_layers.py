"""Layers of torchvision's networks, with weights on the meta device; their tensors are named as in torchvision's own files.

torchvision is imported when one of them is built: it brings PyTorch's compiler along, which takes longer than PyTorch itself, and the most used
teacher does without.
"""

from collections import OrderedDict
from typing import cast

import torch
from torch import nn

RESNET_LAYERS = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3")
RESNET_TAPS = (4, 5, 6)  # after layer1, layer2 and layer3
B0_STAGES = 6
# As for Lite0, the last stages whose outputs have 1/4, 1/8 and 1/16 of the image's height and width.
B0_TAPS = (2, 3, 5)
B0_CHANNELS = (24, 40, 112)


def vgg16() -> nn.Sequential:
    """Returns VGG16 without its classifier (Simonyan and Zisserman 2015)."""
    return _features("vgg16")


def vgg19() -> nn.Sequential:
    """Returns VGG19 without its classifier (Simonyan and Zisserman 2015)."""
    return _features("vgg19")


def efficientnet_b0() -> nn.Sequential:
    """Returns EfficientNet-B0 up to its last tap (Tan and Le 2019)."""
    return cast(nn.Sequential, _features("efficientnet_b0")[:B0_STAGES]).eval()


def resnet18() -> nn.Sequential:
    """Returns ResNet-18 up to its last tap (He et al. 2016)."""
    return _resnet("resnet18")


def wide_resnet50_2() -> nn.Sequential:
    """Returns Wide ResNet-50-2 up to its last tap (Zagoruyko and Komodakis 2016)."""
    return _resnet("wide_resnet50_2")


def _features(network: str) -> nn.Sequential:
    return cast(nn.Sequential, _whole(network).features)


def _resnet(network: str) -> nn.Sequential:
    whole = _whole(network)
    return nn.Sequential(OrderedDict((name, getattr(whole, name)) for name in RESNET_LAYERS)).eval()


def _whole(network: str) -> nn.Module:
    from favae_demo.core.torchvision_compat import models

    with torch.device("meta"):
        return getattr(models, network)()
