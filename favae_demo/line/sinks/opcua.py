"""Pass or fail, and the verdict, as values of an OPC UA server."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import Annotated, Any

from pydantic import Field, field_validator

from favae_demo.line.environment import Secret
from favae_demo.line.extras import imported
from favae_demo.line.sinks import SinkError
from favae_demo.line.sinks.signal import SignalOptions, is_rejected, is_timely
from favae_demo.line.verdict_record import VerdictRecord

REASONS = {
    "BadNodeIdUnknown": "it has no such variable; check `node` and `record`",
    "BadNodeIdInvalid": "it has no such variable; check `node` and `record`",
    "BadUserAccessDenied": "this user may not do that; check `user`, `password`, and the rights of the variable",
    "BadIdentityTokenRejected": "`user` or `password` is wrong",
    "BadIdentityTokenInvalid": "`user` or `password` is wrong",
    "BadTypeMismatch": "the variable is of another type; `node` must be a Boolean, `record` a String",
    "BadNotWritable": "the variable may not be written",
}


class OpcUaOptions(SignalOptions):
    """Settings of the sink `opcua`.

    Attributes:
        url: Address of the server.
        node: Id of a variable of the type Boolean; it is true if the part does not pass.
        record: Id of a variable of the type String that takes the whole verdict as JSON; empty for none. It is another for each picture.
        user: Name to log in with; empty for none.
        password: Its password.
        timeout: Seconds within which the server must answer.
    """

    url: str
    node: str
    record: str = ""
    user: Secret = ""
    password: Secret = ""
    timeout: Annotated[float, Field(gt=0, le=600)] = 4.0

    @field_validator("url")
    @classmethod
    def _is_opc(cls, url: str) -> str:
        if not url.startswith("opc.tcp://"):
            raise ValueError("it must begin with opc.tcp://, as in opc.tcp://10.0.0.9:4840")
        return url


class OpcUaSink:
    """Writes each verdict to variables of a server.

    Args:
        options: Its settings.

    Raises:
        ConfigError: The package for OPC UA is not installed.
    """

    batch = 1

    def __init__(self, options: OpcUaOptions):
        self._options = options
        self._sync, self._ua = imported("asyncua.sync"), imported("asyncua.ua")
        logging.getLogger("asyncua").setLevel(logging.CRITICAL)  # the sentences here say it
        self._client: Any = None

    def start(self) -> None:
        """See `Sink.start`."""
        self._nodes = self._connected()

    def deliver(self, records: Sequence[VerdictRecord]) -> None:
        """See `Sink.deliver`."""
        for record in records:
            if is_timely(record, self._options):
                values = [
                    self._value(is_rejected(record), "Boolean"),
                    self._value(record.to_json(), "String"),
                ]
                with (
                    self._answered()
                ):  # in one request; no times, since many controls refuse values with them
                    self._client.write_values(self._nodes, values[: len(self._nodes)])

    def check(self) -> None:
        """See `Sink.check`: reads what would be written, and whether it may be."""
        for node, kind in zip(self._connected(), ("Boolean", "String"), strict=False):
            with self._answered():
                name, actual = node.nodeid.to_string(), node.read_data_type_as_variant_type().name
                may_write = self._ua.AccessLevel.CurrentWrite in node.get_user_access_level()
            if actual != kind:
                raise SinkError(f"The variable {name} is of the type {actual}; name one of the type {kind}.")
            if not may_write:
                raise SinkError(
                    f"The variable {name} may not be written by this user; change its rights on the server."
                )

    def close(self) -> None:
        """See `Sink.close`."""
        if self._client is not None:
            with suppress(*self._failures()):  # the connection may be broken
                self._client.disconnect()
            self._client = None

    def _connected(self) -> list[Any]:
        """Connects; returns the variables."""
        ids = [self._id(name) for name in (self._options.node, self._options.record) if name]
        options, timeout = self._options, self._options.timeout
        self._client = self._sync.Client(options.url, timeout=timeout, sync_wrapper_timeout=4 * timeout)
        if options.user:
            self._client.set_user(options.user)
            self._client.set_password(options.password)
        with self._answered():
            self._client.connect()
            return [self._client.get_node(name) for name in ids]

    def _id(self, name: str) -> Any:
        try:
            return self._ua.NodeId.from_string(name)
        except (self._ua.UaError, ValueError) as error:
            raise SinkError(f"{name!r} is no id of a variable; write it as in ns=2;s=Line.Reject.") from error

    def _value(self, value: object, kind: str) -> Any:
        return self._ua.DataValue(self._ua.Variant(value, self._ua.VariantType[kind]))

    @contextmanager
    def _answered(self) -> Iterator[None]:
        try:
            yield
        except self._ua.UaStatusCodeError as error:
            reason = REASONS.get(type(error).__name__, type(error).__name__)
            raise SinkError(f"The server {self._options.url} refuses: {reason}.") from error
        except self._failures() as error:
            raise SinkError(
                f"The server {self._options.url} does not answer: {error or type(error).__name__}."
            ) from error

    def _failures(self) -> tuple[type[Exception], ...]:
        return (OSError, TimeoutError, CancelledError, self._ua.UaError)
