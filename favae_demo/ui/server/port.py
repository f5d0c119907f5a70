"""The port at which the page is served: the one that was asked for, or none."""

import errno
import socket
import sys
from collections.abc import Mapping

from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import LOCALHOST

VARIABLE, ADDRESS = "GRADIO_SERVER_PORT", "GRADIO_SERVER_NAME"
DEFAULT = 7860
IN_USE = "Port {port} is in use by another program, perhaps another copy of this app. End that program, or set {variable} to another port."
FORBIDDEN = "Port {port} is for the system's own services; set {variable} to a port from 1024 on."
NO_ADDRESS = "{variable} is {address!r}, which is no address of this computer; 127.0.0.1 serves this computer alone, 0.0.0.0 others too."
REASONS = {errno.EADDRINUSE: IN_USE, errno.EACCES: FORBIDDEN}
MOVED = "Port {default} is in use by another program, so the page is at port {port}. Set {variable} to choose the port."


def asked_port(env: Mapping[str, str]) -> int | None:
    """Returns the port in the environment; None if Gradio may choose one.

    Raises:
        ConfigError: It is no port, the address is none of this computer, or another program uses the port: Gradio would move to another one,
            where nobody looks for the page.
    """
    asked = env.get(VARIABLE)
    if asked and not (asked.isdecimal() and 0 < int(asked) < 65536):
        raise ConfigError(f"{VARIABLE} is {asked[:20]!r}; it must be a whole number from 1 to 65535.")
    try:
        _bind(env.get(ADDRESS) or LOCALHOST, int(asked or 0))
    except OSError as error:
        sentence = REASONS.get(error.errno or 0, NO_ADDRESS)
        address = env.get(ADDRESS, "")[:100]
        variable = ADDRESS if sentence is NO_ADDRESS else VARIABLE
        raise ConfigError(sentence.format(port=asked, variable=variable, address=address)) from error
    return int(asked) if asked else None


def say_if_moved(port: int, env: Mapping[str, str]) -> None:
    """Prints a notice to stderr if the page is not at the port that was asked for."""
    if not env.get(VARIABLE) and port != DEFAULT:
        print(f"favae_demo: {MOVED.format(default=DEFAULT, port=port, variable=VARIABLE)}", file=sys.stderr)


def _bind(address: str, port: int) -> None:
    """Takes a port for a moment; raises OSError where that cannot be, also for a name that is not known."""
    family, kind, _, _, place = socket.getaddrinfo(address.strip("[]"), port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as trial:
        if sys.platform != "win32":  # there it would allow two servers at one port
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(place)
