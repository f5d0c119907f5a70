"""The port at which the page is served: the one that was asked for, or none."""

import socket
import sys
from collections.abc import Mapping

from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import LOCALHOST

VARIABLE = "GRADIO_SERVER_PORT"
DEFAULT = 7860
IN_USE = "Port {port} is in use by another program, perhaps another copy of this app. End that program, or set {variable} to another port."
MOVED = "Port {default} is in use by another program, so the page is at port {port}. Set {variable} to choose the port."


def asked_port(env: Mapping[str, str]) -> int | None:
    """Returns the port in the environment; None if Gradio may choose one.

    Raises:
        ConfigError: It is no port, or another program uses it: Gradio would move to another one, where nobody looks for the page.
    """
    asked = env.get(VARIABLE)
    if not asked:
        return None
    if not asked.isdecimal() or not 0 < int(asked) < 65536:
        raise ConfigError(f"{VARIABLE} is {asked[:20]!r}; it must be a whole number from 1 to 65535.")
    if not _is_free(env.get("GRADIO_SERVER_NAME") or LOCALHOST, int(asked)):
        raise ConfigError(IN_USE.format(port=asked, variable=VARIABLE))
    return int(asked)


def say_if_moved(port: int, env: Mapping[str, str]) -> None:
    """Prints a notice to stderr if the page is not at the port that was asked for."""
    if not env.get(VARIABLE) and port != DEFAULT:
        print(f"favae_demo: {MOVED.format(default=DEFAULT, port=port, variable=VARIABLE)}", file=sys.stderr)


def _is_free(address: str, port: int) -> bool:
    host = address.strip("[]")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        if sys.platform != "win32":  # there it would allow two servers at one port
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True
