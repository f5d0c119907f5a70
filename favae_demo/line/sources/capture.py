"""Opens cameras, streams and video files with OpenCV."""

import os
from pathlib import Path

import cv2

from favae_demo.line.sources import SourceError

# OpenCV and FFmpeg (which reads the variable when a stream is first opened) write to the terminal what the sentences here say better.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


def open_camera(index: int, width: int, height: int, max_pixels: int) -> cv2.VideoCapture:
    """Opens a camera of this computer.

    Args:
        index: Its number.
        width: Of its pictures in pixels; 0 for what it gives by itself.
        height: The same.
        max_pixels: Largest width × height.

    Raises:
        SourceError: There is none, or it is in use.
    """
    size = [(cv2.CAP_PROP_FRAME_WIDTH, width), (cv2.CAP_PROP_FRAME_HEIGHT, height)]
    settings = [value for item in size if item[1] for value in item]
    problem = f"There is no camera {index}, or another program uses it"
    if width or height:
        problem += f", or it has no pictures of {width} × {height}"
    return _checked(cv2.VideoCapture(index, cv2.CAP_ANY, settings), f"{problem}.", max_pixels)


def open_stream(url: str, shown: str, timeout: float, max_pixels: int) -> cv2.VideoCapture:
    """Opens a stream of a network camera.

    Args:
        url: Its address.
        shown: The same without what is secret.
        timeout: Seconds within which it must answer.
        max_pixels: Largest width × height of its pictures.

    Raises:
        SourceError: It does not answer, or gives no pictures that are known.
    """
    limit = round(timeout * 1000)
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, limit, cv2.CAP_PROP_READ_TIMEOUT_MSEC, limit]
    problem = (
        f"The stream {shown} does not answer, or gives no pictures; check `url`, its user and its password."
    )
    return _checked(cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits), problem, max_pixels)


def open_video(path: Path, max_pixels: int) -> cv2.VideoCapture:
    """Opens a video file.

    Raises:
        SourceError: It cannot be read.
    """
    if not path.is_file():
        raise SourceError(f"There is no file {str(path)!r}.")
    problem = (
        f"{path.name!r} cannot be read as a video; it is damaged, or in a format that is not known here."
    )
    return _checked(cv2.VideoCapture(str(path)), problem, max_pixels)


def _checked(capture: cv2.VideoCapture, problem: str, max_pixels: int) -> cv2.VideoCapture:
    """Returns what is open and has pictures of an allowed size."""
    if not capture.isOpened():
        raise SourceError(problem)
    width, height = (int(capture.get(side)) for side in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    if width * height > max_pixels:
        capture.release()
        raise SourceError(
            f"Pictures of {width} × {height} are too large; FAVAE_MAX_PIXELS allows {max_pixels} pixels."
        )
    return capture
