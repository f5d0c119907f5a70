"""Verdicts as messages to an MQTT broker, with a retained status that becomes `offline` when the line dies."""

import re
import time
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import field_validator

from favae_demo.line.broker import BrokerConnection, BrokerError, BrokerOptions
from favae_demo.line.verdict_record import VerdictRecord

ONLINE, OFFLINE = "online", "offline"
NOT_IN_NAMES = re.compile(r"[/+#\0]")  # what has a meaning in a topic
CHECK_SECONDS = 0.2  # between two checks of the connection


class MqttOptions(BrokerOptions):
    """Settings of the sink `mqtt`.

    Attributes:
        topic: Verdicts go to `TOPIC/verdict/SOURCE`, the status to `TOPIC/status`.
        qos: 0 sends without a confirmation (a broken connection loses verdicts), 1 until the broker confirms. 2 would gain nothing: verdicts have
            ids, and the client library does not see when a broker refuses such a message.
    """

    topic: str = "favae"
    qos: Literal[0, 1] = 1

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
        self._options, self._is_started = options, False
        self._connection = BrokerConnection(options, self._tell_online)
        self._client = self._connection.client
        self._client.on_publish = self._on_publish
        self._refused: dict[int, str] = {}  # reasons by number of the message

    def start(self) -> None:
        """See `Sink.start`."""
        self._is_started = True
        self._client.will_set(self._status, OFFLINE, 1, retain=True)
        self._connection.open()

    def deliver(self, records: Sequence[VerdictRecord]) -> None:
        """See `Sink.deliver`."""
        for record in records:
            topic = f"{self._options.topic}/verdict/{NOT_IN_NAMES.sub('_', record.source)}"
            self._publish(topic, record.to_json(), self._options.qos)

    def check(self) -> None:
        """See `Sink.check`. The status is left as it is: it may be that of a line that runs."""
        self._connection.open()

    def close(self) -> None:
        """See `Sink.close`."""
        try:
            if (
                self._is_started and self._client.is_connected()
            ):  # the last will is not published after a proper end
                self._publish(self._status, OFFLINE, 1, retain=True)
        finally:
            self._connection.close()

    @property
    def _status(self) -> str:
        return f"{self._options.topic}/status"

    def _tell_online(self) -> None:
        """Called each time the connection stands, so that the status is right again when the broker is."""
        if self._is_started:
            self._client.publish(self._status, ONLINE, 1, retain=True)

    def _on_publish(self, client: Any, userdata: Any, number: int, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._refused[number] = str(reason)

    def _publish(self, topic: str, text: str, qos: int, *, retain: bool = False) -> None:
        """Publishes a message and waits until the broker has it."""
        host, until = self._options.host, time.monotonic() + self._options.timeout
        sent = self._client.publish(topic, text, qos, retain)
        while sent.rc or not sent.is_published():  # `is_published` raises for what could not be sent
            if sent.rc or not self._client.is_connected():
                raise BrokerError(f"The connection to the broker {host} is broken.")
            if time.monotonic() > until:
                raise BrokerError(
                    f"The broker {host} did not confirm a verdict within {self._options.timeout:g} seconds."
                )
            sent.wait_for_publish(CHECK_SECONDS)
        if reason := self._refused.pop(sent.mid, ""):
            raise BrokerError(f"The broker {host} does not take messages for {topic!r}: {reason}.")
