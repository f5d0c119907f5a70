"""A network camera that speaks RTSP: JPEG pictures over RTP (RFC 2435) in the connection of RTSP (RFC 2326), as much of it as a camera needs."""

import base64
import itertools
import socketserver
import struct
import threading
import time
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

PIECE = 1400  # bytes of a picture in a packet
CLOCK = 90_000  # ticks a second
DESCRIPTION = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:track1\r\n"
ANSWERS = {
    "OPTIONS": ("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN", ""),
    "DESCRIBE": ("Content-Type: application/sdp", DESCRIPTION),
    "SETUP": ("Transport: RTP/AVP/TCP;unicast;interleaved=0-1", ""),
    "PLAY": ("Range: npt=0-", ""),
}


class RtspServer:
    """Serves a stream at `url`.

    Args:
        images: H×W×3 uint8 RGB, sides of a multiple of 16; shown in a loop.
        pace: Pictures per second.
        login: `USER:PASSWORD` that is asked for; empty for none.
    """

    def __init__(self, images: Sequence[np.ndarray], pace: float, login: str = ""):
        self.frames = [
            cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes() for image in images
        ]
        self.size, self.pace, self._port = images[0].shape[1::-1], pace, 0
        self.authorization = f"Basic {base64.b64encode(login.encode()).decode()}" if login else ""
        self.stopped = threading.Event()

    @property
    def address(self) -> str:
        """Address of the stream without its scheme."""
        return f"127.0.0.1:{self._port}/stream1"

    def start(self) -> None:
        """Starts it, at the same port as before."""
        self.stopped = threading.Event()
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.camera = self
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Ends it; connections break."""
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while lines := list(iter(lambda: self.rfile.readline().decode().strip(), "")):
            method, headers = lines[0].split()[0], dict(line.split(": ", 1) for line in lines[1:])
            if method not in ANSWERS or not self._answer(method, headers):
                continue
            if method == "PLAY":
                self._play()
                return

    def _answer(self, method: str, headers: dict[str, str]) -> bool:
        """Answers a request; returns whether it is allowed."""
        camera = self.server.camera
        header, body = ANSWERS[method]
        is_allowed = method == "OPTIONS" or headers.get("Authorization", "") == camera.authorization
        status = "200 OK" if is_allowed else "401 Unauthorized"
        header = header if is_allowed else 'WWW-Authenticate: Basic realm="camera"'
        body = body if is_allowed else ""
        text = f"RTSP/1.0 {status}\r\nCSeq: {headers['CSeq']}\r\nSession: 1\r\n{header}\r\n"
        self.wfile.write(f"{text}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        return is_allowed

    def _play(self) -> None:
        camera = self.server.camera
        stopped, begun, numbers = camera.stopped, time.monotonic(), itertools.count()
        for i in itertools.count():
            if stopped.wait(max(0.0, begun + i / camera.pace - time.monotonic())):
                return
            frame = camera.frames[i % len(camera.frames)]
            for packet in packets(frame, camera.size, round(i * CLOCK / camera.pace), numbers):
                try:
                    self.wfile.write(b"$\0" + struct.pack(">H", len(packet)) + packet)
                except OSError:  # the listener has gone
                    return


def packets(jpeg: bytes, size: tuple[int, int], ticks: int, numbers: Iterator[int]) -> Iterator[bytes]:
    """Yields a picture as RTP packets: its tables of quantisation, then its scan in pieces."""
    tables, scan, at = b"", b"", 2
    while not scan:  # through the segments of the file
        kind, length = struct.unpack(">xBH", jpeg[at : at + 4])
        if kind == 0xDB:
            tables += jpeg[at + 5 : at + 2 + length]
        if kind == 0xDA:
            scan = jpeg[at + 2 + length : -2]
        at += 2 + length
    for offset in range(0, len(scan), PIECE):
        is_last = offset + PIECE >= len(scan)
        head = struct.pack(">BBHII", 0x80, 26 | is_last << 7, next(numbers) % 2**16, ticks % 2**32, 1)
        # Type 1: colours at half the resolution; quality 255: the tables are in the first packet.
        head += struct.pack(">IBBBB", offset, 1, 255, size[0] // 8, size[1] // 8)
        head += b"" if offset else struct.pack(">BBH", 0, 0, len(tables)) + tables
        yield head + scan[offset : offset + PIECE]
