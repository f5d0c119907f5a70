"""Benchmark of the start: seconds until the app answers, and the memory of its process with all models loaded."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from favae_demo.bench.models import CATEGORY
from favae_demo.bench.timing import peak_mb
from favae_demo.core.errors import FavaeError
from favae_demo.core.settings import PROGRAM_DIR, Settings
from favae_demo.data.io.images import save_png

APP = [sys.executable, "-m", "favae_demo.ui"]  # starts the web app, as app.py does
PATIENCE = 120  # seconds within which the app must answer
CALLS = 3  # images judged by each model


def measure_start(
    settings: Settings, teachers: Sequence[str], image: np.ndarray, starts: int
) -> dict[str, Any]:
    """Starts the app several times; the last instance then judges an image with every model.

    Returns:
        All durations until the first answer in seconds, and their median; the peak memory of the server in MB after its start and with the
        models loaded (None if the operating system does not report it).
    """
    seconds: list[float] = []
    empty = loaded = None
    for number in range(starts):
        with _app(settings, seconds) as (process, address):
            if number == starts - 1:
                empty = peak_mb(process.pid)
                _judge(address, teachers, image)
                loaded = peak_mb(process.pid)
    return {
        "startup_seconds": round(median(seconds), 2),
        "all_seconds": [round(value, 2) for value in seconds],
        "models": len(teachers),
        "peak_mb_empty": empty,
        "peak_mb": loaded,
    }


@contextmanager
def _app(settings: Settings, seconds: list[float]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Starts the app, and yields its process and address once it answers; appends the duration to `seconds`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    with tempfile.TemporaryFile() as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            APP,
            cwd=PROGRAM_DIR,
            env=_environment(settings, port),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            while not _answers(address):
                if process.poll() is not None or time.perf_counter() - start > PATIENCE:
                    log.seek(0)
                    lines = log.read().decode(errors="replace").strip().splitlines()
                    raise FavaeError(f"The app did not start: {lines[-1] if lines else 'it said nothing'}.")
                time.sleep(0.02)
            seconds.append(time.perf_counter() - start)
            yield process, address
        finally:
            process.terminate()
            process.wait()


def _environment(settings: Settings, port: int) -> dict[str, str]:
    own = {
        "FAVAE_DATA_DIR": settings.data_dir,
        "FAVAE_CHECKPOINT_DIR": settings.checkpoint_dir,
        "FAVAE_RUNS_DIR": settings.runs_dir,
        "FAVAE_CACHE_DIR": settings.cache_dir,
        "FAVAE_ENGINE": settings.engine,
        "FAVAE_SIGN_IN": "",
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": port,
    }
    return os.environ | {name: str(value) for name, value in own.items()}


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def _judge(address: str, teachers: Sequence[str], image: np.ndarray) -> None:
    from gradio_client import Client, handle_file

    client = Client(address, verbose=False, download_files=False, analytics_enabled=False)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "part.png"
        save_png(path, image)
        for teacher in teachers:
            for _ in range(CALLS):
                client.predict(handle_file(str(path)), CATEGORY, teacher, 0.05, api_name="/detect")
