"""Kept pictures: all defects, all that are not judged, and a sample of the good ones, deleted by age and size."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from favae_demo.core.errors import DataError
from favae_demo.core.file_names import portable_name
from favae_demo.core.files import atomic_path
from favae_demo.line.verdict_record import VerdictRecord
from favae_demo.scoring.detection import DEFECT, GOOD, NOT_JUDGED

QUALITY = 92  # of JPEG: scratches of a pixel stay visible
PRUNE_EVERY = 200  # pictures
SUFFIX = ".jpg"


class PictureStore:
    """Writes pictures below a folder, `DAY/VERDICT/SOURCE-ID.jpg`.

    Args:
        folder: Where they lie.
        keep_days: Age after which they are deleted.
        most_bytes: Size of all after which the oldest are deleted.
        good_every: Of the good ones of a source each so-many-th is kept; 0 keeps none.
    """

    def __init__(self, folder: Path, *, keep_days: float, most_bytes: int, good_every: int):
        self.folder, self.keep_days, self.most_bytes = folder, keep_days, most_bytes
        self.good_every = good_every
        self._good: Counter[str] = Counter()
        self._written = 0

    def keep(self, record: VerdictRecord, image: np.ndarray) -> VerdictRecord:
        """Writes the picture if it is to be kept, and returns the record with its path.

        The name comes from the record's id, so the same picture judged again after a crash replaces itself.

        Args:
            record: The verdict.
            image: H×W×3 uint8 RGB.
        """
        if not self._is_wanted(record):
            return record
        name = portable_name("".join(c if c.isalnum() else "_" for c in record.source), 60)
        path = self.folder / record.time[:10] / record.verdict / f"{name}-{record.id}{SUFFIX}"
        with atomic_path(path) as temporary:
            temporary.write_bytes(jpeg(image))
        self._written += 1
        if self._written % PRUNE_EVERY == 0:
            self.prune()
        return replace(record, picture=str(path))

    def prune(self, now: datetime | None = None) -> int:
        """Deletes pictures that are too old, then the oldest until the rest is small enough; returns their number."""
        oldest = (now or datetime.now(UTC)) - timedelta(days=self.keep_days)
        pictures = sorted(_pictures(self.folder))
        kept, size = 0, sum(item[1] for item in pictures)
        for changed, length, path in pictures:
            if changed >= oldest.timestamp() and size <= self.most_bytes:
                kept += 1
                continue
            size -= length
            path.unlink(missing_ok=True)
        _remove_empty(self.folder)
        return len(pictures) - kept

    def _is_wanted(self, record: VerdictRecord) -> bool:
        if record.verdict != GOOD:
            return record.verdict in (DEFECT, NOT_JUDGED)
        self._good[record.source] += 1
        return self.good_every > 0 and (self._good[record.source] - 1) % self.good_every == 0


def jpeg(image: np.ndarray) -> bytes:
    """Returns an image (H×W×3 uint8 RGB) as the bytes of a JPEG file.

    Raises:
        DataError: The image is too large for JPEG.
    """
    if max(image.shape[:2]) > 65_500:
        raise DataError("The picture is too large to be kept; choose a smaller region of interest.")
    _, data = cv2.imencode(
        SUFFIX, cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    return data.tobytes()


def _pictures(folder: Path) -> list[tuple[float, int, Path]]:
    """Returns time of change, size and path of each picture; what is deleted meanwhile is left out."""
    pictures = []
    for path in folder.glob(f"*/*/*{SUFFIX}"):
        with suppress(FileNotFoundError):
            status = path.stat()
            pictures.append((status.st_mtime, status.st_size, path))
    return pictures


def _remove_empty(folder: Path) -> None:
    for path in sorted(folder.glob("**/"), reverse=True):
        with suppress(OSError):  # not empty
            if path != folder:
                path.rmdir()
