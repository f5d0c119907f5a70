"""A port that is in use is said, and the page does not move to another one in silence."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import PROJECT
from favae_demo.ui.server.port import asked_port, say_if_moved


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield str(other.getsockname()[1])


def test_a_port_in_use_is_said(taken: str) -> None:
    with pytest.raises(ConfigError, match=f"Port {taken} is in use"):
        asked_port({"GRADIO_SERVER_PORT": taken})


def test_a_free_port_is_taken_and_none_leaves_the_choice() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
    assert asked_port({"GRADIO_SERVER_PORT": str(port)}) == port
    assert asked_port({}) is None


@pytest.mark.parametrize("port", ["x", "0", "65536", "-1", "80.5"])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(ConfigError, match="whole number from 1 to 65535"):
        asked_port({"GRADIO_SERVER_PORT": port})


@pytest.mark.parametrize("port", [None, "8000"])
@pytest.mark.parametrize("address", ["999.1.1.1", "nohost.invalid", "192.0.2.1"])
def test_an_address_of_another_computer_is_not_called_a_taken_port(address: str, port: str | None) -> None:
    env = {"GRADIO_SERVER_NAME": address} | ({"GRADIO_SERVER_PORT": port} if port else {})
    with pytest.raises(ConfigError, match=f"GRADIO_SERVER_NAME is '{address}', which is no address"):
        asked_port(env)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "localhost", "::1", "[::1]"])
def test_addresses_of_this_computer_are_taken(address: str) -> None:
    assert asked_port({"GRADIO_SERVER_NAME": address}) is None


@pytest.mark.parametrize("port", [None, "abc"])
def test_the_program_ends_with_the_sentence(
    port: str | None, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_SERVER_PORT", port or taken)
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert (f"Port {taken} is in use" if port is None else "'abc'; it must be") in done.stderr
    assert "Traceback" not in done.stderr


def test_a_page_at_another_port_says_so(capsys: pytest.CaptureFixture) -> None:
    say_if_moved(7860, {})
    say_if_moved(7900, {"GRADIO_SERVER_PORT": "7900"})
    assert capsys.readouterr().err == ""
    say_if_moved(7861, {})
    assert "the page is at port 7861" in capsys.readouterr().err
