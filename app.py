"""Starts the app: settings from the environment, then the page."""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from favae_demo.settings import Settings
from favae_demo.ui.app import serve

if __name__ == "__main__":
    serve(Settings.from_env())
