"""Frozen ImageNet networks that return features at three depths, standardised channel by channel."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from favae_demo.config.train_config import reduction
from favae_demo.teacher import efficientnet, torchvision_layers
from favae_demo.teacher.weight_store import ensure, fingerprint, read_weights

STD_FLOOR = 1e-3  # as a share of the layer's largest deviation: a channel that is nearly constant must not become pure noise
KERAS_MEAN, UNIT = (123.68, 116.779, 103.939), (1.0, 1.0, 1.0)
TORCHVISION_MEAN, TORCHVISION_STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


@dataclass(frozen=True)
class TeacherSpec:
    """One row of the teacher table.

    Attributes:
        title: Name on screen.
        features: Returns the layers.
        taps: Indices of the tapped layers, finest first; the outputs of a group in brackets have one size and are concatenated.
        channels: Channels at the taps.
        mean: Subtracted from RGB values in 0–255.
        std: Divisor of the result.
        relu_follows: Whether a tapped layer is a convolution whose ReLU follows at index + 1.
        fused: Returns the layers, with their weights, as a faster network that gives the same features; its layers have the same indices.
        enlarge: Factor by which the reconstruction's size is enlarged for the network, so that the features have the sizes of the
            decoder's layers; a larger image is enlarged less, or reduced.
    """

    title: str
    features: Callable[[], nn.Sequential]
    taps: tuple[int | tuple[int, ...], ...]
    channels: tuple[int, ...] = (128, 256, 512)
    mean: tuple[float, float, float] = KERAS_MEAN
    std: tuple[float, float, float] = UNIT
    relu_follows: bool = True
    fused: Callable[[nn.Sequential], nn.Sequential] = lambda layers: layers
    enlarge: int = 1


TAP_SHIFT = {"conv": 0, "relu": 1}
TAPS = (7, 14, 21)  # conv2_2, conv3_3, and conv4_3 (VGG16) or conv4_2 (VGG19)
_torchvision = partial(TeacherSpec, mean=TORCHVISION_MEAN, std=TORCHVISION_STD)
_resnet = partial(_torchvision, taps=torchvision_layers.RESNET_TAPS, relu_follows=False, enlarge=2)
TEACHER_SPECS: dict[str, TeacherSpec] = {
    "efficientnet-lite0": TeacherSpec(
        "EfficientNet-Lite0",
        efficientnet.layers,
        efficientnet.TAPS,
        efficientnet.CHANNELS,
        (127.0,) * 3,
        (128.0,) * 3,
        relu_follows=False,
        fused=efficientnet.fused,
        enlarge=2,
    ),
    "vgg16": TeacherSpec("VGG16", torchvision_layers.vgg16, TAPS),
    "vgg19": TeacherSpec("VGG19", torchvision_layers.vgg19, TAPS),
    "vgg16-torchvision": _torchvision("VGG16 (torchvision)", torchvision_layers.vgg16, TAPS),
    "vgg19-torchvision": _torchvision("VGG19 (torchvision)", torchvision_layers.vgg19, TAPS),
    "efficientnet-b0": _torchvision(
        "EfficientNet-B0",
        torchvision_layers.efficientnet_b0,
        torchvision_layers.B0_TAPS,
        torchvision_layers.B0_CHANNELS,
        relu_follows=False,
        enlarge=2,
    ),
    "resnet18": _resnet("ResNet-18", torchvision_layers.resnet18, channels=(64, 128, 256)),
    "wide-resnet50-2": _resnet(
        "Wide ResNet-50-2", torchvision_layers.wide_resnet50_2, channels=(256, 512, 1024)
    ),
}


class Teacher(nn.Module):
    """A frozen network up to its last tap.

    Args:
        id: Key of `TEACHER_SPECS`.
        tensors: Weights, named as in the state dict of its layers.
        tap: `relu` for features after the ReLU (as in the report, see docs/method.md), `conv` for those before it.
        source: Name of the source of the weights.
    """

    layers: nn.Sequential
    pixel_mean: Tensor
    pixel_std: Tensor

    def __init__(self, id: str, tensors: dict[str, Tensor], tap: str = "relu", source: str = ""):
        super().__init__()
        spec = TEACHER_SPECS[id]
        self.id, self.source, self.fingerprint = id, source, fingerprint(tensors)
        self.channels, self.tap, self.enlarge = spec.channels, tap, spec.enlarge
        shift = TAP_SHIFT[tap] * spec.relu_follows
        groups = [group if isinstance(group, tuple) else (group,) for group in spec.taps]
        self._taps = [tuple(index + shift for index in group) for group in groups]
        self.layers = cast(nn.Sequential, spec.features()[: self._taps[-1][-1] + 1])
        for layer in self.layers:
            if isinstance(layer, nn.ReLU):
                layer.inplace = False  # in place it would overwrite the convolution's output, which is returned for `conv`
        self.layers.load_state_dict(tensors, assign=True)
        # Convolutions of all teachers are faster on channels than on planes.
        self.layers = spec.fused(self.layers).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in PyTorch's stub
        self.register_buffer("pixel_mean", torch.tensor(spec.mean).view(1, 3, 1, 1))
        self.register_buffer("pixel_std", torch.tensor(spec.std).view(1, 3, 1, 1))
        for i, channels in enumerate(spec.channels):
            self.register_buffer(f"mean{i}", torch.zeros(channels))
            self.register_buffer(f"std{i}", torch.ones(channels))
        self.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> "Teacher":
        """Keeps the network in evaluation mode, whatever `mode` is."""
        return super().train(False)

    def features(self, x: Tensor) -> list[Tensor]:
        """Returns the standardised features of RGB images, finest layer first.

        Args:
            x: N×3×H×W in [0, 1], H and W multiples of 32.

        Returns:
            N×C×h×w with C from `channels`; h and w are half, a quarter and an eighth of the reconstruction's.
        """
        return [
            (value - self._row(f"mean{i}")).div_(self._row(f"std{i}"))
            for i, value in enumerate(self.raw_features(x))
        ]

    @torch.no_grad()
    def raw_features(self, x: Tensor) -> list[Tensor]:
        """Returns the features without standardisation; see `features`."""
        larger = reduction(min(x.shape[-2:]))
        if larger > self.enlarge:
            x = F.avg_pool2d(x, larger // self.enlarge)
        elif larger < self.enlarge:
            x = F.interpolate(x, scale_factor=self.enlarge // larger, mode="bilinear", align_corners=False)
        x, outputs = (x * 255 - self.pixel_mean) / self.pixel_std, {}
        x = x.contiguous(memory_format=torch.channels_last)
        wanted = {index for group in self._taps for index in group}
        for index, layer in enumerate(self.layers):
            x = layer(x)
            if index in wanted:
                outputs[index] = x
        parts = ([outputs[index] for index in group] for group in self._taps)
        return [part[0] if len(part) == 1 else torch.cat(part, 1) for part in parts]

    def fit_standardisation(self, batches: Iterable[Tensor]) -> None:
        """Sets the mean and standard deviation of each channel to those over images.

        Deviations below a thousandth of the layer's largest one are raised to it.

        Args:
            batches: Images, each batch N×3×H×W in [0, 1].

        Raises:
            ValueError: There are no images.
        """
        sums = [torch.zeros(3, channels, dtype=torch.float64) for channels in self.channels]
        for batch in batches:
            for total, value in zip(sums, self.raw_features(batch), strict=True):
                # Summed in double precision on the CPU, since not every accelerator supports it.
                moments = torch.var_mean(value, dim=(0, 2, 3), correction=0)
                variance, mean = (moment.cpu().double() for moment in moments)
                count = value.numel() // value.shape[1]
                total += count * torch.stack([mean, variance + mean**2, torch.ones_like(mean)])
        if not all(total[2].all() for total in sums):
            raise ValueError("there are no pictures to fit the standardisation on")
        for i, (first, second, count) in enumerate(sums):
            mean = first / count
            std = (second / count - mean**2).clamp(min=0).sqrt()
            std = std.clamp(min=max(float(std.max()) * STD_FLOOR, 1e-12))
            self.get_buffer(f"mean{i}").copy_(mean)
            self.get_buffer(f"std{i}").copy_(std)

    def standardisation(self) -> dict[str, Tensor]:
        """Returns copies of the means and standard deviations of all channels, by buffer name."""
        names = [f"{kind}{i}" for i in range(len(self.channels)) for kind in ("mean", "std")]
        return {name: self.get_buffer(name).clone() for name in names}

    def load_standardisation(self, values: dict[str, Tensor]) -> None:
        """Restores the values that `standardisation` returned."""
        for name, value in values.items():
            self.get_buffer(name).copy_(value)

    def _row(self, name: str) -> Tensor:
        return self.get_buffer(name).view(1, -1, 1, 1)


def load_teacher(
    id: str,
    cache_dir: Path,
    teacher_dir: Path | None,
    *,
    tap: str = "relu",
    progress: Callable[[str, int, int], None] | None = None,
    expected: str | None = None,
) -> Teacher:
    """Returns a teacher with its weights, which are downloaded first if necessary.

    Args:
        id: Key of `TEACHER_SPECS`.
        cache_dir: The app's cache folder, where weights are kept.
        teacher_dir: Folder with weights that the user put there, or None.
        tap: `relu` or `conv`, see `Teacher`.
        progress: Called during a download with (source, bytes done, bytes in total or 0).
        expected: Fingerprint of the weights that a checkpoint requires; None accepts any.

    Raises:
        WeightsError: The weights are not available from any source.
    """
    tensors, metadata = read_weights(ensure(id, cache_dir, teacher_dir, progress, expected=expected))
    return Teacher(id, tensors, tap, metadata.get("source", ""))
