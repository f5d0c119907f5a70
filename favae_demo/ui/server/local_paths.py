"""Who may name a path on the server: somebody at its own computer only."""

import ipaddress
from pathlib import Path

import gradio as gr

from favae_demo.core.errors import DataError
from favae_demo.ui import text

FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded", "via")


def chosen_source(file: str | None, path: str, host: str) -> Path:
    """The archive that was uploaded, or the place that somebody at this computer has named.

    Args:
        file: Path of the upload, or None.
        path: What was typed.
        host: Address of the visitor's computer.

    Raises:
        DataError: Nothing is chosen or both are, or a visitor from elsewhere names a place on this disk.
    """
    path = path.strip().strip("\"'")
    if file and path:
        raise DataError(text.DATA_ONE_SOURCE)
    if file:
        return Path(file)
    if not path:
        raise DataError(text.DATA_CHOOSE_SOURCE)
    if not _is_here(host):
        raise DataError(text.DATA_LOCAL_ONLY)
    return Path(path).expanduser()


def visitor(request: gr.Request) -> str:
    """Address of a visitor's computer; empty where a proxy or tunnel stands between, whose word nobody can check."""
    if any(name in request.headers for name in FORWARDED) or not request.client:
        return ""
    return request.client.host


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
