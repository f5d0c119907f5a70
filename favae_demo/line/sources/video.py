"""A video file: its pictures are judged in their order, each once, and none is dropped."""

import time
from pathlib import Path

import cv2

from favae_demo.data.io.images import DecodedImage
from favae_demo.line.sources import Shot, SourceError, Surroundings, crop
from favae_demo.line.sources.capture import open_video
from favae_demo.line.sources.trigger import PictureTrigger, TriggerOptions
from favae_demo.line.spool import Mark


class VideoOptions(TriggerOptions):
    """Settings of the source `video`; milliseconds are those of the video.

    Attributes:
        path: The file.
    """

    path: Path


class VideoFileSource:
    """Gives the pictures of a video file as fast as the model takes them.

    Args:
        options: Which of them.
        around: What it is opened with.
    """

    dropped = 0

    def __init__(self, options: VideoOptions, around: Surroundings):
        self.problem, self.is_over = "", False
        self._options, self._around = options, around
        self._trigger = PictureTrigger(options)
        self._capture: cv2.VideoCapture | None = None
        self._state = ""  # size and time of change of the file
        self._number = 0  # of the picture that was read last, from 1

    def take(self, wait: float) -> Shot | None:
        """See `Source.take`."""
        until = time.monotonic() + wait
        try:
            while not self.is_over and time.monotonic() < until:
                if shot := self._next():
                    return shot
        except SourceError as error:
            self.problem, self.is_over = str(error), self._around.once
            time.sleep(max(0.0, until - time.monotonic()))
        return None

    def check(self) -> None:
        """See `Source.check`."""
        self._opened()

    def close(self) -> None:
        """See `Source.close`."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _next(self) -> Shot | None:
        """Reads a picture, and returns it if it is wanted and has not been judged."""
        capture = self._opened()
        self.problem = ""
        if not capture.grab():
            self.is_over = True
            return None
        self._number += 1
        seconds = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if not self._trigger.is_due(seconds):
            return None
        is_read, image = capture.retrieve()
        part = crop(image, self._options.roi) if is_read else None
        if part is None or not self._trigger.is_wanted(part, seconds):
            return None
        mark = Mark(self._options.name, f"{self._options.path.name} {self._number}", self._state)
        if self._around.memory.is_judged(mark):
            return None
        return Shot(DecodedImage(cv2.cvtColor(part, cv2.COLOR_BGR2RGB)), mark.name, mark.id, mark)

    def _opened(self) -> cv2.VideoCapture:
        if self._capture is None:
            self._capture = open_video(self._options.path, self._around.max_pixels)
            status = self._options.path.stat()
            self._state, self._number = f"{status.st_size}-{status.st_mtime_ns}", 0
        return self._capture
