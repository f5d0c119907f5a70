"""What the model missed: residuals by term, and their usual size."""

from collections.abc import Sequence

from torch import Tensor

from favae_demo.model.favae import Output

CHANNEL_FLOOR = 0.01  # of the mean over a term's channels


def residuals(
    output: Output, target: Tensor, features: Sequence[Tensor], *, centre: bool = False
) -> list[Tensor]:
    """What the model missed, one tensor a term: pixels first, then the feature layers, each N×C×H×W.

    Args:
        output: What the model rebuilt.
        target: N×3×S×S in [0, 1].
        features: The teacher's standardised features, finest first.
        centre: Whether each channel's mean over the picture is taken out: a shift that the whole picture shares has no place, so
            it cannot locate a defect. For textures, whose position the model cannot know.
    """
    pairs = zip((output.picture, *output.features), (target, *features), strict=True)
    missed = [guess - truth for guess, truth in pairs]
    return [one - one.mean((2, 3), keepdim=True) for one in missed] if centre else missed


def channel_variances(missed: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    """Mean square of each channel's residual over held-out good pictures, one vector a term.

    With these as divisors a map is the negative log likelihood of a normal distribution with a variance of its own for each channel. A
    channel that is almost never wrong is not trusted below a hundredth of its term's mean.

    Args:
        missed: What `residuals` gave for each batch.
    """
    found = []
    for parts in zip(*missed, strict=True):
        count = sum(part.numel() // part.shape[1] for part in parts)
        mean = sum((part.double() ** 2).sum((0, 2, 3)) for part in parts) / count
        found.append(mean.clamp(min=max(float(mean.mean()) * CHANNEL_FLOOR, 1e-12)).float())
    return found
