"""A server of one's own that takes verdicts over HTTP, and fails when tests ask for it."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from line_delivery import sink_plan

from favae_demo.line.config import SinkPlan


@dataclass
class Receiver:
    """A server that takes verdicts.

    Attributes:
        bodies: The verdicts that it took, in order.
        headers: The headers of each request.
        statuses: What it answers next, instead of 204; 0 closes the connection without an answer.
    """

    bodies: list[dict] = field(default_factory=list)
    headers: list[dict] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    port: int = 0
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Starts it, at the same port as before."""
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

            def log_message(self, *_) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()

    def plan(self, **changes) -> SinkPlan:
        """Returns the sink that sends to it."""
        return sink_plan(
            **{"kind": "webhook", "url": f"http://127.0.0.1:{self.port}/verdicts?line=1"} | changes
        )
