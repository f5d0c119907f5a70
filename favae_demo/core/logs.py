"""Logs as JSON, one object a line, for programs that collect them."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from favae_demo.core.errors import ConfigError

VARIABLE = "FAVAE_LOG"


class JsonFormatter(logging.Formatter):
    """Formats a record as a JSON object; a line break in a text of others cannot look like another record."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record as one line."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def configure(env: Mapping[str, str]) -> None:
    """Sets up the logs of this process: JSON on standard error if `FAVAE_LOG` is `json`, else Python's own form.

    Raises:
        ConfigError: It is another word.
    """
    form = env.get(VARIABLE, "")
    if form not in ("", "json"):
        raise ConfigError(f"{VARIABLE} is {form[:20]!r}; it must be 'json', or not be set.")
    if form:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonFormatter())
        logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
