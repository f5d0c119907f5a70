"""Verdicts of several calibrations of one network on the same images; the network runs once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from favae_demo.data.image_properties import image_properties
from favae_demo.data.transforms.grey import without_colour
from favae_demo.detection.calibration.calibrate import foregrounds
from favae_demo.detection.calibration.passes import Network
from favae_demo.detection.recalibration import GoodImages
from favae_demo.scoring.calibration import Calibration, good_scores
from favae_demo.scoring.detection import DEFECT, GOOD, NOT_JUDGED
from favae_demo.scoring.likeness import ANY_PART, compare
from favae_demo.scoring.thresholds import DEFAULT_FALSE_ALARM_RATE


@dataclass(frozen=True)
class Outcome:
    """What a model says of some images.

    Attributes:
        pictures: Number of images.
        called: How many are called defect.
        unjudged: How many are not judged.
    """

    pictures: int
    called: int
    unjudged: int = 0

    @classmethod
    def of(cls, verdicts: Sequence[str]) -> "Outcome":
        """Counts verdicts."""
        return cls(len(verdicts), verdicts.count(DEFECT), verdicts.count(NOT_JUDGED))


@torch.inference_mode()
def verdicts(
    network: Network,
    calibrations: Sequence[Calibration],
    given: GoodImages,
    *,
    rate: float = DEFAULT_FALSE_ALARM_RATE,
    progress: Callable[[int, int], None] | None = None,
) -> list[list[str]]:
    """Returns the verdicts of each calibration on images, as a detector with it gives them.

    Args:
        network: The network.
        calibrations: Several calibrations of it.
        given: The images.
        rate: False-alarm rate that sets the thresholds, in (0, 1).
        progress: Called with the images done and in all.
    """
    masked = network.config.mask_score
    verdicts_of: list[list[str]] = [[] for _ in calibrations]
    for start in range(0, len(given.images), network.batch):
        images = given.images[start : start + network.batch]
        passes = {
            grey: list(network.run(without_colour(images) if grey else images))
            for grey in {one.grey for one in calibrations}
        }
        parts = foregrounds(images, network.config)
        parts = parts if masked else np.ones_like(parts)
        properties = [
            image_properties(*one)
            for one in zip(images, given.sizes[start : start + len(images)], strict=True)
        ]
        for calibration, verdicts_so_far in zip(calibrations, verdicts_of, strict=True):
            maps = np.concatenate(
                list(network.maps_of(calibration, passes[calibration.grey], images.shape[1:3]))
            )
            known = calibration.good(masked)
            threshold, floor = known.threshold(rate).value, known.floor()
            scores = good_scores(maps, parts, calibration).images
            for score, own, one in zip(scores, maps, properties, strict=True):
                named = {name: own[i] / scale for i, (name, scale) in enumerate(calibration.scales.items())}
                far = calibration.far_share(named)
                unlike, _ = compare(one, calibration.ranges or ANY_PART, far)
                verdicts_so_far.append(
                    NOT_JUDGED if unlike or score < floor else DEFECT if score > threshold else GOOD
                )
        if progress:
            progress(start + len(images), len(given.images))
    return verdicts_of
