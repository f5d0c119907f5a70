"""The state of the server is for its host alone, as JSON and for Prometheus."""

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from favae_demo.ui.app import build_app, launch
from favae_demo.ui.server.status import JSON_ROUTE, TEXT_ROUTE, metrics_text

pytest_plugins = ["trained_widget"]
TOKEN = "a-long-secret"
ROUTES = [JSON_ROUTE, TEXT_ROUTE]


@pytest.fixture(scope="module")
def url(app_settings) -> Iterator[str]:
    settings = replace(app_settings, status_token=TOKEN, sign_in=(("ann", "secret"),))
    app = build_app(settings)
    launch(app, settings, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield app.local_url.rstrip("/")
    app.close()


def _ask(url: str, route: str, token: str | None) -> httpx.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.get(url + route, headers=headers, timeout=60)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("token", [None, "wrong", TOKEN + "x", "é"])
def test_nobody_else_learns_that_it_is_there(route: str, token: str | None, url: str) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}".encode("latin-1")}
    assert httpx.get(url + route, headers=headers, timeout=60).status_code == 404


@pytest.mark.parametrize("route", ROUTES)
def test_without_a_token_nobody_can_read_it(route: str, server) -> None:
    for token in (None, TOKEN):
        assert _ask(server.url, route, token).status_code == 404


def test_the_scheme_is_read_in_any_case_and_another_is_none(url: str) -> None:
    for scheme, code in (("bearer", 200), ("BEARER", 200), ("Basic", 404)):
        headers = {"Authorization": f"{scheme} {TOKEN}"}
        assert httpx.get(url + JSON_ROUTE, headers=headers, timeout=60).status_code == code, scheme


def test_the_host_reads_it_as_json(url: str) -> None:
    state = _ask(url, JSON_ROUTE, TOKEN).json()
    assert state.keys() == {
        "uptime_seconds", "load", "processors", "queue", "trainings", "free_bytes", "memory_bytes", "threads", "retention",
        "versions",
    }  # fmt: skip
    assert state["memory_bytes"] > 10**7
    assert state["queue"] == {"waiting": 0, "visitors_waiting": 0, "most_waiting": 500}
    assert TOKEN not in str(state)


def test_prometheus_reads_it(url: str) -> None:
    answer = _ask(url, TEXT_ROUTE, TOKEN)
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert all(re.fullmatch(r"# TYPE \w+ gauge|\w+(\{.*\})? [0-9.e+-]+", line) for line in lines), lines
    assert "favae_queue_waiting 0" in lines
    assert any(line.startswith('favae_info{favae_demo="') for line in lines)


def test_names_are_those_of_prometheus() -> None:
    assert metrics_text({"load": {"1m": 0.5}, "retention": {"keep_days": 3}}) == (
        "# TYPE favae_load_1m gauge\nfavae_load_1m 0.5\n"
        "# TYPE favae_retention_keep_days gauge\nfavae_retention_keep_days 3\n"
    )
