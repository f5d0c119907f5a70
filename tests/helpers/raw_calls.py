"""A client that uses Gradio's protocol directly, without a browser, and can call every function, including those hidden from the API."""

import json
import uuid
from pathlib import Path
from typing import Any

import httpx


class Visitor:
    """A client with one session.

    Args:
        url: Address of the server.
        seconds: Timeout of a request, in seconds.
    """

    def __init__(self, url: str, seconds: float = 300.0):
        self.session = uuid.uuid4().hex
        self.http = httpx.Client(base_url=url, timeout=seconds)
        self.waiting: list[int] = []  # positions in the queue that the server has reported

    def sign_in(self, name: str, password: str) -> httpx.Response:
        """Signs in, as the sign-in form does."""
        return self.http.post("/login", data={"username": name, "password": password})

    def page(self) -> dict[str, Any]:
        """Opens the page; returns its configuration."""
        self.http.get("/").raise_for_status()
        answer = self.http.get("/config")
        answer.raise_for_status()
        return answer.json()

    def call(self, number: int, data: list[Any], event: Any = None) -> dict[str, Any]:
        """Calls a function by its number and waits for the result: `{"data": …}`, or `{"error": …}` as the page receives it.

        Raises:
            httpx.HTTPStatusError: The server did not accept the call into its queue.
        """
        body = {"fn_index": number, "data": data, "session_hash": self.session, "event_data": event}
        # Escaped, as a program may send it: httpx itself sends no half of a UTF-16 pair.
        headers = {"Content-Type": "application/json"}
        joined = self.http.post("/gradio_api/queue/join", content=json.dumps(body), headers=headers)
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
    """A client that has opened the page and knows its components and functions.

    Args:
        url: Address of the server.
        seconds: Timeout of a request, in seconds.
    """

    def __init__(self, url: str, seconds: float = 300.0):
        super().__init__(url, seconds)
        config = self.page()
        self.components = {component["id"]: component for component in config["components"]}
        self.functions = {function["api_name"]: function for function in config["dependencies"]}

    def does(self, name: str, *given: Any, event: Any = None) -> dict[str, Any]:
        """Calls a function by its handler's name; inputs that are not given are the components' initial values."""
        inputs = self.functions[name]["inputs"]
        held = [self.components[id]["props"].get("value") for id in inputs[len(given) :]]
        return self.call(self.functions[name]["id"], [*given, *held], event)

    def send(self, path: Path, name: str) -> dict[str, Any]:
        """Uploads an image under a name; returns it as the value of an image input."""
        (at,) = self.upload(path.read_bytes(), name).json()
        return {"path": at, "orig_name": name, "meta": {"_type": "gradio.FileData"}}
