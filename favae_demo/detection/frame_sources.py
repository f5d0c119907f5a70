"""Sources of the frames of a stream: a video file, a list of images, a camera."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from favae_demo.core.errors import DataError, ImageError
from favae_demo.data.io.formats import KINDS
from favae_demo.data.io.images import MAX_PIXELS, decode
from favae_demo.data.io.levels import TYPE_LEVELS, Levels

LONGEST_SIDE = 768  # pixels; nothing is drawn larger, so larger frames are shrunk to save memory
USUAL_FPS = 25.0  # for a video without a plausible frame rate


@dataclass(frozen=True)
class Frame:
    """One image of a stream, H×W×3 uint8 RGB, and the name of its source."""

    image: np.ndarray
    name: str = ""


class FrameSource(Protocol):
    """Gives the frames of a stream."""

    def at(self, seconds: float) -> Frame | None:
        """Returns the frame that is due after so many seconds of playing, or None if it has been returned already."""

    def close(self) -> None:
        """Closes files."""


class VideoSource:
    """A video file at its own speed, in a loop; frames that come due between two calls are skipped.

    Args:
        path: The file.
        max_pixels: Largest width × height of a frame.

    Raises:
        ImageError: The file cannot be read as a video, or its frames are too large.
    """

    def __init__(self, path: Path, *, max_pixels: int = MAX_PIXELS):
        self._path, self._max_pixels = path, max_pixels
        trial = self._opened()
        if not trial.grab():  # a container may open without holding a frame
            raise ImageError(_unreadable(path))
        trial.release()
        self._capture = self._opened()
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 1 <= fps <= 240 else USUAL_FPS
        self._taken = 0  # frames read from the file, in all repetitions

    def at(self, seconds: float) -> Frame | None:
        """See `FrameSource.at`."""
        wanted = int(seconds * self.fps) + 1
        if wanted <= self._taken:
            return None
        while self._taken < wanted:
            if not self._capture.grab():
                self._capture.release()
                self._capture = self._opened()
                if not self._capture.grab():
                    raise ImageError(_unreadable(self._path))
            self._taken += 1
        read, image = self._capture.retrieve()
        if not read:
            raise ImageError(_unreadable(self._path))
        return Frame(_shrunk(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)), self._path.name)

    def close(self) -> None:
        """See `FrameSource.close`."""
        self._capture.release()

    def _opened(self) -> cv2.VideoCapture:
        """Opens the file at its beginning."""
        capture = cv2.VideoCapture(str(self._path))
        if not capture.isOpened():
            raise ImageError(_unreadable(self._path))
        size = capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if size > self._max_pixels:
            raise ImageError(f"The frames of {self._path.name!r} are too large for this server.")
        return capture


class ImagesSource:
    """Image files in a loop, at a given rate; none is skipped, however slow the detection is.

    A file that cannot be read as an image is left out and listed in `unreadable`.

    Args:
        paths: The images.
        pace: Images per second; may be changed at any time.
        max_pixels: Largest width × height of an image.
        levels: Black and white level of images with more than 8 bits; those of the model.

    Raises:
        DataError: `paths` is empty.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        pace: float,
        *,
        max_pixels: int = MAX_PIXELS,
        levels: Levels = TYPE_LEVELS,
    ):
        if not paths:
            raise DataError("There are no pictures to play. Choose a folder with PNG or JPEG pictures.")
        self._paths, self._max_pixels, self.pace = list(paths), max_pixels, pace
        self._levels = levels
        self._next, self._due = 0, 0.0
        self._unreadable: set[Path] = set()

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Names of the files, of those tried so far, that cannot be read as images."""
        return tuple(sorted(path.name for path in self._unreadable))

    def at(self, seconds: float) -> Frame | None:
        """See `FrameSource.at`.

        Raises:
            ImageError: None of the files can be read.
        """
        if seconds < self._due:
            return None
        self._due = max(self._due + 1 / self.pace, seconds)
        for _ in self._paths:
            path = self._paths[self._next % len(self._paths)]
            self._next += 1
            try:
                return Frame(_shrunk(decode(path, self._levels, max_pixels=self._max_pixels)), path.name)
            except ImageError:
                self._unreadable.add(path)
        raise ImageError(f"None of these files can be read as a picture. Choose {KINDS} pictures.")

    def close(self) -> None:
        """Does nothing, since no file is open."""


class CameraSource:
    """Single frames from a camera, of which only the newest is kept."""

    def __init__(self) -> None:
        self._newest: Frame | None = None
        self._lock = threading.Lock()

    def offer(self, image: np.ndarray) -> None:
        """Stores a frame, H×W×3 uint8 RGB; it replaces one that has not been taken yet."""
        with self._lock:
            self._newest = Frame(_shrunk(image), "camera")

    def at(self, seconds: float) -> Frame | None:
        """See `FrameSource.at`."""
        with self._lock:
            newest, self._newest = self._newest, None
        return newest

    def close(self) -> None:
        """Does nothing, since the camera belongs to the browser."""


def _shrunk(image: np.ndarray) -> np.ndarray:
    scale = LONGEST_SIDE / max(image.shape[:2])
    return image if scale >= 1 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _unreadable(path: Path) -> str:
    return (
        f"{path.name!r} cannot be read as a video; it is damaged, or in a format that is not known here. "
        "MP4 (H.264), WebM and AVI work."
    )
