"""Runs the command line and returns its output."""

import json

import pytest

from favae_demo.cli.main import main


def run_json(capsys: pytest.CaptureFixture, *arguments: object) -> dict:
    """Runs a command that must succeed; returns the JSON object on the last line of its output."""
    assert main([*map(str, arguments), "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    return json.loads(lines[-1])


def refusal(capsys: pytest.CaptureFixture, *arguments: object) -> str:
    """Runs a command that must fail with exit status 2, one line on stderr and nothing on stdout; returns that line."""
    assert main([str(argument) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    line = printed.err.strip()
    assert line.startswith("favae_demo: ")
    assert line.endswith(".")
    assert "\n" not in line
    assert "Traceback" not in line
    return line
