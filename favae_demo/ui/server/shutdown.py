"""How the server ends: by Ctrl-C, and as services are stopped."""

import signal
import sys
from typing import Any

import gradio as gr

from favae_demo.ui.server.visitor_files import forget

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve_until_stopped(page: gr.Blocks) -> None:
    """Waits until the process is told to stop, then forgets the visitors of a launched page and ends the process."""
    told: list[int] = []

    def stop(number: int, _: Any) -> None:
        told.append(number)
        # Unlike Gradio's own way with Ctrl-C it starts nothing more, and ends the connections of open pages.
        page.close(verbose=False)

    for number in SIGNALS:
        signal.signal(number, stop)
    page.block_thread()
    forget(page)
    for number in told[:1]:
        # The usual end of such a signal, which waits for no thread: one may measure for minutes yet.
        sys.stdout.flush()  # it would not be written any more
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
