"""Starts the app as a server in a separate process with separate folders, for tests of what visitors can access."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from favae_demo.core.settings import PROJECT


@dataclass(frozen=True)
class Host:
    """A running app.

    Attributes:
        url: Address of the app.
        home: Parent of its folders `data`, `checkpoints`, `runs` and `cache`.
        pid: Id of its process.
    """

    url: str
    home: Path
    pid: int

    @property
    def log(self) -> str:
        """The output of the process so far."""
        return (self.home / "log").read_text(encoding="utf-8", errors="replace")

    def kib(self) -> int:
        """Returns the memory of the process in KiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])


@contextmanager
def running(home: Path, seconds: float = 300.0, **environment: str) -> Iterator[Host]:
    """Runs the app within the block, with folders in `home` and further settings in `environment`; it must answer within `seconds`."""
    folders = {"DATA": "data", "CHECKPOINT": "checkpoints", "RUNS": "runs", "CACHE": "cache"}
    for folder in (*folders.values(), "work"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAVAE_", "GRADIO_"))}
    kept |= {f"FAVAE_{name}_DIR": str(home / folder) for name, folder in folders.items()}
    kept |= {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port), "PYTHONPATH": str(PROJECT)}
    kept |= {"OMP_NUM_THREADS": "1", "FAVAE_ENGINE": "torch"}
    with (home / "log").open("w") as log:
        app = subprocess.Popen(
            [sys.executable, PROJECT / "app.py"], cwd=home / "work", env=kept | environment, stdout=log, stderr=log
        )  # fmt: skip
    host = Host(f"http://127.0.0.1:{port}", home, app.pid)
    try:
        _wait(app, host, seconds)
        yield host
    finally:
        app.terminate()
        app.wait(60)


def _wait(app: subprocess.Popen, host: Host, seconds: float) -> None:
    end = time.monotonic() + seconds
    while app.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{host.url}/login_check", timeout=20)
            return
        except urllib.error.HTTPError:  # an error status is an answer too
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the app did not start: {host.log[-2000:]}")
