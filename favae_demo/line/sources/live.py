"""Cameras and network streams: the newest picture is judged, and those that it replaces are counted."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated
from urllib.parse import urlsplit

import cv2
from pydantic import Field, field_validator, model_validator

from favae_demo.data.io.images import DecodedImage
from favae_demo.line.environment import Secret
from favae_demo.line.options import server_url
from favae_demo.line.pauses import Pauses
from favae_demo.line.sources import Shot, SourceError, Surroundings, crop
from favae_demo.line.sources.capture import open_camera, open_stream
from favae_demo.line.sources.message_trigger import MessageOptions, MessageTrigger
from favae_demo.line.sources.trigger import PictureTrigger, Trigger, TriggerOptions

log = logging.getLogger(__name__)
SCHEMES = ("rtsp", "rtsps", "http", "https")
CAMERA_TIMEOUT = 10.0  # seconds for which OpenCV waits for a camera's picture
MARGIN = 2.0  # seconds


class LiveOptions(TriggerOptions):
    """What cameras and streams have.

    Attributes:
        trigger: Where messages come from that ask for pictures; None if none do.
    """

    trigger: MessageOptions | None = None

    @model_validator(mode="after")
    def _one_trigger(self) -> "LiveOptions":
        if self.trigger and (self.every_ms or self.change):
            raise ValueError(
                "with `trigger` there is no `every_ms` or `change`: a message asks for each picture"
            )
        return self


class CameraOptions(LiveOptions):
    """Settings of the source `camera`.

    Attributes:
        index: Number of the camera, from 0.
        width: Of its pictures in pixels; 0 for what it gives by itself, often 640.
        height: The same; often 480.
    """

    index: Annotated[int, Field(ge=0, le=1000)] = 0
    width: Annotated[int, Field(ge=0, le=65_535)] = 0
    height: Annotated[int, Field(ge=0, le=65_535)] = 0


class StreamOptions(LiveOptions):
    """Settings of the source `stream`.

    Attributes:
        url: Address of an RTSP or HTTP stream, with user and password if it needs them.
        timeout: Seconds within which a picture must come.
    """

    url: Secret
    timeout: Annotated[float, Field(gt=0, le=20)] = 5.0

    @field_validator("url")
    @classmethod
    def _is_stream(cls, url: str) -> str:
        server_url(url, SCHEMES, "it must begin with rtsp:// or http:// and the name of a camera")
        return url

    @property
    def shown(self) -> str:
        """The address without user, password and what stands after `?`."""
        parts = urlsplit(self.url)
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
        return parts._replace(netloc=host, query="", fragment="").geturl()


class LiveSource:
    """Gives the newest picture of a camera or stream. A thread reads all of them, so that none waits and gets old.

    Args:
        options: Which pictures are judged.
        around: What it is opened with.
        open_capture: Opens the camera or stream.
        subject: What to call it in sentences.
        timeout: Seconds after which reading a picture fails.
    """

    def __init__(
        self,
        options: LiveOptions,
        around: Surroundings,
        open_capture: Callable[[], cv2.VideoCapture],
        subject: str,
        timeout: float,
    ):
        self._replaced, self._broken = 0, ""
        self._trigger: Trigger = (
            MessageTrigger(options.trigger) if options.trigger else PictureTrigger(options)
        )
        self._options, self._around, self._open = options, around, open_capture
        self._subject, self._timeout = subject, timeout
        self._newest: Shot | None = None
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._pauses = Pauses()
        self._reader = threading.Thread(target=self._run, name=f"reader {options.name}", daemon=True)

    @property
    def dropped(self) -> int:
        """See `Source.dropped`."""
        return self._replaced + self._trigger.missed

    @property
    def problem(self) -> str:
        """See `Source.problem`."""
        return self._broken or self._trigger.problem

    @property
    def is_over(self) -> bool:
        """See `Source.is_over`: never, unless it is to judge what is there now, which is one picture."""
        is_read = self._reader.ident is not None and not self._reader.is_alive()
        return self._around.once and is_read and self._newest is None

    def take(self, wait: float) -> Shot | None:
        """See `Source.take`."""
        if self._reader.ident is None:
            self._trigger.start()
            self._reader.start()
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self.is_over, wait)
            newest, self._newest = self._newest, None
        return newest

    def check(self) -> None:
        """See `Source.check`."""
        with _released(self._open()) as capture:
            if not capture.grab():
                raise SourceError(f"{self._subject} gives no pictures.")
        self._trigger.check()

    def close(self) -> None:
        """See `Source.close`."""
        self._stop.set()
        if self._reader.ident is not None:
            # A thread within OpenCV cannot be ended, and would abort the program at its end.
            self._reader.join(self._timeout + MARGIN)
        self._trigger.close()

    def _run(self) -> None:
        """Reads pictures; what breaks is opened anew after growing pauses."""
        while not self._stop.is_set():
            try:
                with _released(self._open()) as capture:
                    self._read(capture)
            except Exception as error:
                if not isinstance(error, SourceError):  # a bug, here or in a library or driver
                    log.exception("%s failed unexpectedly.", self._subject)
                self._broken = str(error) or type(error).__name__
            if self._around.once:
                break
            self._stop.wait(self._pauses.next())
        with self._changed:
            self._changed.notify_all()

    def _read(self, capture: cv2.VideoCapture) -> None:
        """Reads pictures until it is closed, or, if it is to give one only, until there is one."""
        trigger = self._trigger
        while not self._stop.is_set():
            if not capture.grab():
                raise SourceError(f"{self._subject} gives no pictures any more; it is opened anew.")
            self._broken = ""
            self._pauses.reset()
            now = time.monotonic()
            if not trigger.is_due(now):
                continue
            is_read, frame = capture.retrieve()
            part = crop(frame, self._options.roi) if is_read else None
            if part is not None and trigger.is_wanted(part, now):
                image = DecodedImage(cv2.cvtColor(part, cv2.COLOR_BGR2RGB))
                self._offer(Shot(image, trigger.name, uuid.uuid4().hex, at=now))
                if self._around.once:
                    return

    def _offer(self, shot: Shot) -> None:
        with self._changed:
            self._replaced += self._newest is not None
            self._newest = shot
            self._changed.notify_all()


@contextmanager
def _released(capture: cv2.VideoCapture) -> Iterator[cv2.VideoCapture]:
    try:
        yield capture
    finally:
        capture.release()


def camera(options: CameraOptions, around: Surroundings) -> LiveSource:
    """Returns a source with the pictures of a camera of this computer."""
    opened = partial(open_camera, options.index, options.width, options.height, around.max_pixels)
    return LiveSource(options, around, opened, f"Camera {options.index}", CAMERA_TIMEOUT)


def stream(options: StreamOptions, around: Surroundings) -> LiveSource:
    """Returns a source with the pictures of a network camera."""
    opened = partial(open_stream, options.url, options.shown, options.timeout, around.max_pixels)
    return LiveSource(options, around, opened, f"The stream {options.shown}", options.timeout)
