"""Verdicts as HTTP requests to a server of one's own: a POST with JSON for each, in their order."""

import http.client
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPMethod, HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from favae_demo.line.environment import UNTRUSTED, Secret
from favae_demo.line.options import Table, server_url
from favae_demo.line.sinks import SinkError
from favae_demo.line.verdict_record import VerdictRecord

CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
ADVICE: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "; check `token`",
    HTTPStatus.FORBIDDEN: "; check `token`",
    HTTPStatus.NOT_FOUND: "; check the path in `url`",
}
# What a server that takes POST may answer to HEAD; anything else is wrong already.
GOOD_TRIALS = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED}


class WebhookOptions(Table):
    """Settings of the sink `webhook`.

    Attributes:
        url: Where verdicts are sent.
        token: Sent as `Authorization: Bearer …`; empty for none.
        timeout: Seconds within which the server must answer.
    """

    url: Secret
    token: Secret = ""
    timeout: Annotated[float, Field(gt=0, le=600)] = 10.0

    @field_validator("url", "token")
    @classmethod
    def _can_be_sent(cls, text: str) -> str:
        if not text.isascii() or not text.isprintable() or " " in text:
            raise ValueError("it must not have spaces, line breaks or letters beyond ASCII")
        return text

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        hint = "it must begin with http:// or https:// and the name of a server"
        if server_url(url, CONNECTIONS, hint).username is not None:
            raise ValueError("a user in it is not sent; use `token`")
        return url


class WebhookSink:
    """Sends each verdict as an HTTP request.

    Redirections are refused: a POST that follows one may arrive as a GET, without its verdict.

    Args:
        options: Its settings.
    """

    batch = 1  # a verdict after which the server fails is not sent again with those before it

    def __init__(self, options: WebhookOptions):
        self._options, self._parts = options, urlsplit(options.url)
        self._headers = {"Content-Type": "application/json", "User-Agent": "favae-demo"}
        if options.token:
            self._headers["Authorization"] = f"Bearer {options.token}"

    def start(self) -> None:
        """See `Sink.start`."""

    def deliver(self, records: Sequence[VerdictRecord]) -> None:
        """See `Sink.deliver`."""
        for record in records:
            status = self._send(HTTPMethod.POST, record.to_json().encode(), {"Idempotency-Key": record.id})
            if not 200 <= status < 300:
                raise SinkError(self._refusal(status))

    def check(self) -> None:
        """See `Sink.check`."""
        status = self._send(HTTPMethod.HEAD)
        if status >= 300 and status not in GOOD_TRIALS:
            raise SinkError(self._refusal(status))

    def close(self) -> None:
        """See `Sink.close`."""

    def _send(self, method: HTTPMethod, body: bytes = b"", headers: Mapping[str, str] | None = None) -> int:
        """Returns the status that the server answers."""
        target = self._parts._replace(scheme="", netloc="", fragment="").geturl()
        with self._connected() as connection:
            connection.request(method, target or "/", body or None, self._headers | dict(headers or {}))
            with connection.getresponse() as answer:
                answer.read()
                return answer.status

    @contextmanager
    def _connected(self) -> Iterator[http.client.HTTPConnection]:
        """Yields a new connection: a server may close an idle one just when a request comes, which then may have arrived or not."""
        host = self._parts.hostname or ""
        connection = CONNECTIONS[self._parts.scheme](host, self._parts.port, timeout=self._options.timeout)
        try:
            yield connection
        except ssl.SSLCertVerificationError as error:
            raise SinkError(UNTRUSTED.format(host=host, reason=error.verify_message)) from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise SinkError(f"The server {self._server} does not answer: {reason}.") from error
        finally:
            connection.close()

    @property
    def _server(self) -> str:
        """The address without its path, which may hold a secret."""
        return self._parts._replace(path="", query="", fragment="").geturl()

    def _refusal(self, status: int) -> str:
        phrase = http.client.responses.get(status, "no usual answer")
        return f"The server {self._server} answered {status} ({phrase}){ADVICE.get(status, '')}."
