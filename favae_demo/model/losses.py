"""The loss of the report (section 5.2): squared errors of image and features, and the KL divergence.

All terms are sums over batch, channels and pixels, not means. One image has 49,152 pixel values, 917,504 feature values and 100 latent
values, and the KL weight of 1 applies to this balance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch.nn.functional as F
from torch import Tensor

from favae_demo.config.term_names import layer_names
from favae_demo.config.train_config import TrainConfig

if TYPE_CHECKING:
    from favae_demo.model.favae import Output

KL = "kl"


def loss_terms(
    output: Output, target: Tensor, features: Sequence[Tensor], foreground: Tensor | None = None
) -> dict[str, Tensor]:
    """Returns the terms of the loss, each a sum over the whole batch.

    Args:
        output: Output of the model.
        target: Images, N×3×H×W in [0, 1].
        features: The teacher's standardised features, finest layer first.
        foreground: Mask, N×1×H×W in {0, 1}; errors where it is 0 do not count. None counts all errors.

    Returns:
        Scalars by name: `pixels`, `layer1`…, `kl`.
    """
    terms = {"pixels": _squared_error(output.image, target, foreground)}
    for name, prediction, truth in zip(layer_names(len(features)), output.features, features, strict=True):
        terms[name] = _squared_error(prediction, truth, foreground)
    terms[KL] = 0.5 * (output.log_variance.exp() + output.mean**2 - 1 - output.log_variance).sum()
    return terms


def total_loss(terms: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """Returns the loss L = Σ squared errors + α·KL: the sum of all terms, each multiplied by its weight (1 by default)."""
    first, *others = (value * weights.get(name, 1.0) for name, value in terms.items())
    return sum(others, start=first)


def term_weights(config: TrainConfig, features: Sequence[Tensor]) -> dict[str, float]:
    """Returns the weights of the terms: α of the KL term, and with `config.balance_layers` weights that balance the feature layers.

    The sum of a layer grows with its size, so without weights the finest layer, which has the smallest receptive field, dominates.
    """
    weights = {KL: config.kl_weight}
    if config.balance_layers and features:
        sizes = [layer[0].numel() for layer in features]
        names = layer_names(len(sizes))
        weights |= {name: sum(sizes) / len(sizes) / size for name, size in zip(names, sizes, strict=True)}
    return weights


def masked_sum(values: Tensor, foreground: Tensor | None) -> Tensor:
    """Returns the sum of values N×C×h×w, each weighted by the share of its place that is foreground."""
    if foreground is None:
        return values.sum()
    height, width = values.shape[-2:]
    return (F.adaptive_avg_pool2d(foreground, (height, width)) * values).sum()


def _squared_error(prediction: Tensor, truth: Tensor, foreground: Tensor | None) -> Tensor:
    """Returns the sum of squared errors, weighted by the foreground's share of each feature pixel."""
    if foreground is None:
        return F.mse_loss(prediction, truth, reduction="sum")
    return masked_sum((prediction - truth) ** 2, foreground)
