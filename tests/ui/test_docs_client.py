"""The documents' example of calling a running app works as it stands there, but for the names of the part and the app's address."""

import re
import shutil
from pathlib import Path

import pytest

from favae_demo.core.settings import PROJECT

pytest_plugins = ["trained_widget"]
DOCUMENT = PROJECT / "docs" / "python-api.md"
ADDRESS = "http://127.0.0.1:7860"


def test_the_example_runs(
    server, spot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    example = _example()
    for there, here in (
        (ADDRESS, server.url),
        ('"sample_bottle"', '"widget"'),
        ('"efficientnet-lite0"', '"none"'),
    ):
        assert there in example
        example = example.replace(there, here)
    monkeypatch.chdir(tmp_path)
    shutil.copy(spot, tmp_path / "part.png")
    names: dict = {}
    exec(compile(example, DOCUMENT.name, "exec"), names)
    printed = capsys.readouterr().out
    assert names["answer"]["verdict"] in printed
    assert names["figures"]["answer"] in printed
    assert Path(names["page"]).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert names["figures"]["n_defect"] == 8


def _example() -> str:
    """The one Python block of the section on calling a running app."""
    section = DOCUMENT.read_text(encoding="utf-8").split("\n## Call a running app\n")[1]
    blocks = re.findall(r"```python\n(.*?)```", section.split("\n## ")[0], re.DOTALL)
    assert len(blocks) == 1
    return blocks[0]
