"""Opens the page: the environment that Gradio reads at its import, settings, then the server."""

import os

from favae_demo.core.settings import Settings


def open_page() -> None:
    """Serves the page until the process is stopped.

    Raises:
        ConfigError: An environment variable holds a value that is not allowed.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    # Gradio rebuilds a table of the last 10,000 calls after every call; nothing here reads it.
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")
    from favae_demo.ui.app import serve  # imports gradio, which reads the environment above

    serve(Settings.from_env())
