"""Results of a batch on disk, a few files for each image, from which its detection can be restored with another threshold.

A thousand images take about 100 MB on disk, and no memory.
"""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np

from favae_demo.core.files import atomic_path
from favae_demo.data.io.images import decode
from favae_demo.detection.batch.judge import JudgedFile, Scale
from favae_demo.scoring.detection import Detection
from favae_demo.scoring.regions import find_regions

PREFIX = "batch-"
KEPT_SECONDS = 24 * 3600
SIDE, THUMBNAIL_SIDE = 640, 96  # pixels of the longer side
_QUALITY = (cv2.IMWRITE_JPEG_QUALITY, 90)


@dataclass(frozen=True)
class BatchFolder:
    """The folder of one batch; its name cannot be guessed.

    Attributes:
        path: The folder.
    """

    path: Path

    @classmethod
    def new(cls, results: Path) -> "BatchFolder":
        """Creates an empty folder within the folder of results, and removes those older than a day.

        Raises:
            OSError: The folder cannot be created.
        """
        remove_old_batches(results)
        path = results / f"{PREFIX}{uuid4().hex}"
        path.mkdir(parents=True)
        return cls(path)

    def thumbnail(self, number: int) -> Path:
        """Returns the path of a row's thumbnail."""
        return self.path / f"{number:06}-small.jpg"

    def keep(self, judged: JudgedFile) -> None:
        """Saves what `detection` needs of one image.

        Raises:
            OSError: The files cannot be written, as on a full disk.
        """
        detection, number = judged.detection, judged.row.number
        if detection is None:
            return
        _write(self.thumbnail(number), _fit(detection.image, THUMBNAIL_SIDE))
        _write(self._image(number), _fit(detection.image, SIDE))
        _write(self._rebuilt(number), detection.reconstruction)
        with self._map(number).open("wb") as file:
            np.save(file, detection.map)

    def detection(
        self,
        number: int,
        score: float,
        scale: Scale,
        rate: float,
        name: str = "",
        unlike: tuple[str, ...] = (),
    ) -> Detection:
        """Restores a saved detection at one of the rates; its image has at most 640 pixels on the longer side. No model runs.

        Args:
            number: Number of the row.
            score: Score of the row.
            scale: Rates and thresholds of the batch.
            rate: One of the scale's rates.
            name: Name of the image.
            unlike: Why the row is not judged.

        Raises:
            FavaeError, OSError: The files have been removed.
        """
        index, score_map = scale.rates.index(rate), np.load(self._map(number))
        threshold = scale.pixel_thresholds[index]
        return Detection(
            image=decode(self._image(number)),
            reconstruction=decode(self._rebuilt(number)),
            maps={"combined": score_map},
            foreground=np.ones(score_map.shape, bool),  # masked pixels are 0 in the saved map
            score=score,
            threshold=scale.thresholds[index],
            pixel_threshold=threshold,
            regions=find_regions(score_map, threshold),
            map_thresholds={"combined": threshold},
            name=name,
            support=scale.support[index],
            unlike=unlike,
        )

    def _image(self, number: int) -> Path:
        return self.path / f"{number:06}.jpg"

    def _rebuilt(self, number: int) -> Path:
        return self.path / f"{number:06}-rebuilt.jpg"

    def _map(self, number: int) -> Path:
        return self.path / f"{number:06}.npy"


def remove_old_batches(results: Path, seconds: float = KEPT_SECONDS) -> None:
    """Removes the folders of batches that have not changed for this many seconds."""
    for folder in results.glob(f"{PREFIX}*") if results.is_dir() else ():
        if folder.stat().st_mtime < time.time() - seconds:
            shutil.rmtree(folder, ignore_errors=True)


def _fit(image: np.ndarray, side: int) -> np.ndarray:
    """Returns the image, shrunk if its longer side has more than `side` pixels."""
    factor = side / max(image.shape[:2])
    if factor >= 1:
        return image
    size = max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _write(path: Path, image: np.ndarray) -> None:
    done, encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), _QUALITY)
    if not done:
        raise ValueError(f"A picture of shape {image.shape} cannot be written.")
    with atomic_path(path) as temporary:
        temporary.write_bytes(encoded.tobytes())
