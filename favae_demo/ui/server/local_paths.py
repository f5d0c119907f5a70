"""Decides who may name a path on the server: visitors at the server's own computer, if the settings do not say otherwise."""

from pathlib import Path

import gradio as gr

from favae_demo.core.errors import DataError
from favae_demo.core.settings import PathPolicy, is_loopback
from favae_demo.ui import text

PROXY_HEADERS = ("x-forwarded-for", "x-real-ip", "forwarded", "via")


def resolve_source(file: str | None, path: str | None, host: str, policy: PathPolicy) -> Path:
    """Returns the uploaded file, or the path that a visitor has typed; whether it exists is not checked.

    Args:
        file: Path of the upload, or None.
        path: What was typed; surrounding spaces and quotes are ignored, and `~` is expanded. None where the page has no field for it.
        host: Address of the visitor's computer, as from `client_host`.
        policy: Who may name a path.

    Raises:
        DataError: Neither or both are given, or this visitor may not name a path.
    """
    path = (path or "").strip().strip("\"'")
    if file and path:
        raise DataError(text.data.ONE_SOURCE)
    if file:
        return Path(file)
    if not path:
        raise DataError(text.data.CHOOSE_SOURCE)
    if policy == "off" or (policy == "loopback" and not is_loopback(host)):
        raise DataError(text.data.LOCAL_ONLY)
    return Path(path).expanduser()


def client_host(request: gr.Request) -> str:
    """Returns the address of a visitor's computer.

    Empty where a proxy or tunnel stands between: the address in its headers cannot be verified.
    """
    if any(name in request.headers for name in PROXY_HEADERS) or not request.client:
        return ""
    return request.client.host
