"""Pictures that a message over MQTT asks for, as of a light barrier; the message names the part."""

import threading
import time
from collections import deque
from typing import Any

import numpy as np

from favae_demo.line.broker import BrokerConnection, BrokerError, BrokerOptions

LIFE = 1.0  # seconds after which the part of a message is gone
MOST_NAME = 200  # letters


class MessageOptions(BrokerOptions):
    """Where messages come from.

    Attributes:
        topic: May have the wildcards + and #.
    """

    topic: str


class MessageTrigger:
    """Wants one picture for each message, the next one that the camera gives.

    Args:
        options: Where messages come from.

    Attributes:
        name: Text of the message that asked for the last picture.
        missed: Messages for which there was no picture in time.
    """

    def __init__(self, options: MessageOptions):
        self.name, self.missed = "", 0
        self._options, self._lock = options, threading.Lock()
        self._waiting: deque[tuple[float, str]] = deque()
        self._unheard = (
            f"The broker {options.host} has not yet confirmed that it passes on '{options.topic}'."
        )
        self._answered = threading.Event()
        self._connection = BrokerConnection(options, self._subscribe)
        self._connection.client.on_message = self._on_message
        self._connection.client.on_subscribe = self._on_subscribe

    @property
    def problem(self) -> str:
        """See `Trigger.problem`."""
        return self._connection.problem or self._unheard

    def start(self) -> None:
        """See `Trigger.start`."""
        self._connection.open_by_itself()

    def check(self) -> None:
        """See `Trigger.check`."""
        self._connection.open()
        self._answered.wait(self._options.timeout)
        if self._unheard:
            raise BrokerError(self._unheard)

    def close(self) -> None:
        """See `Trigger.close`."""
        self._connection.close()

    def is_due(self, seconds: float) -> bool:
        """See `Trigger.is_due`; messages whose part is gone are given up."""
        with self._lock:
            while self._waiting and seconds - self._waiting[0][0] > LIFE:
                self._waiting.popleft()
                self.missed += 1
            return bool(self._waiting)

    def is_wanted(self, image: np.ndarray, seconds: float) -> bool:
        """See `Trigger.is_wanted`."""
        with self._lock:
            _, self.name = self._waiting.popleft()
        return True

    def _subscribe(self) -> None:
        self._connection.client.subscribe(self._options.topic, 1)

    def _on_subscribe(self, client: Any, userdata: Any, number: int, reasons: list, properties: Any) -> None:
        host, topic = self._options.host, self._options.topic
        refusals = [reason for reason in reasons if reason.is_failure]
        self._unheard = (
            f"The broker {host} does not pass on messages of '{topic}': {refusals[0]}." if refusals else ""
        )
        self._answered.set()

    def _on_message(self, client: Any, userdata: Any, message: Any) -> None:
        if message.retain:  # from before the line began
            return
        text = message.payload.decode(errors="replace")
        name = "".join(letter for letter in text if letter.isprintable())[:MOST_NAME].strip()
        with self._lock:
            self._waiting.append((time.monotonic(), name))
