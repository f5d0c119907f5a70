"""Starts the app: settings from the environment, then the page."""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from favae_demo.settings import Settings
from favae_demo.ui.app import build_app, launch


def main() -> None:
    """Builds the page and serves it until stopped."""
    settings = Settings.from_env()
    launch(build_app(settings), settings)


if __name__ == "__main__":
    main()
