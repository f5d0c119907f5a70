"""Fixtures: a local web server that can interrupt downloads, and pip without a package index."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from local_http import LocalServer


@dataclass
class FakeServer:
    """State of the local server.

    Attributes:
        url: Address.
        files: Content by path; other paths are answered with 404.
        cut_after: Number of bytes after which a connection is closed; None for never.
        ranges: Whether the server supports range requests.
        before: Called before each answer.
        requests: Path and `Range` header of each request so far.
    """

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    cut_after: int | None = None
    ranges: bool = True
    before: Callable[[], None] | None = None
    requests: list[tuple[str, str | None]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    state = FakeServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            wanted = self.headers.get("Range")
            state.requests.append((self.path, wanted))
            content = state.files.get(self.path)
            if state.before is not None:
                state.before()
            if content is None:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and state.ranges else 0
            if start and start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            end = len(content) if state.cut_after is None else start + state.cut_after
            self.wfile.write(content[start:end])

    local = LocalServer(Handler)
    local.start()
    state.url = local.url
    yield state
    local.stop()


@pytest.fixture
def no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Disables pip's package indexes; returns the only folder in which pip looks for packages."""
    links = tmp_path / "links"
    links.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    return links
