"""A network camera: serves JPEG pictures one after the other over HTTP, and can be ended and started again."""

import itertools
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler

import cv2
import numpy as np
from local_http import LocalServer

SIDE = 64
BITS = 12  # of the number that a picture shows, as black and white columns


def numbered(number: int) -> np.ndarray:
    """Returns a picture (H×W×3 uint8 RGB) that shows a number; its lower half is red."""
    columns = [255 * (number >> bit & 1) for bit in range(BITS)]
    image = np.repeat(np.repeat(np.array([columns], np.uint8), SIDE, 0), 8, 1)[..., None].repeat(3, 2)
    image[SIDE // 2 :] = (255, 0, 0)
    return image


def number_of(image: np.ndarray) -> int:
    """Returns the number that a picture shows."""
    return sum((int(image[4, 8 * bit + 4].mean()) > 127) << bit for bit in range(BITS))


class MjpegServer:
    """Serves a stream at `url`; a listener gets the pictures from the one that is due, as from a camera.

    Args:
        images: H×W×3 uint8 RGB; shown in a loop.
        pace: Pictures per second.

    Attributes:
        is_stalled: Whether connections stay, but nothing comes, as if the cable were pulled.
        sent: When each picture of the newest connection was sent, on the monotonic clock.
    """

    is_stalled = False
    sent: list[float]

    def __init__(self, images: Sequence[np.ndarray], pace: float):
        self._frames = [
            cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes() for image in images
        ]
        self._pace, self._stopped = pace, threading.Event()
        self._server = LocalServer(self._handler())
        self.sent = []

    @property
    def url(self) -> str:
        """Address of the stream."""
        return f"{self._server.url}/video.mjpg"

    def start(self) -> None:
        """Starts it, at the same port as before."""
        self._stopped = threading.Event()
        self._server.start()

    def stop(self) -> None:
        """Ends it; connections break."""
        self._stopped.set()
        self._server.stop()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stopped = camera._stopped
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                begun, sent = time.monotonic(), []
                camera.sent = sent
                for i in itertools.count():
                    if stopped.wait(max(0.0, begun + i / camera._pace - time.monotonic())):
                        return
                    if camera.is_stalled:
                        continue
                    frame = camera._frames[i % len(camera._frames)]
                    sent.append(time.monotonic())
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(frame)}\r\n\r\n"
                    try:
                        self.wfile.write(head.encode() + frame + b"\r\n")
                    except OSError:  # the listener has gone
                        return

        return Handler
