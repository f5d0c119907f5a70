"""Arguments that the page's events share."""

from typing import Any

EACH_CLICK: dict[str, Any] = {"trigger_mode": "multiple"}
"""For a choice in a gallery: Gradio drops a second one that comes while the first is answered, or answers the first again."""
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""For an event that is no endpoint and that shows no progress over its outputs."""
