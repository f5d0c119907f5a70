"""What a limit means for good parts to come: of a thousand, how many are called defect, and how sure that is."""

from dataclasses import dataclass

from favae_demo.scoring.thresholds import Support

CERTAINTY = 0.9  # of the interval
PARTS = 1000
SAID = "Of 1,000 good parts, about {expected} are called defect at this limit ({certainty} % certain: {low} to {high})."
FEW = "Of 1,000 good parts, about {expected} or fewer are called defect at this limit, but {images} good pictures cannot tell exactly ({certainty} % certain: up to {high})."
LEFT_OUT = " It leaves out {left_out} suspicious {pictures}; should {they} be good after all, it is about {otherwise} of 1,000."


@dataclass(frozen=True)
class Coverage:
    """Share of good parts that a threshold calls defect.

    Attributes:
        expected: Mean share, in [0, 1].
        low: Lower end of the interval that holds the true share with a probability of `CERTAINTY`.
        high: Its upper end.
        otherwise: Mean share if all images that were left out are good.
    """

    expected: float
    low: float
    high: float
    otherwise: float


def coverage(support: Support) -> Coverage | None:
    """Returns the share of good parts above a threshold; None for one that good images do not set.

    The share of new scores above the k-th lowest of n exchangeable ones has the distribution Beta(n + 1 − k, k) (Vovk 2012). A threshold
    above all of them calls defect at most what the highest one does.

    Args:
        support: The good images behind the threshold.
    """
    from scipy.special import betaincinv  # late: the page opens without it

    if not support.rank:
        return None
    images, rank = support.images, support.rank
    low, high = betaincinv(images + 1 - rank, rank, ((1 - CERTAINTY) / 2, (1 + CERTAINTY) / 2)).tolist()
    every = images + support.left_out
    return Coverage((images + 1 - rank) / (images + 1), low, high, (every + 1 - rank) / (every + 1))


def coverage_sentence(support: Support) -> str:
    """Returns what a threshold means for 1,000 good parts, one or two sentences; empty for one that good images do not set."""
    known = coverage(support)
    if known is None:
        return ""
    sentence = (SAID if support.is_enough else FEW).format(
        expected=_of_parts(known.expected),
        low=_of_parts(known.low),
        high=_of_parts(known.high),
        images=support.images,
        certainty=round(100 * CERTAINTY),
    )
    if not support.left_out:
        return sentence
    several = support.left_out > 1
    return sentence + LEFT_OUT.format(
        left_out=support.left_out,
        pictures="pictures" if several else "picture",
        they="they" if several else "it",
        otherwise=_of_parts(known.otherwise),
    )


def _of_parts(share: float) -> int:
    return round(PARTS * share)
