"""Offers the named endpoints as tools of the Model Context Protocol (MCP); off by default."""

import importlib.util
import sys
from collections.abc import Mapping
from typing import Any

from favae_demo.core.settings import install_command

VARIABLE = "FAVAE_MCP"
PACKAGE = "mcp"
MISSING = (
    f"{VARIABLE} is set, but the package {PACKAGE!r} is not installed, so the page starts without its tools. "
    f"To have them: {install_command('mcp')}"
)
CLOSED = f"{VARIABLE} is set together with FAVAE_SIGN_IN, but tools cannot sign in, so the page starts without them."


def launch_options(env: Mapping[str, str], sign_in: bool = False) -> dict[str, Any]:
    """Returns the arguments of Gradio's `launch` that switch the tools on.

    Empty if the tools are not requested, or cannot be offered; in the latter case the reason is printed to stderr.

    Args:
        env: The environment.
        sign_in: Whether visitors must sign in.
    """
    if env.get(VARIABLE, "").lower() not in ("1", "on", "true", "yes"):
        return {}
    if importlib.util.find_spec(PACKAGE) is None:
        print(f"favae_demo: {MISSING}", file=sys.stderr)
        return {}
    if sign_in:
        print(f"favae_demo: {CLOSED}", file=sys.stderr)
        return {}
    return {"mcp_server": True}
