"""Serves the page in the process of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from favae_demo.core.settings import Settings
from favae_demo.ui.app import build_app, launch


@contextmanager
def served(settings: Settings, home: Path, **options: Any) -> Iterator[gr.Blocks]:
    """Yields the page as users get it, on a free port of this machine; see `url_of`.

    Args:
        settings: Folders and limits.
        home: Working folder, which also receives the uploads.
        options: Further arguments of `launch`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setenv("GRADIO_TEMP_DIR", str(home / "uploads"))
        app = build_app(settings)
        launch(app, settings, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", **options)
        try:
            yield app
        finally:
            app.close()


def url_of(app: gr.Blocks) -> str:
    """Returns the address of a served page, without a slash at its end."""
    return app.local_url.rstrip("/")
