"""The loss of the report (section 5.2): squared errors of picture and features, and the KL term, as sums.

Sums over batch, channels and pixels, not means: one picture has 49,152 pixel values, 917,504 feature values and 100
latents, and the KL weight of 1 belongs to that balance.
"""

from collections.abc import Mapping, Sequence

import torch.nn.functional as F
from torch import Tensor

from favae_demo.model.favae import Output
from favae_demo.model.terms import layer_names

KL = "kl"


def loss_terms(
    output: Output, target: Tensor, features: Sequence[Tensor], foreground: Tensor | None = None
) -> dict[str, Tensor]:
    """The terms of the loss, each a sum over the whole batch.

    Args:
        output: What the model rebuilt.
        target: N×3×H×W in [0, 1].
        features: The teacher's standardised features, finest first.
        foreground: N×1×H×W in {0, 1}; what is 0 does not count. None counts everything.

    Returns:
        Scalars by name: `pixels`, `layer1`…, `kl`.
    """
    terms = {"pixels": _squared_error(output.picture, target, foreground)}
    for name, guess, truth in zip(layer_names(len(features)), output.features, features, strict=True):
        terms[name] = _squared_error(guess, truth, foreground)
    terms[KL] = 0.5 * (output.log_variance.exp() + output.mean**2 - 1 - output.log_variance).sum()
    return terms


def total_loss(terms: Mapping[str, Tensor], kl_weight: float) -> Tensor:
    """L = Σ squared errors + α·KL."""
    return sum(value * kl_weight if name == KL else value for name, value in terms.items())


def _squared_error(guess: Tensor, truth: Tensor, foreground: Tensor | None) -> Tensor:
    if foreground is None:
        return F.mse_loss(guess, truth, reduction="sum")
    weight = F.adaptive_avg_pool2d(foreground, guess.shape[-2:])
    return (weight * (guess - truth) ** 2).sum()
