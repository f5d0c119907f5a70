"""Visitors are served in turn and see their position; a full queue gives a sentence."""

import threading
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from gradio_client.utils import QueueError
from raw_calls import Page

from favae_demo.ui import text

pytest_plugins = ["trained_widget"]


def test_visitors_are_served_in_turn_and_see_their_queue_position(server) -> None:
    crowd, answers = [Page(server.url) for _ in range(8)], []

    def look(visitor: Page) -> None:
        answers.append(visitor.does("choose_category", "widget"))

    threads = [threading.Thread(target=look, args=(visitor,)) for visitor in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["data" in answer for answer in answers] == [True] * len(crowd)
    for visitor in crowd:
        assert visitor.waiting == sorted(visitor.waiting, reverse=True)  # nobody is overtaken
    assert max(visitor.waiting[0] for visitor in crowd) > 0


def test_programs_receive_the_sentence_on_a_full_queue(
    server, blot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, client = Page(server.url), Client(server.url, verbose=False, analytics_enabled=False)
    monkeypatch.setattr(server.app._queue, "max_size", 0)
    with pytest.raises((QueueError, AppError), match="Queue is full"):
        client.predict(handle_file(blot), "widget", "none", 0.2, api_name="/detect")
    with pytest.raises(httpx.HTTPStatusError) as refused:
        page.does("choose_category", "widget")
    assert refused.value.response.status_code == 503
    assert refused.value.response.json()["detail"].startswith("Queue is full.")
    client.close()


@pytest.mark.parametrize("route", ["run", "api"])
def test_nobody_passes_the_queue(route: str, server) -> None:
    body = {"data": ["widget", "none", 0.2]}
    answer = httpx.post(f"{server.url}/gradio_api/{route}/results", json=body, timeout=60)
    assert answer.status_code == 404
    assert "queue" in answer.json()["detail"]


@pytest.mark.parametrize("function", [-1, 99_999])
def test_an_unknown_function_is_refused_with_a_sentence(function: int, server) -> None:
    body = {"fn_index": function, "data": [], "session_hash": "visitor"}
    answer = httpx.post(f"{server.url}/gradio_api/queue/join", json=body, timeout=60)
    assert answer.status_code == 400
    assert answer.json()["detail"] == text.page.NOT_UNDERSTOOD


@pytest.mark.parametrize("route", ["call/nope", "call/v2/nope", "call/nope/1234"])
def test_a_function_that_is_not_offered_is_refused_with_a_sentence(route: str, server) -> None:
    send = httpx.get if route.endswith("1234") else httpx.post
    answer = send(f"{server.url}/gradio_api/{route}", timeout=60)
    assert answer.status_code == 404
    assert answer.json()["error"] == text.page.NOT_UNDERSTOOD


@pytest.mark.browser
def test_the_page_shows_the_sentence_on_a_full_queue(
    server, chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(server.url)
    page.wait_for_selector(".verdict >> text=limit", timeout=300_000)
    monkeypatch.setattr(server.app._queue, "max_size", 0)
    page.get_by_role("button", name="Next").first.click()
    busy = text.gradio.MESSAGES["This application is currently busy. Please try again."]
    page.get_by_text(busy).first.wait_for(timeout=60_000)
