"""The app itself is killed while it trains: the training goes on, and the app, started again, finds it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from page_server import served, url_of

from favae_demo.core.files import read_json
from favae_demo.core.settings import PROJECT, Settings
from favae_demo.runs import manager

PATIENCE = 600  # seconds; a guard against hangs


@pytest.fixture
def settings(
    project_settings: Settings, tiny_mvtec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Folders of this test alone, with the pictures of `widget`; the environment says the same to the app."""
    monkeypatch.setenv("FAVAE_DATA_DIR", str(tiny_mvtec))
    monkeypatch.setenv("FAVAE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return Settings.from_env()


@contextmanager
def app(log: Path) -> Iterator[Client]:
    """The app as a process, which is killed at the end of the block as the system kills one: at once."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "GRADIO_SERVER_NAME": "127.0.0.1"}
    with log.open("a") as file:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=PROJECT, env=environment, stdout=file, stderr=file
        )
    try:
        yield _client(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.kill()
        process.wait()


def _client(url: str, process: subprocess.Popen, log: Path) -> Client:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=10).close()
            return Client(url, verbose=False, httpx_kwargs={"timeout": PATIENCE})
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"the app did not start: {log.read_text()[-2000:]}")


def _train(client: Client) -> str:
    return client.predict("widget", "none", "quick", 0, api_name="/train")["run"]


def test_a_training_outlives_the_app_and_is_found_by_the_next_one(settings: Settings, tmp_path: Path):
    with app(tmp_path / "log") as client:
        run = _train(client)
    try:
        seen = len(manager.view(run, settings).events)
        deadline = time.monotonic() + PATIENCE
        while len(manager.view(run, settings).events) <= seen:
            assert manager.find_running(settings) == run
            assert time.monotonic() < deadline, "the training stands still"
            time.sleep(0.2)
        with served(Settings.from_env(), tmp_path) as again:  # not killed, so in this process
            client = Client(url_of(again), verbose=False, httpx_kwargs={"timeout": PATIENCE})
            with pytest.raises(AppError, match=rf"already running \({run}\)"):
                _train(client)
            client.close()
        assert manager.list_runs(settings) == [run]
        assert manager.view(run, settings).state == manager.RUNNING
    finally:
        os.kill(read_json(settings.runs_dir / run / "process.json")["pid"], signal.SIGKILL)
