"""Waits for models that are converted in the background."""

import threading

from favae_demo.detection.registry import CONVERSION


def await_conversions() -> None:
    """Blocks until no model is being converted."""
    for thread in threading.enumerate():
        if thread.name == CONVERSION:
            thread.join()
