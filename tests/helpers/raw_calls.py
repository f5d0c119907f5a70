"""A visitor without a browser, who speaks Gradio's protocol directly: any function, by its number, whatever the page hides."""

import json
import uuid
from pathlib import Path
from typing import Any

import httpx


class Visitor:
    """One session.

    Args:
        url: Of the server.
        seconds: How long an answer may take.
    """

    def __init__(self, url: str, seconds: float = 300.0):
        self.session = uuid.uuid4().hex
        self.http = httpx.Client(base_url=url, timeout=seconds)
        self.waiting: list[int] = []  # places in the queue that were told

    def sign_in(self, name: str, password: str) -> httpx.Response:
        """Signs in as the form does."""
        return self.http.post("/login", data={"username": name, "password": password})

    def page(self) -> dict[str, Any]:
        """Opens the page; gives its config."""
        self.http.get("/").raise_for_status()
        answer = self.http.get("/config")
        answer.raise_for_status()
        return answer.json()

    def call(self, number: int, data: list[Any], event: Any = None) -> dict[str, Any]:
        """Calls a function and waits; gives `{"data": …}`, or `{"error": …}` as the page is told it.

        Raises:
            httpx.HTTPStatusError: It was not even queued.
        """
        body = {"fn_index": number, "data": data, "session_hash": self.session, "event_data": event}
        joined = self.http.post("/gradio_api/queue/join", json=body)
        joined.raise_for_status()
        return self._answer(joined.json()["event_id"])

    def upload(self, content: bytes, name: str) -> httpx.Response:
        """Uploads a file."""
        return self.http.post("/gradio_api/upload", files={"files": (name, content)})

    def _answer(self, event_id: str) -> dict[str, Any]:
        with self.http.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": self.session}
        ) as stream:
            stream.raise_for_status()
            for line in stream.iter_lines():
                message = json.loads(line[5:]) if line.startswith("data:") else {}
                if message.get("event_id") not in (None, event_id):
                    continue
                if message.get("msg") == "estimation":
                    self.waiting.append(message["rank"])
                if message.get("msg") == "process_completed":
                    return message["output"]
                if message.get("msg") in ("unexpected_error", "close_stream"):
                    return {"error": message.get("message", "the stream was closed")}
        return {"error": "the stream ended"}


class Page(Visitor):
    """A visitor who has opened the page.

    Args:
        url: Of the server.
        seconds: How long an answer may take.
    """

    def __init__(self, url: str, seconds: float = 300.0):
        super().__init__(url, seconds)
        config = self.page()
        self.components = {one["id"]: one for one in config["components"]}
        self.functions = {one["api_name"]: one for one in config["dependencies"]}

    def does(self, name: str, *given: Any, event: Any = None) -> dict[str, Any]:
        """Calls a function by the name of its handler: what is given, then what the page's components hold."""
        inputs = self.functions[name]["inputs"]
        held = [self.components[one]["props"].get("value") for one in inputs[len(given) :]]
        return self.call(self.functions[name]["id"], [*given, *held], event)

    def send(self, path: Path, name: str) -> dict[str, Any]:
        """Uploads a picture under a name; gives it as an input."""
        (at,) = self.upload(path.read_bytes(), name).json()
        return {"path": at, "orig_name": name, "meta": {"_type": "gradio.FileData"}}
