"""How much a line carries: `python tests/line/measure_line.py [--minutes 3] [--cameras 2] [--pace 10] [--size 640x480] [--json]`.

Serves generated sample bottles, every tenth with a defect, as streams of JPEG pictures over HTTP, starts `watch` as its users do with SQLite and
MQTT, and listens at a real broker. Latency is from the picture at hand (grabbed from the stream) to the message at the listener; how long
a stream takes from sending a picture until it is grabbed is measured before. Memory, handles and processor time are those of `watch` alone,
from half a minute after the first verdict on.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import psutil

# Started as a script, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from line_process import MODEL, start_watch
from mjpeg_server import BITS, MjpegServer, number_of, numbered
from mqtt_broker import Broker, Listener
from waiting import await_true

from favae_demo.data.synthetic import render_part
from favae_demo.line.config import make_config
from favae_demo.line.sources import Surroundings

EARLY, EVERY = 30.0, 5.0  # seconds until memory counts, and between two looks at it
DEFECT_EVERY = 10
FRAMES = 40  # different pictures; they are shown in a loop


class TimedListener(Listener):
    """Notes when each verdict came."""

    def __init__(self, broker: Broker):
        self.waits: list[float] = []  # milliseconds
        super().__init__(broker)
        self._client.on_message = self._note

    def _note(self, client, userdata, message) -> None:
        if "/verdict/" in message.topic:
            taken = datetime.fromisoformat(json.loads(message.payload)["time"]).timestamp()
            self.waits.append((time.time() - taken) * 1000)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--cameras", type=int, default=2)
    parser.add_argument("--pace", type=float, default=10.0, help="pictures a second of each camera")
    parser.add_argument("--size", default="640x480", help="of the pictures, in pixels")
    parser.add_argument("--model", default=MODEL)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    images = parts(width, height)
    found = {"sent to grabbed ms p50": stream_delay(asked.pace)}
    with ExitStack() as ends, tempfile.TemporaryDirectory() as folder:
        cameras = [MjpegServer(images, asked.pace) for _ in range(asked.cameras)]
        broker = Broker(Path(folder))
        for part in (*cameras, broker):
            part.start()
            ends.callback(part.stop)
        listener = TimedListener(broker)
        ends.callback(listener.close)
        config = write_config(Path(folder), cameras, broker.port, asked.model, (1 - height / width) / 2)
        found |= watched(config, listener, asked.minutes * 60)
        found["database bytes a verdict"] = (config.parent / "v.sqlite").stat().st_size / found["verdicts"]
    for name, value in found.items():
        print(f"{name:44} {value:10.1f}")
    if asked.json:
        print(json.dumps(found))


def parts(width: int, height: int) -> list[np.ndarray]:
    """Returns pictures of bottles, as high as the picture and in its middle, some with a defect."""
    images = []
    for i in range(FRAMES):
        part, _ = render_part("sample_bottle", 20_000 + i, *(["broken_lip"] if i % DEFECT_EVERY == 0 else []))
        part = cv2.resize(part, (height, height), interpolation=cv2.INTER_CUBIC)
        side = (width - height) // 2
        images.append(cv2.copyMakeBorder(part, 0, 0, side, width - height - side, cv2.BORDER_REPLICATE))
    return images


def stream_delay(pace: float) -> float:
    """Returns the milliseconds from sending a picture of a stream until it is grabbed, at the median."""
    camera = MjpegServer([numbered(i) for i in range(2**BITS // 8)], pace)
    camera.start()
    source = {"kind": "stream", "name": "a", "model": "m", "url": camera.url}
    config = make_config(
        {"source": [source], "sink": [{"kind": "sqlite", "path": "v"}]}, "measure", Path("/")
    )
    stream = config.sources[0].open(Surroundings(memory=None))
    waits = []
    while len(waits) < 40:
        if shot := stream.take(1):
            waits.append((shot.at - camera.sent[number_of(shot.image.pixels)]) * 1000)
    stream.close()
    camera.stop()
    return float(np.median(waits[10:]))


def write_config(folder: Path, cameras: list[MjpegServer], port: int, model: str, margin: float) -> Path:
    """Writes the file of a line with SQLite and MQTT; a margin at both sides, as a share of the width, is not judged."""
    sources = [
        f'[[source]]\nkind = "stream"\nname = "camera{i}"\nurl = "{camera.url}"\nmodel = "{model}"\n'
        f"roi = [{margin:.4f}, 0, {1 - margin:.4f}, 1]\n"
        for i, camera in enumerate(cameras)
    ]
    sinks = f'[[sink]]\nkind = "sqlite"\npath = "v.sqlite"\n[[sink]]\nkind = "mqtt"\nhost = "127.0.0.1"\nport = {port}\n'
    path = folder / "line.toml"
    path.write_text("".join(sources) + sinks, encoding="utf-8")
    return path


def watched(config: Path, listener: TimedListener, seconds: float) -> dict[str, float]:
    """Runs a line, and returns what it did and needed."""
    line = start_watch("--config", config, "--json")
    process = psutil.Process(line.pid)
    await_true(lambda: listener.waits)
    time.sleep(EARLY)
    first, looks, begun = len(listener.waits), [], time.monotonic()
    spent = sum(process.cpu_times()[:2])
    while time.monotonic() - begun < seconds:
        looks.append((process.memory_info().rss / 2**20, process.num_fds(), process.num_threads()))
        time.sleep(EVERY)
    wall, spent = time.monotonic() - begun, sum(process.cpu_times()[:2]) - spent
    waits = np.array(listener.waits[first:])
    load = os.getloadavg()[1]
    line.send_signal(signal.SIGTERM)
    printed, errors = line.communicate(timeout=60)
    report = json.loads(printed.splitlines()[-1])
    assert not report["problems"], errors
    assert sum(report["verdicts"].values()) == len(listener.waits), "a verdict was lost or doubled"
    memory, handles, threads = np.array(looks).T
    third = max(1, len(looks) // 3)
    print("memory in MB:", *(f"{value:.0f}" for value in memory))
    return {
        "verdicts": sum(report["verdicts"].values()),
        "of them defect": report["verdicts"].get("defect", 0),
        "verdicts a second": len(waits) / wall,
        "dropped": report["dropped"],
        "at hand to MQTT message ms p50": float(np.percentile(waits, 50)),
        "at hand to MQTT message ms p95": float(np.percentile(waits, 95)),
        "memory MB, first third": float(np.median(memory[:third])),
        "memory MB, last third": float(np.median(memory[-third:])),
        "handles, least": float(handles.min()),
        "handles, most": float(handles.max()),
        "threads, most": float(threads.max()),
        "processor, % of a core": 100 * spent / wall,
        "processor ms a verdict": 1000 * spent / len(waits),
        "load of the machine, 5 minutes": load,
    }


if __name__ == "__main__":
    main()
