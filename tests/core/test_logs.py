"""A log as JSON: one object a line, whatever a visitor's text holds."""

import json
import logging
import sys

import pytest

from favae_demo.core import logs
from favae_demo.core.errors import ConfigError


def _line(message: str, *args: object, error: bool = False) -> str:
    info = sys.exc_info() if error else None
    return logs.JsonFormatter().format(
        logging.LogRecord("app", logging.WARNING, "x.py", 1, message, args, info)
    )


def test_a_record_is_one_object_on_one_line() -> None:
    line = _line("%s failed", 'a\n{"level": "error"}\r<b>')
    assert "\n" not in line
    assert "\r" not in line
    entry = json.loads(line)
    assert entry["message"] == 'a\n{"level": "error"}\r<b> failed'
    assert (entry["level"], entry["logger"]) == ("warning", "app")
    assert entry["time"].endswith("+00:00")


def test_an_error_comes_with_its_trace() -> None:
    try:
        raise ValueError("reason")
    except ValueError:
        assert "ValueError: reason" in json.loads(_line("failed", error=True))["error"]


@pytest.mark.parametrize("value", ["xml", "JSON", "1"])
def test_another_form_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match=f"FAVAE_LOG is '{value}'; it must be 'json'"):
        logs.configure({"FAVAE_LOG": value})


@pytest.mark.parametrize(("value", "is_json"), [("json", True), ("", False)])
def test_it_is_switched_on_by_the_environment(
    value: str, is_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    logs.configure({"FAVAE_LOG": value})
    assert [isinstance(one.formatter, logs.JsonFormatter) for one in root.handlers] == [True] * is_json
