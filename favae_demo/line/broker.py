"""Connections to an MQTT broker, for the sink and the trigger."""

import ssl
import threading
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field

from favae_demo.core.errors import FavaeError
from favae_demo.line.environment import UNTRUSTED, Secret
from favae_demo.line.extras import imported
from favae_demo.line.options import Table

PORTS = {False: 1883, True: 8883}  # by whether the connection is encrypted
KEEP_ALIVE = 15  # seconds; the broker tells the last will after one and a half times as long
SHORTEST_PAUSE, LONGEST_PAUSE = 1, 5  # seconds between two attempts to connect anew


class BrokerError(FavaeError):
    """A broker cannot be used now."""


class BrokerOptions(Table):
    """What is needed to connect.

    Attributes:
        host: Name or address of the broker.
        port: By default 1883, and 8883 with `tls`.
        user: Name to log in with; empty for none.
        password: Its password.
        tls: Whether the connection is encrypted.
        version: Of the protocol. With version 3 (3.1.1) a broker confirms messages that it throws away because of missing rights.
        timeout: Seconds within which the broker must answer.
    """

    host: str
    port: Annotated[int | None, Field(ge=1, le=65535)] = None
    user: Secret = ""
    password: Secret = ""
    tls: bool = False
    version: Literal[3, 5] = 5
    timeout: Annotated[float, Field(gt=0, le=600)] = 10.0


class BrokerConnection:
    """A connection; once it stands, it is made anew by itself when it breaks.

    Args:
        options: Where to.
        on_connected: Called each time it stands.

    Attributes:
        client: The client of the library.

    Raises:
        ConfigError: The package for MQTT is not installed.
    """

    def __init__(self, options: BrokerOptions, on_connected: Callable[[], None] = lambda: None):
        paho = imported("paho.mqtt.client")
        protocol = {3: paho.MQTTv311, 5: paho.MQTTv5}[options.version]
        self._options, self._on_connected = options, on_connected
        self._answered = threading.Event()
        self._refusal = ""  # as the broker puts it
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=protocol)
        self.client.connect_timeout = options.timeout
        self.client.reconnect_delay_set(SHORTEST_PAUSE, LONGEST_PAUSE)
        self.client.on_connect = self._on_connect
        if options.user:
            self.client.username_pw_set(options.user, options.password or None)
        if options.tls:
            self.client.tls_set_context(ssl.create_default_context())

    def open(self) -> None:
        """Connects and logs in.

        Raises:
            BrokerError: The broker does not answer, or refuses.
        """
        host, timeout = self._options.host, self._options.timeout
        try:
            self.client.connect(host, self._port, KEEP_ALIVE)
        except ssl.SSLCertVerificationError as error:
            raise BrokerError(UNTRUSTED.format(host=host, reason=error.verify_message)) from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise BrokerError(f"The broker {host} does not answer: {reason}.") from error
        self.client.loop_start()
        if not self._answered.wait(timeout):
            raise BrokerError(f"The broker {host} did not answer within {timeout:g} seconds.")
        if self._refusal:
            raise BrokerError(f"The broker {host} refuses the connection: {self._refusal}.")

    def open_by_itself(self) -> None:
        """Connects in the background, again and again until it stands."""
        self.client.connect_async(self._options.host, self._port, KEEP_ALIVE)
        self.client.loop_start()

    @property
    def problem(self) -> str:
        """What is wrong now, as a sentence; empty if nothing is."""
        if self.client.is_connected():
            return ""
        reason = f"refuses the connection: {self._refusal}" if self._refusal else "does not answer"
        return f"The broker {self._options.host} {reason}."

    def close(self) -> None:
        """Closes it."""
        self.client.disconnect()
        self.client.loop_stop()

    @property
    def _port(self) -> int:
        return self._options.port or PORTS[self._options.tls]

    def _on_connect(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._refusal = str(reason) if reason.is_failure else ""
        if not reason.is_failure:
            self._on_connected()
        self._answered.set()
