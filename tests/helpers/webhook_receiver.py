"""A server of one's own that takes verdicts over HTTP, and fails when tests ask for it."""

import json
from http.server import BaseHTTPRequestHandler

from line_delivery import sink_plan
from local_http import LocalServer

from favae_demo.line.config import SinkPlan


class Receiver(LocalServer):
    """A server that takes verdicts.

    Attributes:
        bodies: The verdicts that it took, in order.
        headers: The headers of each request.
        statuses: What it answers next, instead of 204; 0 closes the connection without an answer.
    """

    def __init__(self) -> None:
        self.bodies: list[dict] = []
        self.headers: list[dict] = []
        self.statuses: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                receiver.headers.append({**self.headers, "path": self.path})
                if status == 204:
                    receiver.bodies.append(body)
                self._answer(status)

            def do_HEAD(self) -> None:
                self._answer(receiver.statuses.pop(0) if receiver.statuses else 204)

            def _answer(self, status: int) -> None:
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

        super().__init__(Handler)

    def plan(self, **changes) -> SinkPlan:
        """Returns the sink that sends to it."""
        return sink_plan(**{"kind": "webhook", "url": f"{self.url}/verdicts?line=1"} | changes)
