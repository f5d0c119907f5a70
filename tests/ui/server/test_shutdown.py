"""A server that is stopped by a signal ends soon and deletes its visitors' files, even while their pages are open."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from hosts import Host, running

from favae_demo.core.settings import PROJECT
from favae_demo.data.io.images import save_png
from favae_demo.data.synthetic import render_part


def test_nothing_of_a_visitor_is_left_when_the_server_is_stopped(tmp_path: Path) -> None:
    part = tmp_path / "part.png"
    save_png(part, render_part("sample_bottle", 20_000)[0])
    with ExitStack() as page:  # stays open until the server has ended
        with running(tmp_path / "home") as host:
            beat = page.enter_context(
                httpx.stream("GET", f"{host.url}/gradio_api/heartbeat/anna", timeout=60)
            )
            assert beat.status_code == 200
            client = Client(host.url, verbose=False, download_files=False, analytics_enabled=False)
            client.predict(handle_file(part), "bottle", "none", 0.05, api_name="/detect")
            assert len(_visitors(host)) >= 2  # what was sent, and the pictures of the answer
            client.close()
        assert _visitors(host) == []
        assert "Traceback" not in host.log


BUSY = """
import os, signal, time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
import gradio as gr
from favae_demo.ui.server.shutdown import serve_until_stopped

def tell():
    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        time.sleep(0.01)
    os.write(1, b"ready\\n")

with gr.Blocks() as page:
    gr.Markdown()
page.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
ThreadPoolExecutor(1).submit(time.sleep, 600)
print("not written yet")
Thread(target=tell, daemon=True).start()
serve_until_stopped(page)
"""


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_running_work_does_not_delay_the_end(asked: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY], cwd=PROJECT, stdout=subprocess.PIPE, text=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    process.send_signal(asked)
    assert process.wait(60) == -asked
    assert process.stdout.read() == "not written yet\n"


def _visitors(host: Host) -> list[Path]:
    return sorted((host.home / "cache" / "visitors").rglob("*"))
