"""Ends the server on Ctrl-C (SIGINT) and on the signal by which services are stopped (SIGTERM)."""

import signal
import sys
from types import FrameType

import gradio as gr

from favae_demo.ui.server.visitor_files import delete_session_files

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve_until_stopped(page: gr.Blocks) -> None:
    """Waits until the process receives a signal to stop, deletes the visitors' files, and ends the process.

    Args:
        page: A launched page.
    """
    received: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        received.append(number)
        # Unlike Gradio's own handling of Ctrl-C this starts nothing more, and ends the connections of open pages.
        page.close(verbose=False)

    for stop_signal in SIGNALS:
        signal.signal(stop_signal, stop)
    page.block_thread()
    delete_session_files(page)
    for number in received[:1]:
        # The signal's default action waits for no thread; a measurement could otherwise hold the process for minutes.
        sys.stdout.flush()  # the default action would discard what is still in the buffer
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
