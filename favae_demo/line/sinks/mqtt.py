"""Verdicts as messages to an MQTT broker, with a retained status that becomes `offline` when the line dies."""

import re
import ssl
import threading
import time
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from favae_demo.line.environment import Secret
from favae_demo.line.extras import imported
from favae_demo.line.options import Table
from favae_demo.line.sinks import UNTRUSTED, SinkError
from favae_demo.line.verdict_record import VerdictRecord

ONLINE, OFFLINE = "online", "offline"
PORTS = {False: 1883, True: 8883}  # by whether the connection is encrypted
KEEP_ALIVE = 15  # seconds; the broker tells the last will after one and a half times as long
NOT_IN_NAMES = re.compile(r"[/+#\0]")  # what has a meaning in a topic
LONGEST_PAUSE = 5  # seconds between two attempts to connect anew
LOOK = 0.2  # seconds between two looks at whether the connection still is there


class MqttOptions(Table):
    """Settings of the sink `mqtt`.

    Attributes:
        host: Name or address of the broker.
        port: By default 1883, and 8883 with `tls`.
        topic: Verdicts go to `TOPIC/verdict/SOURCE`, the status to `TOPIC/status`.
        qos: 0 sends without a confirmation (a broken connection loses verdicts), 1 until the broker confirms. 2 would gain nothing: verdicts have
            ids, and the client library does not see when a broker refuses such a message.
        user: Name to log in with; empty for none.
        password: Its password.
        tls: Whether the connection is encrypted.
        version: Of the protocol. With version 3 (3.1.1) a broker confirms messages that it throws away because of missing rights.
        timeout: Seconds within which the broker must answer.
    """

    host: str
    port: Annotated[int | None, Field(ge=1, le=65535)] = None
    topic: str = "favae"
    qos: Literal[0, 1] = 1
    user: Secret = ""
    password: Secret = ""
    tls: bool = False
    version: Literal[3, 5] = 5
    timeout: Annotated[float, Field(gt=0, le=600)] = 10.0

    @field_validator("topic")
    @classmethod
    def _is_topic(cls, topic: str) -> str:
        if not topic or set(topic) & set("+#\0"):
            raise ValueError("it must not be empty, or contain + or #")
        return topic.rstrip("/")


class MqttSink:
    """Publishes each verdict as a message, and waits until the broker has it.

    Args:
        options: Its settings.

    Raises:
        ConfigError: The package for MQTT is not installed.
    """

    batch = 1  # a verdict before which the connection breaks is not sent again with those before it

    def __init__(self, options: MqttOptions):
        self._options = options
        self._paho = imported("paho.mqtt.client")
        self._client: Any = None
        self._answered = threading.Event()
        self._refusal = ""  # of the connection, as the broker puts it
        self._refused: dict[int, str] = {}  # reasons by number of the message

    def start(self) -> None:
        """See `Sink.start`."""
        self._connect(is_told=True)

    def deliver(self, records: Sequence[VerdictRecord]) -> None:
        """See `Sink.deliver`."""
        for record in records:
            topic = f"{self._options.topic}/verdict/{NOT_IN_NAMES.sub('_', record.source)}"
            self._publish(topic, record.to_json(), self._options.qos)

    def check(self) -> None:
        """See `Sink.check`. The status is left as it is: it may be that of a line that runs."""
        self._connect(is_told=False)

    def close(self) -> None:
        """See `Sink.close`."""
        if self._client is None:
            return
        try:
            if self._is_told and self._client.is_connected():  # the last will is not told after a proper end
                self._publish(self._status, OFFLINE, 1, retain=True)
        finally:
            self._client.disconnect()
            self._client.loop_stop()

    @property
    def _status(self) -> str:
        return f"{self._options.topic}/status"

    def _connect(self, *, is_told: bool) -> None:
        """Connects and logs in; the client connects anew by itself, so that the status is right again when the broker is."""
        options, self._is_told, self._client = self._options, is_told, self._new_client()
        if is_told:
            self._client.will_set(self._status, OFFLINE, 1, retain=True)
        try:
            self._client.connect(options.host, options.port or PORTS[options.tls], KEEP_ALIVE)
        except ssl.SSLCertVerificationError as error:
            raise SinkError(UNTRUSTED.format(host=options.host, reason=error.verify_message)) from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SinkError(f"The broker {options.host} does not answer: {reason}.") from error
        self._client.loop_start()
        if not self._answered.wait(options.timeout):
            raise SinkError(f"The broker {options.host} did not answer within {options.timeout:g} seconds.")
        if self._refusal:
            raise SinkError(f"The broker {options.host} refuses the connection: {self._refusal}.")

    def _new_client(self) -> Any:
        options, paho = self._options, self._paho
        protocol = {3: paho.MQTTv311, 5: paho.MQTTv5}[options.version]
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=protocol)
        client.connect_timeout = options.timeout
        client.reconnect_delay_set(1, LONGEST_PAUSE)
        client.on_connect, client.on_publish = self._on_connect, self._on_publish
        if options.user:
            client.username_pw_set(options.user, options.password or None)
        if options.tls:
            client.tls_set_context(ssl.create_default_context())
        return client

    def _on_connect(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._refusal = str(reason) if reason.is_failure else ""
        if self._is_told and not reason.is_failure:
            client.publish(self._status, ONLINE, 1, retain=True)
        self._answered.set()

    def _on_publish(self, client: Any, userdata: Any, number: int, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._refused[number] = str(reason)

    def _publish(self, topic: str, text: str, qos: int, *, retain: bool = False) -> None:
        """Publishes a message and waits until the broker has it."""
        host, until = self._options.host, time.monotonic() + self._options.timeout
        sent = self._client.publish(topic, text, qos, retain)
        while sent.rc or not sent.is_published():  # `is_published` raises for what could not be sent
            if sent.rc or not self._client.is_connected():
                raise SinkError(f"The connection to the broker {host} is broken.")
            if time.monotonic() > until:
                raise SinkError(
                    f"The broker {host} did not confirm a verdict within {self._options.timeout:g} seconds."
                )
            sent.wait_for_publish(LOOK)
        if reason := self._refused.pop(sent.mid, ""):
            raise SinkError(f"The broker {host} does not take messages for {topic!r}: {reason}.")
