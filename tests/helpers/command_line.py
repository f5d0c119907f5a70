"""Runs the command line as its users do, and reads what it answers."""

import json

import pytest

from favae_demo.cli.main import main


def run_json(capsys: pytest.CaptureFixture, *arguments: object) -> dict:
    """The object on the last line of a command that must succeed."""
    assert main([*map(str, arguments), "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    return json.loads(lines[-1])


def refusal(capsys: pytest.CaptureFixture, *arguments: object) -> str:
    """The sentence of a command that must be refused: exit code 2, one line on stderr, nothing on stdout."""
    assert main([str(argument) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    line = printed.err.strip()
    assert line.startswith("favae_demo: ")
    assert line.endswith(".")
    assert "\n" not in line
    assert "Traceback" not in line
    return line
