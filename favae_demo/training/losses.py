"""The loss of the report (section 5.2): squared errors of image and features, and the KL term, as sums.

Sums over batch, channels and pixels, not means: one image has 49,152 pixel values, 917,504 feature values and 100
latents, and the KL weight of 1 belongs to that balance.
"""

from collections.abc import Mapping, Sequence

import torch.nn.functional as F
from torch import Tensor

from favae_demo.config.train_config import TrainConfig
from favae_demo.model.favae import Output
from favae_demo.model.term_names import layer_names

KL = "kl"


def loss_terms(
    output: Output, target: Tensor, features: Sequence[Tensor], foreground: Tensor | None = None
) -> dict[str, Tensor]:
    """Returns the terms of the loss, each a sum over the whole batch.

    Args:
        output: What the model rebuilt.
        target: N×3×H×W in [0, 1].
        features: The teacher's standardised features, finest first.
        foreground: N×1×H×W in {0, 1}; errors where it is 0 do not count. None counts all.

    Returns:
        Scalars by name: `pixels`, `layer1`…, `kl`.
    """
    terms = {"pixels": _squared_error(output.image, target, foreground)}
    for name, guess, truth in zip(layer_names(len(features)), output.features, features, strict=True):
        terms[name] = _squared_error(guess, truth, foreground)
    terms[KL] = 0.5 * (output.log_variance.exp() + output.mean**2 - 1 - output.log_variance).sum()
    return terms


def total_loss(terms: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """Returns L = Σ squared errors + α·KL: the sum of all terms, each times its weight (1 by default)."""
    first, *others = (value * weights.get(name, 1.0) for name, value in terms.items())
    return sum(others, start=first)


def term_weights(config: TrainConfig, features: Sequence[Tensor]) -> dict[str, float]:
    """Returns the weights of the terms: α of the KL term, and with `config.balance_layers` those that make the layers count alike.

    A layer's sum grows with its size: without weights the finest, whose receptive field is smallest, counts most.
    """
    weights = {KL: config.kl_weight}
    if config.balance_layers and features:
        sizes = [layer[0].numel() for layer in features]
        names = layer_names(len(sizes))
        weights |= {name: sum(sizes) / len(sizes) / size for name, size in zip(names, sizes, strict=True)}
    return weights


def _squared_error(guess: Tensor, truth: Tensor, foreground: Tensor | None) -> Tensor:
    if foreground is None:
        return F.mse_loss(guess, truth, reduction="sum")
    height, width = guess.shape[-2:]
    weight = F.adaptive_avg_pool2d(foreground, (height, width))
    return (weight * (guess - truth) ** 2).sum()
