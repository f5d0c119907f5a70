"""Starts the app: settings from the environment, then the page."""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# A table of the last 10,000 calls is made anew after every call, and nobody sees it here.
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")

from favae_demo.core.settings import Settings
from favae_demo.ui.app import serve

if __name__ == "__main__":
    serve(Settings.from_env())
