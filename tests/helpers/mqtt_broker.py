"""A real MQTT broker (mosquitto) that tests start and end, and a program that listens to it."""

import base64
import hashlib
import json
import os
import shutil
import socket
import subprocess
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from waiting import await_true

MOSQUITTO = shutil.which("mosquitto") or shutil.which(
    "mosquitto", path="/usr/sbin"
)  # Debian's place is not in every PATH
needs_mosquitto = pytest.mark.skipif(
    MOSQUITTO is None, reason="there is no MQTT broker (apt-get install mosquitto)"
)


def free_port() -> int:
    """Returns a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Broker:
    """A broker on a port of its own. What it holds for listeners survives its end.

    Args:
        folder: For its files.
        lines: More lines of its configuration.
    """

    def __init__(self, folder: Path, *lines: str):
        self.port, self._process = free_port(), None
        self._config = folder / "mosquitto.conf"
        settings = [
            f"listener {self.port} 127.0.0.1",
            "user root",
            "persistence true",
            f"persistence_location {folder}/",
        ]
        self._config.write_text(
            "\n".join([*settings, *(lines or ["allow_anonymous true"])]) + "\n", encoding="utf-8"
        )

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self._process = subprocess.Popen(
            [MOSQUITTO, "-c", self._config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await_true(self._answers)

    def stop(self) -> None:
        """Ends it; connections break."""
        self._process.terminate()
        self._process.wait()

    def __enter__(self) -> "Broker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _answers(self) -> bool:
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", self.port)) == 0


def refusing_subscriptions(folder: Path, user: str, password: str) -> list[str]:
    """Returns lines for `Broker` by which a user may log in but not subscribe; a file of rights cannot refuse that.

    Args:
        folder: For the plugin's file.
        user: The only user.
        password: Their password.
    """
    salt, rounds = os.urandom(12), 101
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    login = {"username": user, "iterations": rounds}
    login |= {
        name: base64.b64encode(value).decode() for name, value in {"salt": salt, "password": key}.items()
    }
    rights = {"defaultACLAccess": {"subscribe": False, "unsubscribe": True}, "clients": [login]}
    (folder / "rights.json").write_text(json.dumps(rights), encoding="utf-8")
    (plugin,) = Path("/usr/lib").rglob("mosquitto_dynamic_security.so")
    return [
        "allow_anonymous false",
        f"plugin {plugin}",
        f"plugin_opt_config_file {folder}/rights.json",
    ]


class Listener:
    """Takes all messages of a broker; while it is away, the broker keeps them.

    A message that the broker repeats to this listener, whose acknowledgement was lost with the connection, is taken once: a
    message that was published twice is not marked so, and counts twice.

    Args:
        broker: The broker.
        name: Its own, for the broker.

    Attributes:
        messages: Topic, text and whether it was retained, in the order in which they came.
    """

    def __init__(self, broker: Broker, name: str = "listener"):
        self.messages: list[tuple[str, str, bool]] = []
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, name, clean_session=False)
        self._client.reconnect_delay_set(0.05, 0.1)
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._client.on_message = lambda client, userdata, message: self._take(message)
        subscribed: list[bool] = []
        self._client.on_subscribe = lambda *_: subscribed.append(True)
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        await_true(lambda: subscribed)

    def _take(self, message: mqtt.MQTTMessage) -> None:
        known = (message.topic, message.payload.decode(), message.retain)
        if not (message.dup and known in self.messages):
            self.messages.append(known)

    def ids(self) -> list[str]:
        """Returns the ids of the verdicts."""
        return [json.loads(text)["id"] for topic, text, _ in self.messages if "/verdict/" in topic]

    def texts(self, topic: str) -> list[str]:
        """Returns the texts on a topic."""
        return [text for found, text, _ in self.messages if found == topic]

    def tell(self, topic: str, text: str, *, retain: bool = False) -> None:
        """Publishes a message and waits until the broker has it."""
        self._client.publish(topic, text, 1, retain).wait_for_publish(5)

    def close(self) -> None:
        """Goes away."""
        self._client.disconnect()
        self._client.loop_stop()
