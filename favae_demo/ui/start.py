"""Opens the page: the environment that Gradio reads at its import, settings, then the server."""

import os
import sys

from favae_demo.core import logs
from favae_demo.core.device import wait_passively
from favae_demo.core.errors import FavaeError
from favae_demo.core.os_failures import sentence
from favae_demo.core.settings import Settings
from favae_demo.ui.server.port import asked_port

# Gradio rebuilds a table of the last 10,000 calls after every call; nothing here reads it.
GRADIO_ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "100",
}


def set_gradio_environment() -> None:
    """Sets the environment that Gradio reads at its import; what the user has set stays."""
    for name, value in GRADIO_ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def main() -> int:
    """Serves the page until the process is stopped; prints why it cannot start, and returns the exit status."""
    try:
        open_page()
    except (FavaeError, OSError) as error:
        reason = sentence(error) if isinstance(error, OSError) and error.errno else str(error)
        print(f"favae_demo: {reason}", file=sys.stderr)
        return 2
    return 0


def open_page() -> None:
    """Serves the page until the process is stopped.

    Raises:
        ConfigError: An environment variable holds a value that is not allowed.
    """
    logs.configure(os.environ)
    set_gradio_environment()
    wait_passively()
    port = asked_port(os.environ)
    # Imports gradio, which reads the environment above, and fails with a traceback at a port that is no number.
    from favae_demo.ui.app import serve

    serve(Settings.from_env(), port)
