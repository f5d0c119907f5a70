"""Detection on many images by one model, as an iterator that keeps no image in memory.

The batch size is 1: batches of eight take as long (61 and 60 ms for each image on two cores), and a single image gets exactly the score
that the Detect tab and the command line show for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from favae_demo.core.errors import ImageError
from favae_demo.data.io.image_stream import Given
from favae_demo.data.io.images import MAX_PIXELS, read_image
from favae_demo.detection.drift import Drift, Usual, find_drifts, signals, usual_signals
from favae_demo.scoring.detection import DEFECT, GOOD, NOT_JUDGED, Detection
from favae_demo.scoring.multiples import multiple
from favae_demo.scoring.regions import find_regions
from favae_demo.scoring.thresholds import ENOUGH, Support

if TYPE_CHECKING:
    from favae_demo.detection.detector import Detector  # torch: not before it is needed


@dataclass(frozen=True)
class BatchRow:
    """The result for one file, for every rate of a scale.

    Attributes:
        number: Position of the file in the input, from 1.
        name: Path of the file within its folder or archive.
        score: Image score on the model's scale; None if the file is not an image.
        areas: Area of the largest region as a share of the image, for each rate.
        milliseconds: Time of decoding and detection.
        reason: Why there is no score, or remarks on how the image was read; usually empty.
        unlike: Why the image is not judged although it has a score, a sentence each; see `Detection.reasons`.
        signals: See `drift.signals`; empty if the file is not an image.
    """

    number: int
    name: str
    score: float | None = None
    areas: tuple[float, ...] = ()
    milliseconds: float = 0.0
    reason: str = ""
    unlike: tuple[str, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)

    @property
    def remark(self) -> str:
        """All that is to be said of the file."""
        return " ".join(filter(None, (*self.unlike, self.reason)))


@dataclass(frozen=True)
class BatchVerdict:
    """The verdict on a row at one false-alarm rate.

    Attributes:
        row: The row.
        threshold: Threshold of the image score.
        area: Area of the largest region as a share of the image, in [0, 1].
        support: The good images behind the threshold.
    """

    row: BatchRow
    threshold: float
    area: float
    support: Support = ENOUGH

    @property
    def verdict(self) -> str:
        """`defect`, `good` or `not judged`."""
        if self.row.score is None or self.row.unlike:
            return NOT_JUDGED
        return DEFECT if self.row.score > self.threshold else GOOD

    @property
    def multiple(self) -> float | None:
        """The score as a multiple of the threshold; None if there is no score."""
        return None if self.row.score is None else multiple(self.row.score, self.threshold)


@dataclass(frozen=True)
class Scale:
    """False-alarm rates that can be chosen after the detection, with the model's thresholds for each.

    Attributes:
        rates: In (0, 1).
        thresholds: Threshold of the image score for each rate.
        pixel_thresholds: Threshold of the combined map for each rate.
        support: For each rate, the good images behind the threshold of the image score.
        usual: See `drift.usual_signals`.
    """

    rates: tuple[float, ...]
    thresholds: tuple[float, ...]
    pixel_thresholds: tuple[float, ...]
    support: tuple[Support, ...]
    usual: Mapping[str, Usual] = field(default_factory=dict)

    @classmethod
    def of(cls, detector: Detector, rates: Sequence[float]) -> Scale:
        """Returns the scale of a model."""
        thresholds = [detector.thresholds(rate) for rate in rates]
        return cls(
            tuple(rates),
            tuple(by_name["image"].value for by_name in thresholds),
            tuple(by_name["combined"].value for by_name in thresholds),
            tuple(by_name["image"].support for by_name in thresholds),
            usual_signals(detector),
        )

    def drifts(self, rows: Iterable[BatchRow]) -> list[Drift]:
        """Returns where rows in the order of the input differ from the good images as a series; see `find_drifts`."""
        return find_drifts(self.usual, ((row.name, row.signals) for row in rows if row.signals))

    def answers(self, rows: Iterable[BatchRow], rate: float) -> list[BatchVerdict]:
        """Returns the verdicts on rows at one of the rates; no model runs.

        Raises:
            ValueError: The rate is not one of the scale's.
        """
        index = self.rates.index(rate)
        return [
            BatchVerdict(
                row, self.thresholds[index], row.areas[index] if row.areas else 0.0, self.support[index]
            )
            for row in rows
        ]


@dataclass(frozen=True)
class JudgedFile:
    """The row of one file, the progress in [0, 1], and the detection, or None if the file is not an image."""

    row: BatchRow
    share: float
    detection: Detection | None


def judge(
    detector: Detector, scale: Scale, given: Iterable[Given], *, max_pixels: int = MAX_PIXELS
) -> Iterator[JudgedFile]:
    """Runs detection on files one after another; one that cannot be read gets a row with the reason.

    Args:
        detector: The model.
        scale: From `Scale.of` the same model; its first rate sets the thresholds of the detections.
        given: Files, as from `image_stream.images`.
        max_pixels: Largest width × height of an image that is decoded.
    """
    for number, file in enumerate(given, start=1):
        start = time.perf_counter()
        if file.content is None:
            yield JudgedFile(BatchRow(number, file.name, reason=file.reason), file.share, None)
            continue
        try:
            image = read_image(file.content, detector.levels, max_pixels=max_pixels)
        except ImageError as error:
            yield JudgedFile(BatchRow(number, file.name, reason=str(error)), file.share, None)
            continue
        detection = detector.detect([image], rate=scale.rates[0], names=[file.name])[0]
        milliseconds = 1000 * (time.perf_counter() - start)
        # Few good images make few thresholds, and several rates share one.
        areas = {limit: _largest_area(detection, limit) for limit in set(scale.pixel_thresholds)}
        remarks, unlike = " ".join(detection.remarks), detection.reasons
        row = BatchRow(
            number, file.name, detection.score, tuple(map(areas.__getitem__, scale.pixel_thresholds)),
            milliseconds, remarks, unlike, signals(detection),
        )  # fmt: skip
        yield JudgedFile(row, file.share, detection)


def _largest_area(detection: Detection, threshold: float) -> float:
    if detection.map.max() <= threshold:  # as on most good parts, at once
        return 0.0
    return max((region.area for region in find_regions(detection.map, threshold)), default=0.0)
