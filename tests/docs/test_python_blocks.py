"""The Python blocks of the documents run as they stand there, except that the training is a short one."""

import re
from pathlib import Path

import numpy as np
import pytest

import favae_demo
from favae_demo.core.settings import PROJECT
from favae_demo.data.io.images import save_png
from favae_demo.data.synthetic import render_part

PYTHON_API = PROJECT / "docs" / "python-api.md"
ELSEWHERE = "gradio_client"  # needs a running app: see tests/ui/test_docs_client.py
LONG = 'teacher="none"'
SHORT = f"{LONG}, width=0.05, max_steps=2, views=0"


@pytest.mark.parametrize("document", [PROJECT / "README.md", PYTHON_API], ids=lambda path: path.name)
def test_blocks_run(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    _write_parts(tmp_path)
    monkeypatch.chdir(tmp_path)
    blocks = [block for block in _blocks(document) if ELSEWHERE not in block]
    assert blocks
    names: dict = {}
    for block in blocks:
        exec(compile(block.replace(LONG, SHORT), document.name, "exec"), names)
    assert names["detection"].verdict == "defect"
    assert f"defect {names['detection'].score}" in capsys.readouterr().out


def test_every_public_name_is_described() -> None:
    public = set(favae_demo.__all__) - {"__version__"}
    rows = re.findall(r"^\| (\[`.+?) \|", PYTHON_API.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"\[`(\w+)`\]", " ".join(rows))) == public


def _blocks(document: Path) -> list[str]:
    return re.findall(
        r"^```python\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def _write_parts(folder: Path) -> None:
    """A part with a defect, and a category `blue_cap` with training and test images."""
    broken, mask = render_part("sample_bottle", 7, "broken_lip")
    save_png(folder / "part.png", broken)
    category = folder / "data" / "blue_cap"
    save_png(category / "test" / "broken_lip" / "0.png", broken)
    save_png(category / "ground_truth" / "broken_lip" / "0_mask.png", 255 * mask.astype(np.uint8))
    for seed in range(6):
        kind = "train" if seed < 4 else "test"
        save_png(category / kind / "good" / f"{seed}.png", render_part("sample_bottle", seed)[0])
