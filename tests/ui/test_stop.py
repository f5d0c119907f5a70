"""A server that is stopped, as services are, leaves nothing of its visitors, though their pages are still open."""

from contextlib import ExitStack
from pathlib import Path

import httpx
from gradio_client import Client, handle_file
from hosts import Host, running

from favae_demo.data.images import save_png
from favae_demo.data.sample_parts import render_part


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


def _visitors(host: Host) -> list[Path]:
    return sorted((host.home / "cache" / "visitors").rglob("*"))
