"""Encrypted connections: a certificate that nobody vouches for is refused, and one's own authority can be named."""

import http.server
import shutil
import ssl
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest
from line_delivery import sink_plan
from mqtt_broker import Broker, needs_mosquitto

from favae_demo.core.errors import FavaeError
from favae_demo.line.config import SinkPlan

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 with its key in one file, as an authority of one's own would make it."""
    path = tmp_path / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=line",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "certificate.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_bytes((tmp_path / "certificate.pem").read_bytes() + (tmp_path / "key.pem").read_bytes())
    return path


def check(plan: SinkPlan) -> None:
    with closing(plan.open()) as sink:
        sink.check()


def check_trust(plan: SinkPlan, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        FavaeError, match=r"The certificate of 127.0.0.1 is not trusted: self.signed certificate"
    ):
        check(plan)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    check(plan)


def test_a_webhook(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        try:
            check_trust(
                sink_plan(kind="webhook", url=f"https://127.0.0.1:{server.server_port}"),
                certificate,
                monkeypatch,
            )
        finally:
            server.shutdown()


@needs_mosquitto
def test_mqtt(certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["allow_anonymous true", f"certfile {certificate}", f"keyfile {certificate}"]
    with Broker(tmp_path, *lines) as broker:
        plan = sink_plan(kind="mqtt", host="127.0.0.1", port=broker.port, tls=True)
        check_trust(plan, certificate, monkeypatch)
