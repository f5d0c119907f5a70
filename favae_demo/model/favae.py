"""The feature-augmented VAE (Dehaene & Eline 2020, arXiv 2008.05369; report chapter 5)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from favae_demo.config.train_config import TrainConfig, reduction
from favae_demo.model import losses
from favae_demo.model.network import MethodNetwork
from favae_demo.model.vae import Decoder, Encoder, FeatureEncoder


@dataclass(frozen=True)
class Output:
    """Output of one forward pass.

    Attributes:
        image: Reconstruction, N×3×h×w in [0, 1].
        features: Predictions of the teacher's features, finest layer first; empty for the plain VAE.
        mean: Mean of the latent distribution, N×latent×side×side; with a spatial code one place for each 16×16 pixels of the reconstruction.
        log_variance: Logarithm of its variance, of the same shape.
    """

    image: Tensor
    features: list[Tensor]
    mean: Tensor
    log_variance: Tensor


class Favae(MethodNetwork):
    """A VAE whose decoder also predicts the features of a frozen teacher, with one adapter for each decoder tap.

    Args:
        teacher_channels: Channels of the teacher's feature maps, finest layer first; empty for the plain VAE.
        latent: Channels of the latent code.
        width: Factor on the channels of every layer; 1 is the report's network.
        narrow_adapters: See `adapter`.
        latent_side: Height and width of the latent code, 1 or 8; 1 is the report's.
        from_features: Whether the encoder's input is the teacher's features instead of the image.

    Raises:
        ValueError: The number of the teacher's layers is not that of the decoder's taps.
    """

    def __init__(
        self,
        teacher_channels: Sequence[int] = (),
        latent: int = 100,
        width: float = 1.0,
        *,
        narrow_adapters: bool = False,
        latent_side: int = 1,
        from_features: bool = False,
    ):
        super().__init__()
        self.from_features = from_features
        self.code_shape = (
            latent,
            latent_side,
            latent_side,
        )  # of a picture of 128×128, or of the crops that larger ones are trained on
        self.encoder = (
            FeatureEncoder(teacher_channels, latent, width, latent_side)
            if from_features
            else Encoder(latent, width, latent_side)
        )
        self.decoder = Decoder(latent, width, latent_side)
        taps = self.decoder.tap_channels
        if len(teacher_channels) not in (0, len(taps)):
            raise ValueError(f"The decoder has {len(taps)} taps, the teacher {len(teacher_channels)} layers.")
        pairs = zip(taps, teacher_channels, strict=False)
        self.adapters = nn.ModuleList(
            adapter(tap, channels, narrow=narrow_adapters) for tap, channels in pairs
        )

    @classmethod
    def from_config(cls, config: TrainConfig, teacher_channels: Sequence[int]) -> "Favae":
        """Returns the network that a training's settings describe, with random weights."""
        return cls(
            teacher_channels,
            config.latent,
            config.width,
            narrow_adapters=config.narrow_adapters,
            latent_side=config.latent_side,
            from_features=config.encoder == "features",
        )

    def forward(self, x: Tensor, features: Sequence[Tensor] = (), noise: Tensor | None = None) -> Output:
        """Reconstructs images and predicts the teacher's features.

        Args:
            x: Images, N×3×h×w in [0, 1]; 128×128 unless `latent_side` is 8.
            features: The teacher's standardised features, finest layer first; used only by a model with `from_features`.
            noise: ε of the reparameterisation z = μ + ε·σ, of the shape of μ; None decodes the mean, as in detection.
        """
        mean, log_variance = self.encoder(features if self.from_features else x)
        z = mean if noise is None else mean + noise * torch.exp(0.5 * log_variance)
        image, taps = self.decoder(z)
        predictions = [adapt(tap) for adapt, tap in zip(self.adapters, taps, strict=False)]
        return Output(image, predictions, mean, log_variance)

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """See `MethodNetwork.draw`: ε of the reparameterisation."""
        return torch.randn(count, *self.code_shape, generator=generator)

    def loss_terms(
        self, output: Output, x: Tensor, features: Sequence[Tensor], foreground: Tensor | None = None
    ) -> dict[str, Tensor]:
        """See `MethodNetwork.loss_terms`."""
        return losses.loss_terms(output, x, features, foreground)

    def term_weights(self, config: TrainConfig, features: Sequence[Tensor]) -> dict[str, float]:
        """See `MethodNetwork.term_weights`."""
        return losses.term_weights(config, features)

    def residuals(
        self, x: Tensor, features: Sequence[Tensor], *, centre: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """See `MethodNetwork.residuals`: reconstruction minus truth, of the pixels and of each layer of features."""
        output = self(x, features)
        return output.image, residuals(output, x, features, centre=centre)


def residuals(
    output: Output, target: Tensor, features: Sequence[Tensor], *, centre: bool = False
) -> list[Tensor]:
    """Returns reconstruction minus target, one tensor for each term.

    Args:
        output: The model's reconstruction of the image and the features.
        target: The image, N×3×H×W in [0, 1].
        features: The teacher's standardised features, finest first.
        centre: Whether each channel's mean over the image is subtracted. This is for textures, whose exact position the model cannot
            predict; an error that is the same at all positions cannot locate a defect.

    Returns:
        The pixels' residual, then one for each feature layer, each N×C×H×W.
    """
    pairs = zip((output.image, *output.features), (target, *features), strict=True)
    differences = [reconstruction - truth for reconstruction, truth in pairs]
    if not centre:
        return differences
    return [difference - difference.mean((2, 3), keepdim=True) for difference in differences]


def to_map_size(x: Tensor) -> Tensor:
    """Reduces images N×3×H×W to the size that the model reconstructs, by averaging areas; see `train_config.reduction`."""
    factor = reduction(min(x.shape[-2:]))
    return x if factor == 1 else F.avg_pool2d(x, factor)


def adapter(tap_channels: int, teacher_channels: int, *, narrow: bool = False) -> nn.Sequential:
    """Returns two 1×1 convolutions with a ReLU between them, from N×tap_channels×H×W to N×teacher_channels×H×W.

    Args:
        tap_channels: Channels of the decoder's layer.
        teacher_channels: Channels of the teacher's layer.
        narrow: Whether the hidden layer has as many channels as the decoder's layer instead of the teacher's. At width 1 these
            numbers are equal; in a compact network a training step becomes faster, because most of its work is in the adapters.
    """
    hidden = tap_channels if narrow else teacher_channels
    return nn.Sequential(
        nn.Conv2d(tap_channels, hidden, 1),
        nn.ReLU(inplace=True),
        nn.Conv2d(hidden, teacher_channels, 1),
    )
