"""Arguments that the page's events share."""

from typing import Any

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""For an event that is no endpoint and that shows no progress over its outputs."""
