"""The named endpoints as tools of the Model Context Protocol, for programs that choose tools themselves: off unless asked for."""

import importlib.util
import sys
from collections.abc import Mapping
from typing import Any

VARIABLE = "FAVAE_MCP"
PACKAGE = "mcp"
MISSING = (
    f"{VARIABLE} is set, but the package {PACKAGE!r} is not installed, so the page starts without its tools. "
    "To have them: pip install -r requirements-mcp.txt"
)
CLOSED = f"{VARIABLE} is set together with FAVAE_SIGN_IN, but tools cannot sign in, so the page starts without them."


def options(env: Mapping[str, str], sign_in: bool = False) -> dict[str, Any]:
    """What Gradio's `launch` needs for it; nothing where it is not asked for, or cannot be (which is said).

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
